import type { OpenAPIV3_1 } from "openapi-types";
import { JSON_EXAMPLES, RAW_ANSWERS, RAW_BODIES, REFUSES_AS_INFLUX } from "./openapi-examples.ts";
import { operationIdOf } from "./operation-id.ts";

type Json = { [key: string]: unknown };

const PROBLEM = "application/problem+json";

/** What each of these statuses means, wherever it is answered. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "The request is not valid: `errors` names what.",
  401: "Without a token, or with one that is not, or not any more, valid.",
  403: "Whoever asks may not do this: `permission` names what is missing.",
  404: "There is no such thing in one's own organization.",
  429: "Too much in too short a time: `Retry-After` says when to come again.",
};

/**
 * The description of the routes, made fit to be read and generated from: operations have names; a schema with a `title` is said once, among the
 * components; problem documents carry their own media type; and what every route of its kind can refuse is told by its status.
 */
export function completeDocument(document: Partial<OpenAPIV3_1.Document>): Partial<OpenAPIV3_1.Document> {
  const schemas: Record<string, Json> = {};
  const paths = hoist(document.paths, schemas) as Record<string, Record<string, Operation>>;
  for (const [path, operations] of Object.entries(paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      operation.operationId ??= operationIdOf(method.toUpperCase(), path, answeredBy(operation));
      completeOperation(operation);
    }
  }
  const components = { ...document.components, schemas: { ...document.components?.schemas, ...schemas } };
  return { ...document, paths, components } as Partial<OpenAPIV3_1.Document>;
}

interface Operation {
  operationId?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly in: string }[];
  requestBody?: { readonly required?: boolean; readonly content: Record<string, { example?: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: Json }> }>;
}

function answeredBy({ responses }: Operation) {
  const [content] = Object.values(responses[200]?.content ?? {});
  return { isList: content?.schema?.type === "array", isMade: responses[201] !== undefined };
}

function completeOperation(operation: Operation): void {
  const { operationId = "", requestBody } = operation;
  const raw = RAW_BODIES[operationId];
  if (raw !== undefined) operation.requestBody ??= { required: true, content: raw };
  const answers = RAW_ANSWERS[operationId];
  if (answers !== undefined) operation.responses = answersTaken(operationId, answers);
  const body = requestBody?.content["application/json"];
  const example = JSON_EXAMPLES[operationId];
  if (body !== undefined && example !== undefined) body.example ??= example;
  for (const [status, response] of Object.entries(operation.responses)) {
    const isDefault = response.description === "Default Response";
    if (isDefault) response.description = descriptionOf(status);
    const [schema] = Object.values(response.content ?? {});
    if (schema?.schema?.$ref === "#/components/schemas/Problem") response.content = { [PROBLEM]: schema };
  }
  if (operation.responses["4XX"] === undefined || answers !== undefined) return;
  for (const status of refusalsOf(operation)) {
    operation.responses[status] ??= {
      description: REFUSALS[status]!,
      content: { [PROBLEM]: { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
}

function answersTaken(operationId: string, answers: Readonly<Record<string, string>>): Operation["responses"] {
  const anything = { "application/json": { schema: {} } };
  const refused = REFUSES_AS_INFLUX.test(operationId)
    ? { "application/json": { schema: { type: "object" } } }
    : { [PROBLEM]: { schema: { $ref: "#/components/schemas/Problem" } } };
  const taken = Object.entries(answers).map(([status, description]) => [
    status,
    { description, ...(status === "204" ? {} : { content: anything }) },
  ]);
  return {
    ...Object.fromEntries(taken),
    "4XX": { description: descriptionOf("4XX"), content: refused },
    "5XX": { description: descriptionOf("5XX"), content: refused },
  };
}

function refusalsOf({ security = [], parameters = [], requestBody }: Operation): number[] {
  const isClosed = security.length > 0;
  const takesSomething = requestBody !== undefined || parameters.length > 0;
  const namesSomething = parameters.some((parameter) => parameter.in === "path");
  return [...(takesSomething ? [400] : []), ...(isClosed ? [401, 403] : []), ...(namesSomething ? [404] : []), 429];
}

function descriptionOf(status: string): string {
  if (status === "4XX") return "Refused: a problem document says why.";
  if (status === "5XX") return "It cannot be done now: a problem document says what to wait for.";
  return status.startsWith("2") ? "Done." : (REFUSALS[Number(status)] ?? "Answered.");
}

/** Replaces every titled schema by a reference to its component. */
function hoist(node: unknown, schemas: Record<string, Json>): unknown {
  if (Array.isArray(node)) return node.map((item) => hoist(item, schemas));
  if (typeof node !== "object" || node === null) return node;
  const copy: Json = {};
  for (const [key, value] of Object.entries(node)) copy[key] = isData(key) ? value : hoist(value, schemas);
  const name = nameOf(copy);
  if (name === undefined) return copy;
  const known = schemas[name];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(copy)) {
    throw new Error(`two schemas of the API are called ${name}: give one of them another title`);
  }
  schemas[name] = copy;
  return { $ref: `#/components/schemas/${name}` };
}

/** Examples may hold anything, also what looks like a schema. */
function isData(key: string): boolean {
  return key === "example" || key === "examples" || key === "default" || key === "const" || key === "enum";
}

/** Schemas are named in one word; a property called `title` is a schema itself, and no text. */
function nameOf({ title, type, anyOf, oneOf }: Json): string | undefined {
  const isSchema = type !== undefined || anyOf !== undefined || oneOf !== undefined;
  return isSchema && typeof title === "string" && /^[A-Z][A-Za-z]*$/.test(title) ? title : undefined;
}
