import type { Parameters } from "../../actuation-store.ts";

/** As jsonb keeps it: without what is undefined. */
export function jsonOf(value: Parameters): Parameters {
  return JSON.parse(JSON.stringify(value)) as Parameters;
}

/** Whether what is kept is what is asked. */
export function isSameJson(kept: Parameters | null, asked: Parameters): boolean {
  return canonical(kept) === canonical(jsonOf(asked));
}

/** jsonb does not care for the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
