import { SluiceError } from "@sluice/core/errors.ts";

/** A part that ought to be there: an empty answer in its place would be a lie. */
export function partMissing(name: string, cause?: unknown): SluiceError {
  const message = `The file of settled readings "${name}" is not in the object store: restore it from a backup, or ask for a range without it.`;
  return new SluiceError("internal", "telemetry.part_missing", message, { cause, details: { part: name } });
}

export function partDamaged(name: string, why: string, cause?: unknown): SluiceError {
  const message = `The file of settled readings "${name}" is damaged (${why}): restore it from a backup, or ask for a range without it.`;
  return new SluiceError("internal", "telemetry.part_damaged", message, { cause, details: { part: name } });
}

/** DuckDB ran out of the memory that it is given. */
export function queryTooLarge(cause: unknown): SluiceError {
  const message = "The query needs more memory than it may have: shorten the range, or name fewer devices or metrics.";
  return new SluiceError("limit", "telemetry.query_too_large", message, { cause });
}

/** Retention has let them go, and there is something else to ask for. */
export function rawGone(goneBeforeMicros: number): SluiceError {
  const from = new Date(Math.ceil(goneBeforeMicros / 1000)).toISOString();
  const message = `Single readings before ${from} are gone by retention: ask from then on, or for buckets of an interval such as 1h or 1d.`;
  return new SluiceError("not-found", "telemetry.raw_gone", message, { details: { goneBefore: from } });
}

/** Only days or months are left of a time. */
export function resolutionGone(left: "day" | "month", zone: string, beforeMicros: number): SluiceError {
  const before = new Date(Math.ceil(beforeMicros / 1000)).toISOString();
  const interval = left === "day" ? "1d" : "1mo";
  const message = `Of the time before ${before} only ${left}s of ${zone} are left by retention: ask for an interval of ${interval} in that zone, or from then on.`;
  return new SluiceError("not-found", "telemetry.resolution_gone", message, {
    details: { left: interval, zone, goneBefore: before },
  });
}
