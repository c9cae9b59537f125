import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from "graphql";
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from "./hostile-text.ts";

/** Below this much it is one of the operations that a client could write. */
const MAX_DEPTH = 4;
const MOST_FIELDS = 3;

export interface OperationOptions {
  /** Between 0 and 1, the next one each time. */
  readonly random: () => number;
  /** What ids and names may be. */
  readonly known: readonly string[];
}

/** An operation of the schema, chosen at random: its fields are there, and its arguments are right most of the time. */
export function randomOperation(schema: GraphQLSchema, options: OperationOptions): string {
  const { random } = options;
  const [kind, type] =
    random() < 0.25 ? (["mutation", schema.getMutationType()!] as const) : (["query", schema.getQueryType()!] as const);
  return `${kind} ${selection(type, MAX_DEPTH, options)}`;
}

/** Operations made to be too much, or none at all. */
export function hostileOperations(schema: GraphQLSchema): string[] {
  const names = Object.keys(schema.getQueryType()!.getFields());
  const times = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(" ");
  return [
    getIntrospectionQuery(),
    `{ ${"__schema { types { fields { type { ofType ".repeat(1)} { name } } } } } }`,
    `{ __schema { ${"types { fields { type { fields { type { ".repeat(20)} name ${"} } } } }".repeat(20)} } }`,
    `{ ${"a { ".repeat(500)} b ${"} ".repeat(500)} }`,
    `{ ${times(3_000, (index) => `a${index}: __typename`)} }`,
    `{ ${times(500, (index) => `a${index}: ${names[0]} { __typename }`)} }`,
    `{ ${times(5_000, () => "__typename")} }`,
    `query { __typename ${"@include(if: true) ".repeat(1_000)} }`,
    "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    `query { ...F0 } ${times(200, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F200 on Query { __typename }`,
    `query { ${names[0]}(first: ${"[".repeat(200)}${"]".repeat(200)}) }`,
    `query { ${names[0]}(first: 99999999999999999999) { __typename } }`,
    `query ${"A".repeat(10_000)} { __typename }`,
    "query A { __typename } query B { __typename }",
    "subscription { __typename }",
    "{",
    "}",
    "",
    "\u0000",
    "{ \u202e__typename }",
    '{ a(b: """',
    `# ${"x".repeat(50_000)}\n{ __typename }`,
    "fragment A on Query { __typename }",
    "{ __proto__ constructor toString }",
    "mutation { __typename @skip(if: $x) }",
  ];
}

function selection(type: GraphQLObjectType, depth: number, options: OperationOptions): string {
  const { random } = options;
  const fields = Object.values(type.getFields());
  const chosen = Array.from({ length: 1 + Math.floor(random() * MOST_FIELDS) }, () => one(fields, random));
  const written = chosen.map((field, index) => {
    const named = `a${index}: ${field.name}${argumentsOf(field, options)}`;
    const result = getNamedType(field.type);
    if (!isCompositeType(result)) return named;
    if (depth === 0) return `${named} { __typename }`;
    if (isObjectType(result)) return `${named} ${selection(result, depth - 1, options)}`;
    const possible = isUnionType(result) ? result.getTypes() : [];
    const parts = possible.map((each) => `... on ${each.name} ${selection(each, depth - 1, options)}`);
    return `${named} { __typename ${random() < 0.5 ? parts.join(" ") : ""} }`;
  });
  return `{ ${written.join(" ")} }`;
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>, options: OperationOptions): string {
  const given = args.filter(({ type }) => isNonNullType(type) || options.random() < 0.4);
  return given.length === 0
    ? ""
    : `(${given.map(({ name, type }) => `${name}: ${literal(type, options)}`).join(", ")})`;
}

function literal(type: GraphQLInputType, options: OperationOptions): string {
  const { random, known } = options;
  if (isNonNullType(type)) return literal(type.ofType, options);
  if (random() < 0.02) return one(["null", "[]", "{}", "7", '"x"', "NOPE", "{a: {b: 1}}"], random);
  if (isListType(type))
    return `[${Array.from({ length: Math.floor(random() * 3) }, () => literal(type.ofType, options)).join(", ")}]`;
  if (isEnumType(type)) return one(type.getValues(), random).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || random() < 0.4);
    return `{${fields.map((field) => `${field.name}: ${literal(field.type, options)}`).join(", ")}}`;
  }
  switch (type.name) {
    case "Int":
      return String(random() < 0.95 ? Math.floor(random() * 100) : Math.trunc(one(HOSTILE_NUMBERS, random)));
    case "Float":
      return String(random() < 0.7 ? random() * 100 : one(HOSTILE_NUMBERS, random));
    case "Boolean":
      return String(random() < 0.5);
    default:
      return JSON.stringify(random() < 0.7 ? one(known, random) : one(HOSTILE_TEXTS, random));
  }
}

function one<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}
