import type { AlertStep } from "@sluice/core/alerts/alert.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { AlertJournal } from "./alert-journal.ts";
import type { AlertRecord } from "./alert-record.ts";
import { lockAlerts, readNow } from "./alert-store.ts";
import type { Alerts, Requester } from "./alerts.ts";

/** What a person wrote may have at most this many characters. */
export const MAX_COMMENT_LENGTH = 2_000;

export interface PersonsChange {
  /** "acknowledge": of the audit. */
  readonly verb: string;
  readonly comment?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Throws when the alert does not allow it. */
  readonly step: (alert: AlertRecord, nowMicros: number) => AlertStep;
}

/** One step that a person takes with one alert. Throws `alert.unknown`, and whatever the step refuses. */
export async function changeAlert(alerts: Alerts, by: Requester, id: string, change: PersonsChange): Promise<void> {
  await inTransaction(alerts.pool, async (client) => {
    const [alert] = await lockAlerts(client, by.organizationId, [id]);
    if (alert === undefined) throw alertUnknown(id);
    await takeSteps(alerts, client, by, [alert], change);
  });
}

/** Nothing is changed when a step is refused. */
export async function takeSteps(
  alerts: Alerts,
  client: PoolClient,
  by: Requester,
  found: readonly AlertRecord[],
  { verb, comment, details, step }: PersonsChange,
): Promise<void> {
  const nowMicros = await readNow(client);
  const journal = new AlertJournal(alerts);
  for (const alert of found) {
    journal.take(alert, step(alert, nowMicros), { nowMicros, who: by.actor, comment, details });
  }
  await journal.save(client);
  for (const { id } of found) {
    const after = { ...(comment === undefined ? {} : { comment }), ...details };
    await alerts.recordChange(client, by, { action: `alert.${verb}`, subject: `alert:${id}`, after });
  }
}

export function alertUnknown(id: string): SluiceError {
  return new SluiceError("not-found", "alert.unknown", "There is no alert with this id.", { details: { id } });
}
