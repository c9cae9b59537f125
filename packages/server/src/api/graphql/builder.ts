import SchemaBuilder from "@pothos/core";
import { isSluiceError } from "@sluice/core/errors.ts";
import { GraphQLError } from "graphql";
import { parseQueryTime } from "../query-time.ts";
import type { GraphContext } from "./context.ts";

interface GraphTypes {
  Context: GraphContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number };
    /** Taken in microseconds since 1970. */
    DateTime: { Input: number; Output: Date | string };
    JSON: { Input: unknown; Output: unknown };
  };
}

export type GraphBuilder = ReturnType<typeof createBuilder>;

/** A schema begins here; `guardSchema` ends it. */
export function createBuilder() {
  const builder = new SchemaBuilder<GraphTypes>({ defaultFieldNullability: false });
  builder.scalarType("DateTime", {
    description:
      "RFC 3339, in UTC when it is given. Also taken: epoch milliseconds, and a date alone, which is its midnight in UTC.",
    serialize: (value) => (value instanceof Date ? value.toISOString() : value),
    parseValue: (value) => {
      if (typeof value === "string" || typeof value === "number") return microsOf(String(value));
      throw new GraphQLError(NO_TIME);
    },
  });
  builder.scalarType("JSON", {
    description: "Any JSON value.",
    serialize: (value) => value,
    parseValue: (value) => value,
  });
  builder.queryType();
  builder.mutationType();
  builder.subscriptionType();
  return builder;
}

const NO_TIME = "A DateTime is written in RFC 3339, such as 2026-05-01T06:00:00Z.";

/** A mistake in the query: told with its place, not as an error of a field. */
function microsOf(text: string): number {
  try {
    return parseQueryTime("DateTime", text);
  } catch (error) {
    throw new GraphQLError(isSluiceError(error) ? error.message : NO_TIME);
  }
}

export const builder: GraphBuilder = createBuilder();
