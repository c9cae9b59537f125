import type { TSchema } from "typebox";
import type { Operation } from "./described-answers.ts";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
  readonly pattern?: string;
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  "date-time": "2026-01-02T03:04:05Z",
  date: "2026-01-02",
  uuid: "00000000-0000-4000-8000-000000000000",
  email: "ada@example.org",
  uri: "https://example.org/",
};

/** A body that an operation takes: its example, or the smallest that its schema allows. */
export function bodyOf({ requestBody }: Operation): unknown {
  const described = requestBody?.content["application/json"];
  return described?.example ?? (described?.schema === undefined ? undefined : sampleOf(described.schema));
}

/** The smallest value that a schema takes, its first example before all. Patterns are not read: give those an example. */
export function sampleOf(schema: TSchema): unknown {
  return sample(schema as Schema);
}

function sample(schema: Schema): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (choice) return sample(choice);
  switch (schema.type) {
    case "object":
      return Object.fromEntries((schema.required ?? []).map((key) => [key, sample(schema.properties?.[key] ?? {})]));
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => sample(schema.items ?? {}));
    case "string":
      return BY_FORMAT[schema.format ?? ""] ?? "a".repeat(Math.max(1, schema.minLength ?? 1));
    case "integer":
    case "number":
      return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}
