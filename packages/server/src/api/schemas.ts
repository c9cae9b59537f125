import { type TProperties, type TSchema, Type } from "typebox";

/** The body of a request: a property that it does not have is refused. */
export function Body<Properties extends TProperties>(properties: Properties, description?: string) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

/** What the API answers with, under a name of its own in the description. */
export function Thing<Properties extends TProperties>(title: string, properties: Properties) {
  return Type.Object(properties, { title });
}

export function Nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export const Name = Type.String({ minLength: 1, maxLength: 200 });
export const Slug = Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,62}$" });
export const Uid = Type.String({ minLength: 1, maxLength: 128, description: "Unique within the organization." });
export const DateTime = Type.String({ format: "date-time" });
export const MAX_SERIAL_ID = 2_147_483_647;
export const SerialId = Type.Integer({ minimum: 1, maximum: MAX_SERIAL_ID });
export const Uuid = Type.String({ format: "uuid" });

/** Of a list's query. */
export const Search = Type.String({ minLength: 1, maxLength: 200, description: "Part of the name, in any case." });
export const FromTime = Type.String({ maxLength: 40, description: "Inclusive: RFC 3339 or epoch milliseconds." });
export const ToTime = Type.String({ maxLength: 40, description: "Exclusive." });

/** Facts about a thing that rules and reports may use; the names are free. */
export const Properties = Type.Record(Type.String(), Type.Unknown(), {
  maxProperties: 256,
  description: "Free facts: a JSON object.",
});

export const Problem = Type.Object(
  {
    type: Type.Literal("about:blank"),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: "Stable; grouped by what it is about." }),
    detail: Type.String({ description: "For people." }),
  },
  { title: "Problem", additionalProperties: true, description: "A problem document (RFC 9457)." },
);

/** The answers of a route: what it gives, and problems otherwise. */
export function answers<Status extends number, Schema extends TSchema>(status: Status, schema: Schema) {
  return { [status]: schema, "4xx": Problem, "5xx": Problem };
}

export const NoContent = Type.Null({ description: "Done; nothing to tell." });
