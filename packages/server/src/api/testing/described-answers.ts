import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";

type Json = { readonly [key: string]: unknown };
type Content = Readonly<Record<string, { readonly schema?: TSchema; readonly example?: unknown }>>;

/** An operation of the API's own description, with its references followed. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly "x-permission"?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Content }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: TSchema;
}

/** All operations that the application describes. */
export function operationsOf(app: FastifyInstance): Operation[] {
  const document = app.swagger() as { readonly paths?: Readonly<Record<string, Json>> } & Json;
  return Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]) =>
        ({ ...(followReferences(operation, document) as Json), method: method.toUpperCase(), path }) as never,
    ),
  );
}

/** What an answer has that its description has not, in words; empty when it is as described. */
export type CheckAnswer = (operation: Operation, answer: LightMyRequestResponse) => readonly unknown[];

export function createAnswerCheck(): CheckAnswer {
  const validators = new Map<TSchema, ReturnType<typeof Compile>>();
  const validatorOf = (schema: TSchema) => {
    const known = validators.get(schema) ?? Compile(schema);
    validators.set(schema, known);
    return known;
  };
  return ({ responses, operationId }, answer) => {
    const { statusCode } = answer;
    const described = responses[statusCode] ?? responses[`${Math.floor(statusCode / 100)}XX`];
    if (described === undefined) return [`the description knows no ${statusCode} of ${operationId}`];
    const mediaType = answer.headers["content-type"]?.toString().split(";")[0];
    if (!mediaType?.includes("json")) return [];
    const schema = described.content?.[mediaType]?.schema;
    if (schema === undefined) return [`the description knows no ${mediaType} of ${operationId} with ${statusCode}`];
    return validatorOf(schema).Errors(answer.json());
  };
}

/** The operation that answers a method and path, the most exact one first. */
export function operationOf(operations: readonly Operation[], method: string, path: string): Operation | undefined {
  const segments = path.split("/");
  const fits = operations.filter((operation) => operation.method === method && isOf(operation.path, segments));
  return fits.sort((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
}

function isOf(template: string, segments: readonly string[]): boolean {
  const parts = template.split("/");
  return (
    parts.length === segments.length && parts.every((part, index) => part.startsWith("{") || part === segments[index])
  );
}

/** No schema of ours holds itself. */
function followReferences(node: unknown, document: Json): unknown {
  if (Array.isArray(node)) return node.map((item) => followReferences(item, document));
  if (typeof node !== "object" || node === null) return node;
  const { $ref } = node as Json;
  if (typeof $ref === "string") return followReferences(at(document, $ref), document);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, followReferences(value, document)]));
}

function at(document: Json, reference: string): unknown {
  return reference
    .slice(2)
    .split("/")
    .reduce<unknown>((node, key) => (node as Json)[key], document);
}
