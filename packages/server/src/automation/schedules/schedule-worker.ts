import type { Logger } from "pino";
import type { Clock } from "../../platform/clock.ts";
import { PollingWorker } from "../../platform/polling-worker.ts";
import { isTransient } from "../../platform/postgres.ts";
import { mendOutdatedSchedules, type OpenedRound, openDueRuns } from "./open-due-runs.ts";
import { deleteRunsBefore } from "./schedule-run-store.ts";
import { nearestDueMicros } from "./schedule-store.ts";
import type { Scheduling } from "./scheduling.ts";

/** A timer waits for the next run; this makes it certain. */
export const SCHEDULE_POLL_MS = 5_000;
/** Sites that moved, and clocks that were set back, are noticed within this; runs that nobody asks about any more go. */
export const SCHEDULE_CARE_MS = 60_000;
export const KEEP_RUNS_DAYS = 400;
export const FORGET_LIMIT = 1_000;

export interface ScheduleWorkerOptions {
  readonly scheduling: Scheduling;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the runs of schedules when they are due, and sees every minute to what has become outdated. It waits until the nearest run
 * is due, and is nudged when a schedule has changed.
 *
 * Any number of these may run, and may be killed at any line: what they know is in the tables.
 */
export class ScheduleWorker extends PollingWorker {
  private readonly options: ScheduleWorkerOptions;
  private caredMs = Number.NEGATIVE_INFINITY;
  private untilNextRunMs = SCHEDULE_POLL_MS;
  /** Of the round under way. */
  private failures: unknown[] = [];

  constructor(options: ScheduleWorkerOptions) {
    super({ ...options, name: "schedules", failure: "schedules could not go on" });
    this.options = options;
  }

  protected override async round(): Promise<void> {
    this.untilNextRunMs = SCHEDULE_POLL_MS;
    this.failures = [];
    await this.takeCare();
    await this.attempt("schedules could not be looked at", async () => {
      this.report(await openDueRuns(this.options.scheduling));
      this.untilNextRunMs = await this.untilNextMs();
    });
    if (this.failures.length > 0) throw this.failures[0];
  }

  protected override pauseMs(): number {
    return this.untilNextRunMs;
  }

  /** Each failure is in the log already, with what it has failed at. */
  protected override logFailure(): void {}

  /** Each apart, and what fails at the next poll again: nothing of this may keep runs from being opened. */
  private async takeCare(): Promise<void> {
    const { scheduling, clock } = this.options;
    if (clock.monotonicMs() - this.caredMs < SCHEDULE_CARE_MS) return;
    const isMended = await this.attempt("outdated schedules could not be mended", async () =>
      this.report(await mendOutdatedSchedules(scheduling)),
    );
    const isTidy = await this.attempt("old runs of schedules could not be deleted", async () => {
      const keptSince = (await scheduling.nowMicros(scheduling.pool)) - KEEP_RUNS_DAYS * 86_400e6;
      await deleteRunsBefore(scheduling.pool, keptSince, FORGET_LIMIT);
    });
    if (isMended && isTidy) this.caredMs = clock.monotonicMs();
  }

  /** Answers whether it went well. The next poll tries again; a database that is away for a moment is no news. */
  private async attempt(failure: string, step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.note(error, failure);
      return false;
    }
  }

  private report({ opened, errors }: OpenedRound): void {
    if (opened > 0) this.options.scheduling.actuation.onExecutionDue();
    for (const error of errors) this.note(error, "the runs of a schedule could not be opened");
  }

  private note(error: unknown, failure: string): void {
    this.options.logger[isTransient(error) ? "warn" : "error"]({ err: error }, failure);
    this.failures.push(error);
  }

  private async untilNextMs(): Promise<number> {
    const { pool, nowMicros } = this.options.scheduling;
    const due = await nearestDueMicros(pool);
    if (due === undefined) return SCHEDULE_POLL_MS;
    const untilMs = Math.ceil((due - (await nowMicros(pool))) / 1000);
    // What is due already and still there is another worker's, or has failed: the poll looks again.
    return untilMs <= 0 ? SCHEDULE_POLL_MS : Math.min(untilMs, SCHEDULE_POLL_MS);
  }
}
