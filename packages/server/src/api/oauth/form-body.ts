import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance } from "fastify";

/** Ours have ten fields at most. */
const MAX_FIELDS = 50;

/**
 * Takes `application/x-www-form-urlencoded`. As RFC 6749 has it (section 3.2), a field without a value is as good as absent,
 * and none comes twice.
 */
export function readFormBodies(scope: FastifyInstance): void {
  scope.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      try {
        done(null, parseForm(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function parseForm(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name) || fields.size >= MAX_FIELDS) {
      throw new SluiceError("invalid", "request.form", `Send each field once, and ${MAX_FIELDS} fields at most.`);
    }
    fields.set(name, value);
  }
  return Object.fromEntries([...fields].filter(([, value]) => value !== ""));
}
