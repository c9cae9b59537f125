import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { isTransient } from "../platform/postgres.ts";
import { type WorkerRound, WorkerRounds } from "../platform/worker-rounds.ts";
import type { Alerts } from "./alerts.ts";
import { ATTEND_LIMIT, attendDueAlerts, resolveOrphanedAlerts } from "./attend-due-alerts.ts";

/** Shelves end and alerts are told again to the second; nudges are for what should be seen at once. */
export const ALERT_POLL_MS = 1_000;

export interface AlertWorkerOptions {
  readonly alerts: Alerts;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Attends to alerts whose time has come.
 *
 *   idle    → until a nudge (a rule or a device went out of service) or the poll
 *   working → end shelves, tell again, resolve what nothing watches; and again while there may be more
 *
 * Any number of these may run, and may be killed at any line: what they know is in the tables.
 */
export class AlertWorker {
  private readonly options: AlertWorkerOptions;
  private readonly rounds: WorkerRounds;
  private cancelPoll: () => void = () => {};
  private working: Promise<void> | undefined;
  private isNudged = false;
  private isRunning = false;

  constructor(options: AlertWorkerOptions) {
    this.options = options;
    this.rounds = new WorkerRounds("alerts", options.clock);
  }

  start(): void {
    this.isRunning = true;
    this.nudge();
  }

  /** Resolves once the transaction under way has ended. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.cancelPoll();
    await this.settled();
  }

  /** Resolves once everything asked for so far has been done. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  nudge(): void {
    this.isNudged = true;
    if (!this.isRunning || this.working !== undefined) return;
    this.cancelPoll();
    this.working = this.work().finally(() => {
      this.working = undefined;
      if (!this.isRunning) return;
      if (this.isNudged) this.nudge();
      else this.cancelPoll = this.options.clock.after(ALERT_POLL_MS, () => this.nudge());
    });
  }

  /** How it is, for whoever watches over it. */
  health(): WorkerRound {
    return this.rounds.health(this.isRunning);
  }

  private work(): Promise<void> {
    const { alerts, logger } = this.options;
    this.isNudged = false;
    return this.rounds.work(
      async () => {
        while (this.isRunning && (await attendDueAlerts(alerts)) === ATTEND_LIMIT);
        while (this.isRunning && (await resolveOrphanedAlerts(alerts)) === ATTEND_LIMIT);
      },
      // The next poll tries again; a database that is away for a moment is no news.
      (error) => logger[isTransient(error) ? "warn" : "error"]({ err: error }, "alerts could not be attended to"),
    );
  }
}
