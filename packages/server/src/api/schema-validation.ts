import type { IncomingMessage, ServerResponse } from "node:http";
import { SluiceError } from "@sluice/core/errors.ts";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  FastifySchemaCompiler,
  FastifyTypeProvider,
  RawServerDefault,
} from "fastify";
import type { Static, TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";

/** Gives handlers the types of their route's schemas. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
}

/** An application whose routes are typed by their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxProvider
>;

/** Mistakes told of one request; the first ones are the ones to mend. */
const MAX_TOLD_MISTAKES = 10;

/** `preValidation` of a route whose body may be absent: it is the same as an empty one. */
export async function allowAbsentBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

/**
 * Checks requests with TypeBox's own compiler, without changing a body: no coercion, and a property that the schema does not
 * have is refused, so that nothing is set or ignored unnoticed. Queries and paths are text, so numbers and booleans in them
 * are read first.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const read = httpPart === "body" ? (value: unknown) => value : textReader(schema as TObject);
  return (given: unknown) => {
    const value = read(given);
    if (validator.Check(value)) return { value };
    return { error: invalidRequest(httpPart ?? "request", validator.Errors(value)) };
  };
};

/** Reads text where the schema says number or boolean; what does not read as one stays text and fails the check. */
function textReader(schema: TObject): (given: unknown) => unknown {
  const readers = new Map<string, (text: string) => unknown>();
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const type = "type" in property ? property.type : undefined;
    if (type === "integer" || type === "number") readers.set(key, readNumber);
    if (type === "boolean") readers.set(key, readBoolean);
  }
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(given as Record<string, unknown>)) {
      const reader = typeof value === "string" ? readers.get(key) : undefined;
      values[key] = reader ? reader(value as string) : value;
    }
    return values;
  };
}

function readNumber(text: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function readBoolean(text: string): unknown {
  return text === "true" ? true : text === "false" ? false : text;
}

interface Mistake {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

export interface ToldMistake {
  /** JSON pointer into what was checked. */
  readonly path: string;
  /** A sentence without its subject, which is `path`, or a whole one that names a property. */
  readonly message: string;
}

type Check = { readonly Check: (value: unknown) => boolean; readonly Errors: (value: unknown) => readonly Mistake[] };

/** What is wrong with a value; nothing when it is right. */
export function mistakesOf(validator: Check, value: unknown): readonly ToldMistake[] {
  return validator.Check(value) ? [] : told(validator.Errors(value));
}

function told(mistakes: readonly Mistake[]): ToldMistake[] {
  return (
    mistakes
      // One refused property makes two of these; the other one names it.
      .filter(({ keyword }) => keyword !== "boolean")
      .map(({ instancePath, message, params }) => ({ path: instancePath, message: describe(message, params) }))
  );
}

function invalidRequest(part: string, mistakes: readonly Mistake[]): SluiceError {
  const errors = told(mistakes).slice(0, MAX_TOLD_MISTAKES);
  const [first] = errors;
  const where = part === "querystring" ? "query" : part;
  const summary = first === undefined ? `The ${where} is not valid.` : sentence(`${where}${first.path}`, first.message);
  return new SluiceError("invalid", "request.invalid", summary, { details: { in: where, errors } });
}

/** What is said of a property has its subject; the rest is said of the place. */
function sentence(place: string, message: string): string {
  return message.startsWith("`") ? `${message} in the ${place}.` : `${place} ${message}.`;
}

function describe(message: string, params: object): string {
  if ("requiredProperties" in params) return `${named(params.requiredProperties)} missing`;
  if ("additionalProperties" in params) return `${named(params.additionalProperties)} unknown`;
  if ("allowedValue" in params) return `must be ${JSON.stringify(params.allowedValue)}`;
  if ("allowedValues" in params) return `must be one of ${(params.allowedValues as unknown[]).join(", ")}`;
  return message;
}

function named(properties: unknown): string {
  const names = (properties as readonly string[]).map((name) => `\`${name}\``);
  return `${names.join(", ")} ${names.length === 1 ? "is" : "are"}`;
}
