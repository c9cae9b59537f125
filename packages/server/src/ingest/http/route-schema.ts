// Brings the parts of a route's schema that describe it in OpenAPI.
import type {} from "@fastify/swagger";
import type { FastifySchema } from "fastify";

/** Bodies of ingest are checked item by item and have no schema; their routes are described in words. */
export function described(summary: string): FastifySchema {
  return { summary, tags: ["ingest"] };
}
