import type { Pool } from "pg";
import { type Alerts, AlertWorker, type LostAlerts } from "./alerts/index.ts";
import type { AccountMailWorker, Accounts } from "./auth/index.ts";
import { type Automation, AutomationWorker, ScheduleWorker, type Scheduling } from "./automation/index.ts";
import { composeMailWorker } from "./compose-accounts.ts";
import type { OnStop } from "./compose-database.ts";
import { composeReportMailWorker } from "./compose-reports.ts";
import { DeliveryWorker, type Notifications } from "./notifications/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import { type ReportMailWorker, type Reports, ReportWorker } from "./reports/index.ts";
import { RetentionWorker, SettleWorker, type SettleWorkerOptions } from "./telemetry/index.ts";

export interface Workers {
  readonly automation: AutomationWorker;
  readonly schedules: ScheduleWorker;
  readonly alerts: AlertWorker;
  readonly deliveries: DeliveryWorker;
  readonly accountMails: AccountMailWorker;
  readonly settling?: SettleWorker;
  readonly retention: RetentionWorker;
  readonly reports: ReportWorker;
  readonly reportMails: ReportMailWorker;
}

export interface WorkerParts {
  readonly accounts: Accounts;
  readonly automation: Automation;
  readonly scheduling: Scheduling;
  readonly alerts: Alerts;
  readonly notifications: Notifications;
  readonly lostAlerts: LostAlerts;
  readonly reports: Reports;
  /** Undefined: readings stay in the database. */
  readonly settling: Omit<SettleWorkerOptions, "clock" | "logger" | "pool"> | undefined;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a process with the role `worker` does besides. */
export function startWorkers({ clock, logger, ...parts }: WorkerParts, onStop: OnStop): Workers {
  const { accounts, automation, scheduling, alerts, notifications, lostAlerts, reports, settling, pool } = parts;
  const workers = {
    automation: new AutomationWorker({ automation, clock, logger, onAlertLost: () => lostAlerts.note() }),
    schedules: new ScheduleWorker({ scheduling, clock, logger }),
    alerts: new AlertWorker({ alerts, clock, logger }),
    deliveries: new DeliveryWorker(notifications),
    accountMails: composeMailWorker(accounts, notifications.senders, logger),
    ...(settling && { settling: new SettleWorker({ ...settling, pool, clock, logger }) }),
    retention: new RetentionWorker({ pool, clock, logger }),
    reports: new ReportWorker(reports),
    reportMails: composeReportMailWorker(reports, notifications.senders),
  };
  for (const worker of Object.values(workers)) {
    worker.start();
    onStop(() => worker.stop());
  }
  return workers;
}
