import { removeFiles } from "./make-run.ts";
import { deleteRun, findExpiredRuns } from "./report-run-store.ts";
import type { Reports } from "./reports.ts";

/** Of one sweep: each is a few calls to the object store. */
export const SWEEP_LIMIT = 500;

/**
 * Removes runs whose time is up: the files of all their attempts first, so that no file is left of which nobody knows. Answers
 * whether that was all. `settledBefore`: what an attempt has begun before it, it cannot be writing any more.
 */
export async function sweepReports(reports: Reports, at: Date, settledBefore: Date): Promise<boolean> {
  const runs = await findExpiredRuns(reports.pool, at, settledBefore, SWEEP_LIMIT);
  for (const run of runs) {
    await removeFiles(reports, run, run.attempts);
    await deleteRun(reports.pool, run.id);
  }
  return runs.length < SWEEP_LIMIT;
}
