import { type AlertStep, endShelf, reAlarm, resolve } from "@sluice/core/alerts/alert.ts";
import { inTransaction } from "../platform/postgres.ts";
import { AlertJournal } from "./alert-journal.ts";
import type { AlertRecord } from "./alert-record.ts";
import { lockDueAlerts, lockOrphanedAlerts, readNow } from "./alert-store.ts";
import type { Alerts } from "./alerts.ts";

/** Alerts that one transaction attends to. */
export const ATTEND_LIMIT = 200;

/** Ends shelves whose time has come and tells again what nobody has acknowledged. Returns how many it attended to. */
export async function attendDueAlerts(alerts: Alerts): Promise<number> {
  return inTransaction(alerts.pool, async (client) => {
    const due = await lockDueAlerts(client, ATTEND_LIMIT);
    if (due.length === 0) return 0;
    const nowMicros = await readNow(client);
    const journal = new AlertJournal(alerts);
    for (const alert of due) {
      const step = dueStepOf(alert, nowMicros);
      journal.take(alert, step, { nowMicros, who: "system", comment: commentOf(step) });
    }
    await journal.save(client);
    return due.length;
  });
}

function dueStepOf(alert: AlertRecord, nowMicros: number): AlertStep {
  const step = endShelf(alert.state, nowMicros);
  return step.event === undefined ? reAlarm(alert.state) : step;
}

function commentOf({ event }: AlertStep): string | undefined {
  return event === "unshelved" ? "The time of its shelf has ended." : undefined;
}

const WHY = {
  "rule-deleted": "Its rule was deleted.",
  "rule-disabled": "Its rule was disabled, or alerts no more.",
  "device-inactive": "Its device was taken out of service.",
} as const;

/** Resolves what nothing watches any more, and says why in the trail. Returns how many there were. */
export async function resolveOrphanedAlerts(alerts: Alerts): Promise<number> {
  return inTransaction(alerts.pool, async (client) => {
    const orphans = await lockOrphanedAlerts(client, ATTEND_LIMIT);
    if (orphans.length === 0) return 0;
    const nowMicros = await readNow(client);
    const journal = new AlertJournal(alerts);
    for (const { alert, reason } of orphans) {
      journal.take(alert, resolve(alert.state, alert.state.episode), {
        nowMicros,
        who: "system",
        resolvedReason: reason,
        comment: WHY[reason],
      });
    }
    await journal.save(client);
    return orphans.length;
  });
}
