import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { MAX_JOB_MS } from "./limits.ts";

/** Gives a report up that takes too long, with `report.too_long`; answers what takes this back. */
export function limitTime(clock: Clock, limit: AbortController): () => void {
  return clock.after(MAX_JOB_MS, () => limit.abort(tooLong()));
}

function tooLong(): SluiceError {
  const message = `The report took longer than ${MAX_JOB_MS / 1000} s: divide the site, or report a shorter period.`;
  return new SluiceError("unavailable", "report.too_long", message);
}
