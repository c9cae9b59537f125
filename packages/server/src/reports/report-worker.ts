import { PollingWorker } from "../platform/polling-worker.ts";
import { LEASE_MS, MAX_BULK_JOBS, MAX_JOB_MS, MAX_JOBS } from "./limits.ts";
import { makeRun } from "./make-run.ts";
import { openDueRuns } from "./open-due-runs.ts";
import { claimRun, failDeadRuns } from "./report-run-store.ts";
import { nextDueAt } from "./report-schedule-store.ts";
import { later, nowOf, type Reports } from "./reports.ts";
import { sweepReports } from "./sweep-reports.ts";

/** Without a nudge it looks this often. */
export const REPORT_POLL_MS = 5_000;
const SWEEP_INTERVAL_MS = 3_600_000;

/**
 * Opens the runs of schedules when they are due, makes what is queued, and sweeps what is kept no longer.
 *
 * A round claims runs while there are any and fewer than `MAX_JOBS` are being made; one that has ended is a nudge. Of schedules
 * it makes fewer at once, so that there is always a place for what somebody waits for.
 *
 * Workers may be as many as one likes, and may be killed at any line: a schedule has one run a period, and a run whose lease has
 * ended is made by whoever comes next, under names of its own.
 */
export class ReportWorker extends PollingWorker {
  private readonly reports: Reports;
  /** Under way → whether somebody waits for it. */
  private readonly jobs = new Map<Promise<void>, boolean>();
  private readonly ending = new AbortController();
  private sweptAtMs = Number.NEGATIVE_INFINITY;
  private untilNextMs = REPORT_POLL_MS;

  constructor(reports: Reports) {
    const { clock, logger } = reports;
    super({ clock, logger, name: "reports", failure: "reports could not go on" });
    this.reports = reports;
  }

  /** What is under way is made anew by whoever comes next. */
  override async stop(): Promise<void> {
    const stopped = super.stop();
    this.ending.abort(new Error("the server stops"));
    await stopped;
    await Promise.all(this.jobs.keys());
  }

  /** Resolves once everything that can be made now has been. */
  override async settled(): Promise<void> {
    await super.settled();
    while (this.jobs.size > 0) {
      await Promise.all(this.jobs.keys());
      await super.settled();
    }
  }

  protected override async round(): Promise<void> {
    await openDueRuns(this.reports);
    await this.endDead();
    await this.claimWhilePossible();
    await this.sweep();
    this.untilNextMs = await this.untilNextDueMs();
  }

  protected override pauseMs(): number {
    return this.untilNextMs;
  }

  private async endDead(): Promise<void> {
    const error =
      "The server stopped while it made this report, at the last attempt too: its log and its memory limit say why.";
    for (const id of await failDeadRuns(this.reports.pool, nowOf(this.reports), error)) {
      this.reports.logger.error({ report: id }, "a report was given up: no attempt came to an end");
    }
  }

  private async claimWhilePossible(): Promise<void> {
    const { pool } = this.reports;
    while (this.isRunning && this.jobs.size < MAX_JOBS) {
      const at = nowOf(this.reports);
      const bulk = [...this.jobs.values()].filter((isUrgent) => !isUrgent).length;
      const run = await claimRun(pool, { at, leaseUntil: later(at, LEASE_MS), urgentOnly: bulk >= MAX_BULK_JOBS });
      if (run === undefined) return;
      const job = makeRun(this.reports, run, this.ending.signal)
        .catch((error) => this.reports.logger.error({ err: error, report: run.id }, "an outcome was not recorded"))
        .finally(() => {
          this.jobs.delete(job);
          this.nudge();
        });
      this.jobs.set(job, run.isUrgent);
    }
  }

  private async sweep(): Promise<void> {
    const now = nowOf(this.reports);
    if (now.getTime() - this.sweptAtMs < SWEEP_INTERVAL_MS) return;
    const isSwept = await sweepReports(this.reports, now, later(now, -2 * MAX_JOB_MS));
    // The rest goes with the next round.
    if (isSwept) this.sweptAtMs = now.getTime();
  }

  private async untilNextDueMs(): Promise<number> {
    const due = await nextDueAt(this.reports.pool);
    if (due === undefined) return REPORT_POLL_MS;
    const untilMs = due.getTime() - nowOf(this.reports).getTime();
    return untilMs <= 0 ? REPORT_POLL_MS : Math.min(untilMs, REPORT_POLL_MS);
  }
}
