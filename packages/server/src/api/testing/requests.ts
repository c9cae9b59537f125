import * as fc from "fast-check";
import type { InjectOptions } from "fastify";
import type { Operation, Parameter } from "./described-answers.ts";
import { HOSTILE_BODIES, HOSTILE_NUMBERS, HOSTILE_TEXTS } from "./hostile-text.ts";
import { bodyOf } from "./sample.ts";

/** A request that an operation's description allows, or nearly, or not at all. */
export type HostileRequest = Pick<InjectOptions, "method" | "url" | "headers" | "payload">;

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: string;
}

/** Names and ids that mean something: to be met where a description says no more than "text" or "number". */
export interface Known {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  /** The path with things in it that are there. */
  readonly pathTo: (template: string) => string;
}

const CONTENT_TYPES = [
  ...["text/plain", "application/x-www-form-urlencoded", "application/x-ndjson", "multipart/form-data; boundary=x"],
  ...["application/json; charset=utf-16", "application/merge-patch+json", "application/xml", "a", "/", "text/csv"],
];

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ["text/csv", "application/vnd.apache.arrow.stream", "*/*;q=x", "image/png", ""],
  "if-match": ['"1"', "*", 'W/"1"', "1", '"', '"a", "b"', "'; --"],
  "if-none-match": ['"1"', "*", "x"],
  "idempotency-key": ["key", "k".repeat(300), "'; --", "é"],
  "content-encoding": ["gzip", "br", "identity", "x"],
  "x-request-id": ["a\u001b[31m", "1", "x".repeat(9_000)],
  "x-forwarded-for": ["127.0.0.1", "not an address", "::1, 10.0.0.1"],
  "accept-encoding": ["gzip", "x"],
  range: ["bytes=0-1", "bytes=-1", "x"],
  "transfer-encoding": ["identity"],
  origin: ["https://evil.example", "null"],
};

export function requestsTo(operation: Operation, known: Known): fc.Arbitrary<HostileRequest> {
  const parameters = operation.parameters ?? [];
  return fc
    .record({
      method: fc.constant(operation.method as "GET"),
      url: urlsOf(operation, parameters, known),
      headers: headersOf(parameters, known),
      payload: payloadsOf(operation, known),
    })
    .map(({ method, url, headers, payload }) => {
      if (payload === undefined) return { method, url, headers };
      return { method, url, headers: { "content-type": "application/json", ...headers }, payload };
    });
}

function urlsOf({ path: template }: Operation, parameters: readonly Parameter[], known: Known): fc.Arbitrary<string> {
  const segments = template.split("/").map((segment) => {
    if (!segment.startsWith("{")) return fc.constant(segment);
    const schema = parameters.find(({ name, in: where }) => where === "path" && `{${name}}` === segment)?.schema ?? {};
    return often(6, values(schema as Schema, known), hostile).map((value) => encoded(text(value)) || "%20");
  });
  const query = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name, required, schema }) =>
      fc.tuple(
        fc.constant(name),
        fc.option(often(8, values(schema as Schema, known), hostile), { freq: required ? 9 : 1 }),
        // The same name twice, sometimes.
        fc.nat(20).map((chance) => (chance === 0 ? 2 : 1)),
      ),
    );
  return fc
    .record({ segments: fc.tuple(...segments), query: fc.tuple(...query), more: fc.nat(30), isThere: fc.nat(9) })
    .map((parts) => {
      const pairs = parts.query.flatMap(([name, value, times]) =>
        value === null || value === undefined ? [] : Array(times).fill(`${name}=${encoded(text(value))}`),
      );
      if (parts.more === 0) pairs.push("unknown=1", "__proto__=1", "a[b]=c", "%zz");
      const path = parts.isThere < 6 ? known.pathTo(template) : parts.segments.join("/");
      return path + (pairs.length === 0 ? "" : `?${pairs.join("&")}`);
    });
}

function headersOf(parameters: readonly Parameter[], known: Known): fc.Arbitrary<Record<string, string>> {
  const asked = parameters
    .filter((parameter) => parameter.in === "header")
    .map(({ name, schema }) => fc.tuple(fc.constant(name), fc.option(values(schema as Schema, known))));
  const odd = fc
    .constantFrom(...Object.keys(HEADERS))
    .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...HEADERS[name]!)));
  return fc
    .record({
      asked: fc.tuple(...asked),
      odd: fc.option(odd, { freq: 3 }),
      type: fc.option(fc.constantFrom(...CONTENT_TYPES), { freq: 1 }),
      isOdd: fc.nat(9),
    })
    .map(({ asked: pairs, odd: pair, type, isOdd }) => {
      const headers = Object.fromEntries(
        pairs.filter(([, value]) => value !== null).map(([name, value]) => [name, sendable(text(value))]),
      );
      if (pair !== null && isOdd < 3) headers[pair[0]] = sendable(pair[1]);
      if (type !== null && isOdd === 9) headers["content-type"] = type;
      return headers;
    });
}

function payloadsOf(operation: Operation, known: Known): fc.Arbitrary<string | Buffer | undefined> {
  if (operation.method === "GET") return fc.constant(undefined);
  const { content = {} } = operation.requestBody ?? {};
  const lines = content["text/plain"]?.example;
  if (typeof lines === "string") return spoilt(lines);
  const body = content["application/json"]?.schema;
  const raw = fc.constantFrom(...HOSTILE_BODIES);
  if (body === undefined)
    return fc.oneof({ arbitrary: raw, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 3 });
  const example = fc.constant(bodyOf(operation));
  const meant = fc.oneof(
    { arbitrary: values(body as Schema, known), weight: 6 },
    { arbitrary: example.chain((whole) => mutated(whole, known)), weight: 6 },
    { arbitrary: example, weight: 1 },
  );
  return fc.oneof({ arbitrary: meant.map((value) => JSON.stringify(value)), weight: 8 }, { arbitrary: raw, weight: 1 });
}

