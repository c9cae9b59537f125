import { fire, resolve } from "@sluice/core/alerts/alert.ts";
import { ALERT_SEVERITIES } from "@sluice/core/alerts/alert-policy.ts";
import type { PoolClient } from "pg";
import { firstOrganizationId } from "../devices/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { AlertJournal } from "./alert-journal.ts";
import { type AlertRecord, type ResolvedReason, UNTOUCHED } from "./alert-record.ts";
import { lockSourceAlerts, lockUnwatchedAlerts } from "./alert-store.ts";
import type { Alerts } from "./alerts.ts";
import type { Trouble } from "./probe.ts";

export interface FoundTrouble extends Trouble {
  readonly source: string;
  /** When it was first found, by this process's clock. */
  readonly sinceMicros: number;
}

export interface TroubleReport {
  /** What is there now, and was for long enough. */
  readonly firing: readonly FoundTrouble[];
  /** What is there now, and not yet for long enough: it begins no alert, and ends none that another process began. */
  readonly recent: readonly FoundTrouble[];
  /** What was there, and was over before anybody could be told. */
  readonly past: readonly (FoundTrouble & { readonly untilMicros: number })[];
  /** Sources of which this process knows that there is nothing else. */
  readonly known: readonly string[];
  readonly nowMicros: number;
}

/**
 * Makes the alerts of Sluice itself what the report says: fires what is new, resolves what is over, and tells what was over
 * before the database answered. Saying it twice, or from several processes, changes nothing.
 */
export async function reportTroubles(alerts: Alerts, report: TroubleReport): Promise<void> {
  await inTransaction(alerts.pool, async (client) => {
    const open = new Map((await lockSourceAlerts(client, report.known)).map((alert) => [keyOf(alert), alert]));
    const past = await placed(client, report.past);
    const firing = await placed(client, report.firing);
    const journal = new AlertJournal(alerts);
    const expected = new Set([...firing, ...(await placed(client, report.recent))].map(keyOf));
    for (const trouble of past) {
      const alert = open.get(keyOf(trouble)) ?? begin(alerts, journal, trouble, trouble.sinceMicros);
      end(journal, alert, trouble.untilMicros);
      open.delete(keyOf(trouble));
    }
    for (const trouble of firing) {
      const alert = open.get(keyOf(trouble));
      if (alert === undefined) begin(alerts, journal, trouble, report.nowMicros);
      else if (isWorse(trouble, alert)) worsen(journal, alert, trouble, report.nowMicros);
    }
    for (const [key, alert] of open) if (!expected.has(key)) end(journal, alert, report.nowMicros);
    for (const alert of await lockUnwatchedAlerts(client)) {
      if (!report.known.includes(alert.source!)) end(journal, alert, report.nowMicros, "not-watched");
    }
    await journal.save(client);
  });
}

type Placed<T> = T & { readonly organizationId: number };

async function placed<T extends FoundTrouble>(client: PoolClient, troubles: readonly T[]): Promise<Placed<T>[]> {
  if (troubles.length === 0) return [];
  const first = await firstOrganizationId(client);
  return troubles.flatMap((trouble) => {
    const organizationId = trouble.organizationId ?? first;
    return organizationId === undefined ? [] : [{ ...trouble, organizationId }];
  });
}

function begin(
  { newId }: Alerts,
  journal: AlertJournal,
  trouble: Placed<FoundTrouble>,
  nowMicros: number,
): AlertRecord {
  const { organizationId, source, severity, title, message, value = null, sinceMicros } = trouble;
  const draft = { ...UNTOUCHED, id: newId(), organizationId, source, severity, title, message, value };
  const step = fire(undefined, 1, { isLatched: false });
  const occasion = { nowMicros, who: "system", details: { since: new Date(sinceMicros / 1000).toISOString() } };
  return journal.open({ ...draft, openedMicros: nowMicros }, step, occasion);
}

function isWorse(trouble: FoundTrouble, { severity }: AlertRecord): boolean {
  return ALERT_SEVERITIES.indexOf(trouble.severity) > ALERT_SEVERITIES.indexOf(severity);
}

/** Told anew, and to be acknowledged anew. */
function worsen(journal: AlertJournal, alert: AlertRecord, trouble: FoundTrouble, nowMicros: number): void {
  const { severity, title, message, value = null } = trouble;
  const step = fire(alert.state, alert.state.episode + 1, { isLatched: false });
  journal.take({ ...alert, severity, title, message, value }, step, { nowMicros, who: "system" });
}

function end(
  journal: AlertJournal,
  alert: AlertRecord,
  nowMicros: number,
  resolvedReason: ResolvedReason = "condition",
): void {
  const step = resolve(alert.state, alert.state.episode);
  journal.take(alert, step, { nowMicros, who: "system", resolvedReason });
}

function keyOf({
  organizationId,
  source,
}: {
  readonly organizationId: number;
  readonly source: string | null;
}): string {
  return `${organizationId} ${source}`;
}
