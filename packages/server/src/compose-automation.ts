import { randomBytes, randomUUID } from "node:crypto";
import { solutions } from "@sluice/solutions/registry.ts";
import type { Pool } from "pg";
import type { Actuation } from "./actuation/index.ts";
import { type Alerts, isAcknowledged } from "./alerts/index.ts";
import { recordAuditEvent } from "./auth/index.ts";
import {
  type Automation,
  databaseNowMicros,
  type RuleEditing,
  type RuleIndex,
  type Scheduling,
} from "./automation/index.ts";
import type { Config } from "./config.ts";
import { createSenders, enqueueNotices, type Notifications } from "./notifications/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import type { Sealer } from "./platform/secret.ts";
import type { Solutions } from "./solutions/index.ts";
import { newestValid, type TelemetryReader } from "./telemetry/index.ts";

/** What rules, schedules, alerts and notifications need of one another. */

export function composeAlerts(pool: Pool): Alerts {
  return { pool, newId: randomUUID, enqueueNotices, recordChange: recordAuditEvent };
}

export function composeAutomation(
  pool: Pool,
  actuation: Actuation,
  alerts: Alerts,
  telemetry: TelemetryReader,
): Automation {
  return {
    pool,
    actuation,
    alerts,
    newId: randomUUID,
    latestReadingMicros: async (deviceId, metricNumber) =>
      newestValid((await telemetry.latest(deviceId))?.values.get(metricNumber))?.timeMicros,
  };
}

export function composeScheduling({ pool, actuation, newId }: Automation, onScheduleChanged: () => void): Scheduling {
  return { pool, actuation, newId, nowMicros: databaseNowMicros, onScheduleChanged };
}

export function composeRuleEditing(pool: Pool, rules: RuleIndex): RuleEditing {
  return { pool, recordChange: recordAuditEvent, afterRuleChanged: (deviceId) => rules.refresh(deviceId) };
}

export interface NotificationParts {
  readonly pool: Pool;
  readonly settings: Config["notifications"];
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function composeNotifications({ pool, settings, sealer, clock, logger }: NotificationParts): Notifications {
  return {
    pool,
    clock,
    logger,
    sealer,
    randomBytes,
    random: Math.random,
    newId: randomUUID,
    senders: createSenders(settings, clock),
    allowPrivate: settings.allowPrivate,
    isAcknowledged: (alertId) => isAcknowledged(pool, alertId),
    recordChange: recordAuditEvent,
  };
}

export function composeSolutions({ pool, recordChange, afterRuleChanged }: RuleEditing): Solutions {
  return { pool, recordChange, afterRuleChanged, available: solutions };
}