/** What the schema allows, most of the time: edges more often than not. */
function values(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((choice) => values(choice, known)));
  switch (schema.type) {
    case "object":
      return objects(schema, known);
    case "array":
      return fc.array(values(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 4),
      });
    case "integer":
      return often(3, numbersOf(schema, known), fc.constantFrom(...HOSTILE_NUMBERS));
    case "number":
      return often(3, fc.oneof(numbersOf(schema, known), fc.double()), fc.constantFrom(...HOSTILE_NUMBERS));
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "string":
      return strings(schema, known);
    default:
      return fc.oneof(hostile, fc.constantFrom(...known.texts, ...known.numbers), fc.jsonValue({ maxDepth: 3 }));
  }
}

function objects(
  { properties = {}, required = [], patternProperties = {}, additionalProperties }: Schema,
  known: Known,
): fc.Arbitrary<unknown> {
  const entries = Object.entries(properties).map(([key, property]) =>
    fc.tuple(
      fc.constant(key),
      fc.option(often(15, values(property, known), hostile), { freq: required.includes(key) ? 30 : 1, nil: undefined }),
    ),
  );
  const free =
    Object.values(patternProperties)[0] ??
    (typeof additionalProperties === "object" ? additionalProperties : undefined);
  const more = free ? fc.dictionary(texts(known), values(free, known), { maxKeys: 3 }) : fc.constant({});
  const surplus = fc.option(fc.tuple(texts(known), hostile), { freq: 1 });
  return fc.record({ entries: fc.tuple(...entries), more, surplus, isSurplus: fc.nat(15) }).map((parts) => {
    const pairs = parts.entries.filter(([, value]) => value !== undefined);
    if (parts.surplus !== null && parts.isSurplus === 0) pairs.push(parts.surplus as never);
    return { ...Object.fromEntries(pairs), ...parts.more };
  });
}

function strings({ format, pattern, minLength = 0, maxLength }: Schema, known: Known): fc.Arbitrary<string> {
  const limit = Math.min(maxLength ?? 40, 40);
  const plain = fc.string({ unit: "grapheme", minLength: Math.min(minLength, limit), maxLength: limit });
  const fitting =
    format === "date-time"
      ? fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
      : format === "uuid"
        ? fc.uuid()
        : pattern !== undefined
          ? fc.stringMatching(new RegExp(pattern))
          : plain;
  return fc.oneof(fitting, fc.constantFrom(...known.texts), {
    arbitrary: fc.constantFrom(...HOSTILE_TEXTS),
    weight: 1,
  });
}

function texts(known: Known): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...known.texts), fc.constantFrom(...HOSTILE_TEXTS), fc.string({ maxLength: 12 }));
}

function numbersOf({ minimum, maximum }: Schema, known: Known): fc.Arbitrary<number> {
  const min = Math.ceil(Math.max(minimum ?? -1_000, -(2 ** 50)));
  const max = Math.floor(Math.min(maximum ?? min + 10_000, 2 ** 50));
  const edges = fc.constantFrom(min, max, min - 1, max + 1);
  const fitting = fc.integer({
    min: Math.max(min, -(2 ** 31)),
    max: Math.max(Math.max(min, -(2 ** 31)), Math.min(max, 2 ** 31 - 1)),
  });
  return known.numbers.length === 0
    ? fc.oneof(fitting, edges)
    : fc.oneof(fitting, edges, fc.constantFrom(...known.numbers));
}

/** Text with something in it that does not belong there. */
function spoilt(example: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(example.length), fc.nat(4), fc.oneof(fc.constant(""), fc.constantFrom(...HOSTILE_TEXTS)))
    .map(([at, cut, inserted]) => example.slice(0, at) + inserted + example.slice(at + cut));
}

/** One value somewhere in it is another, or gone. */
function mutated(whole: unknown, known: Known): fc.Arbitrary<unknown> {
  if (typeof whole !== "object" || whole === null)
    return often(2, fc.constantFrom<unknown>(...known.texts, ...known.numbers), hostile);
  const keys = Object.keys(whole);
  if (keys.length === 0) return hostile;
  return fc.constantFrom(...keys).chain((key) => {
    const part = (whole as Record<string, unknown>)[key];
    const changed = fc.oneof(
      { arbitrary: mutated(part, known), weight: 3 },
      { arbitrary: hostile, weight: 1 },
      { arbitrary: fc.constant(undefined), weight: 1 },
    );
    return changed.map((value) => (Array.isArray(whole) ? whole.with(Number(key), value) : { ...whole, [key]: value }));
  });
}

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE_TEXTS),
  fc.constantFrom<unknown>(...HOSTILE_NUMBERS),
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { $gt: 0 }, { toString: 1 }),
  fc.constant("[".repeat(50) + "]".repeat(50)).map((nested) => JSON.parse(nested) as unknown),
);

function often<T>(times: number, usual: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: times }, { arbitrary: seldom, weight: 1 });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** As a client has to write it; half a surrogate pair cannot be written at all. */
function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** A client's own HTTP library refuses the rest before it is sent. */
function sendable(value: string): string {
  return value.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?");
}
