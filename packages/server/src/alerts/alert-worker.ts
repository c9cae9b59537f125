import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { PollingWorker } from "../platform/polling-worker.ts";
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
 * Attends to alerts whose time has come: ends shelves, tells again, resolves what nothing watches. It is nudged when a rule or a
 * device goes out of service.
 *
 * Any number of these may run, and may be killed at any line: what they know is in the tables.
 */
export class AlertWorker extends PollingWorker {
  private readonly alerts: Alerts;

  constructor({ alerts, ...options }: AlertWorkerOptions) {
    super({ ...options, name: "alerts", failure: "alerts could not be attended to" });
    this.alerts = alerts;
  }

  protected override async round(): Promise<void> {
    while (this.isRunning && (await attendDueAlerts(this.alerts)) === ATTEND_LIMIT);
    while (this.isRunning && (await resolveOrphanedAlerts(this.alerts)) === ATTEND_LIMIT);
  }

  protected override pauseMs(): number {
    return ALERT_POLL_MS;
  }
}
