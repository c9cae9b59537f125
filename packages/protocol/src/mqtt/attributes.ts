import { MAX_EXTRAS_BYTES, MAX_NESTING_DEPTH } from "@sluice/core/telemetry/limits.ts";
import { EXTRAS_TOO_LARGE, type Fault, NOT_AN_OBJECT, TOO_DEEP } from "../readings/faults.ts";
import { isPlainObject } from "../readings/reading-decoder.ts";
import { sanitiseText, utf8Length } from "../readings/text.ts";

export type Attributes =
  | { readonly values: Readonly<Record<string, unknown>> }
  | {
      readonly fault: Fault;
    };

/** What a device says of itself (its firmware, its place): a JSON object, its text sanitised, of the size of extras at most. */
export function readAttributes(json: unknown): Attributes {
  if (!isPlainObject(json)) return { fault: NOT_AN_OBJECT };
  if (depthOf(json, MAX_NESTING_DEPTH + 1) > MAX_NESTING_DEPTH) return { fault: TOO_DEEP };
  const values = sanitised(json) as Record<string, unknown>;
  return utf8Length(JSON.stringify(values)) > MAX_EXTRAS_BYTES ? { fault: EXTRAS_TOO_LARGE } : { values };
}

/** How deep a value nests, looked at no deeper than `limit`. */
function depthOf(value: unknown, limit: number): number {
  if (typeof value !== "object" || value === null || limit === 0) return 0;
  return 1 + Object.values(value).reduce<number>((deepest, part) => Math.max(deepest, depthOf(part, limit - 1)), 0);
}

function sanitised(value: unknown): unknown {
  if (typeof value === "string") return sanitiseText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sanitised);
  // fromEntries defines properties, so that a key named __proto__ stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [sanitiseText(key), sanitised(part)]));
}
