import { buildSchema, getIntrospectionQuery, getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { assertWithinLimits, QUERY_LIMITS, type QueryLimits } from "./limits.ts";
import { schema } from "./schema.ts";

const NONE: QueryLimits = {
  ...QUERY_LIMITS,
  maxDepth: Number.POSITIVE_INFINITY,
  maxAliases: Number.POSITIVE_INFINITY,
  maxCost: Number.POSITIVE_INFINITY,
};

function check(source: string, limits: Partial<QueryLimits>, variables: Record<string, unknown> = {}): void {
  const document = parse(source);
  assertWithinLimits(schema, document, getOperationAST(document)!, variables, { ...NONE, ...limits });
}

/** The highest limit that refuses it, plus one: what it costs. */
function costOf(source: string, variables?: Record<string, unknown>): number {
  try {
    check(source, { maxCost: -1 }, variables);
  } catch (error) {
    return (error as { details: { given: number } }).details.given;
  }
  return 0;
}

test("a page costs its size times what is asked of each item", () => {
  const one = costOf("{ devices(first: 1) { nodes { id name } } }");
  expect(one).toBe(1 + 1 + 2);
  expect(costOf("{ devices(first: 1000) { nodes { id name } } }")).toBe(1 + 1000 * (1 + 2));
  expect(costOf("query($n: Int) { devices(first: $n) { nodes { id } } }", { n: 500 })).toBe(1 + 500 * 2);
  expect(costOf("query($n: Int = 7) { devices(first: $n) { nodes { id } } }")).toBe(1 + 7 * 2);
});

test("pages of pages multiply, and a page without a size counts as one of the default size", () => {
  const inner = "energySummary { homes { nodes { name } } }";
  expect(costOf(`{ ${inner} }`)).toBe(2_000 + 1 + 100 * 2);
});

test("a size of null is the default size, whatever the variable's default", () => {
  const source = "query($n: Int = 1) { devices(first: $n) { nodes { id } } }";
  expect(costOf(source, { n: null })).toBe(1 + 100 * 2);
  expect(costOf("{ devices(first: null) { nodes { id } } }")).toBe(1 + 100 * 2);
});

test.each([
  ["telemetry", (index: number) => `t${index}: telemetry(device: "x", interval: HOUR) { times }`],
  ["energySummary", (index: number) => `e${index}: energySummary { homeCount }`],
])("what reads much at once, as %s, is asked for a few times, not fifty", (_, field) => {
  const times = (count: number) => `{ ${Array.from({ length: count }, (_, index) => field(index)).join(" ")} }`;
  check(times(5), QUERY_LIMITS);
  expect(() => check(times(50), QUERY_LIMITS)).toThrow(expect.objectContaining({ code: "graphql.too_costly" }));
});

test("the schema is asked for once: aliases on it or within it are refused", () => {
  check(getIntrospectionQuery(), QUERY_LIMITS);
  check('{ kind: __typename device(uid: "x") { a: __typename b: __typename } }', QUERY_LIMITS);
  check('{ __schema { queryType { name } } __type(name: "Device") { name } __typename }', QUERY_LIMITS);
  for (const source of [
    "{ a: __schema { queryType { name } } }",
    "{ __schema { a: types { name } b: types { name } } }",
    '{ __type(name: "Device") { fields { type { a: fields { name } } } } }',
    "{ __schema { types { ...T } } } fragment T on __Type { a: fields { name } }",
    '{ __type(name: "Device") { a: __typename } }',
  ]) {
    expect(() => check(source, QUERY_LIMITS), source).toThrow(
      expect.objectContaining({ code: "graphql.alias_refused", kind: "invalid" }),
    );
  }
});

test("an absurd page counts as the largest: it is refused for its size when it is read", () => {
  expect(costOf("{ devices(first: 2000000000) { nodes { id } } }")).toBe(1 + 1000 * 2);
  expect(costOf("query($n: Int) { devices(first: $n) { nodes { id } } }", { n: -5 })).toBe(1 + 2);
});

test("fragments cost as often as they are spread, and the walk stays short", () => {
  const bomb = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Device { ...F${i + 1} ...F${i + 1} }`).join(
    "\n",
  );
  const source = `{ device(uid: "x") { ...F0 } } ${bomb} fragment F60 on Device { id }`;
  expect(costOf(source)).toBeGreaterThan(2 ** 59);
  expect(() => check(source, { maxCost: QUERY_LIMITS.maxCost })).toThrow(
    expect.objectContaining({ code: "graphql.too_costly" }),
  );
});

test("fragments that go in a circle end", () => {
  expect(costOf('{ device(uid: "x") { ...A } } fragment A on Device { id ...B } fragment B on Device { ...A }')).toBe(
    2,
  );
});

test("depth counts through fragments", () => {
  const source =
    '{ device(uid: "x") { ...A } } fragment A on Device { asset { ... on Asset { parent { site { id } } } } }';
  expect(() => check(source, { maxDepth: 4 })).toThrow(expect.objectContaining({ code: "graphql.too_deep" }));
  check(source, { maxDepth: 5 });
});

test("aliases are counted in the whole document", () => {
  const aliases = Array.from({ length: 51 }, (_, i) => `a${i}: id`).join(" ");
  expect(() => check(`{ device(uid: "x") { ...A } } fragment A on Device { ${aliases} }`, QUERY_LIMITS)).toThrow(
    expect.objectContaining({ code: "graphql.too_many_aliases", kind: "invalid" }),
  );
});

test("a useful page of devices with all that belongs to them is within the limits", () => {
  check(
    `{ devices(first: 100) { nodes { id name type status properties currentState currentPowerWatts chargePercentage
       site { name } asset { name } profile { key metrics { key unit } } latest { metric value at }
       actuators { key status } alerts { title severity } } pageInfo { hasNextPage endCursor } } }`,
    QUERY_LIMITS,
  );
});

test("a schema without pages is walked all the same", () => {
  const other = buildSchema("type Query { a: [Query!]! b: Int }");
  const document = parse("{ a { a { b } } }");
  expect(() =>
    assertWithinLimits(other, document, getOperationAST(document)!, {}, { ...NONE, maxCost: 1 + 5 * (1 + 5) - 1 }),
  ).toThrow(expect.objectContaining({ details: { given: 31, limit: 30 } }));
});
