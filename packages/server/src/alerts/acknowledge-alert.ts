import { acknowledge } from "@sluice/core/alerts/alert.ts";
import { isSluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { AlertRecord } from "./alert-record.ts";
import { lockAlerts } from "./alert-store.ts";
import type { Alerts, Requester } from "./alerts.ts";
import { alertUnknown, changeAlert, takeSteps } from "./change-alert.ts";

/** Somebody has seen it and cares: it is not told again. Throws `alert.unknown`, or as the core's `acknowledge`. */
export async function acknowledgeAlert(alerts: Alerts, by: Requester, id: string, comment?: string): Promise<void> {
  await changeAlert(alerts, by, id, { verb: "acknowledge", comment, step: ({ state }) => acknowledge(state) });
}

/** What became of each of several: acknowledged, or why not. */
export interface Acknowledgement {
  readonly id: string;
  readonly acknowledged: boolean;
  readonly code: string | null;
  readonly message: string | null;
}

/** Acknowledges those that can be, in one transaction; the others say why they cannot. In the order asked, each once. */
export async function acknowledgeAlerts(
  alerts: Alerts,
  by: Requester,
  ids: readonly string[],
  comment?: string,
): Promise<Acknowledgement[]> {
  return inTransaction(alerts.pool, async (client) => {
    const found = new Map((await lockAlerts(client, by.organizationId, ids)).map((alert) => [alert.id, alert]));
    const answers = [...new Set(ids)].map((id) => ({ id, refusal: refusalOf(id, found.get(id)) }));
    const possible = answers.flatMap(({ id, refusal }) => (refusal === undefined ? [found.get(id)!] : []));
    await takeSteps(alerts, client, by, possible, {
      verb: "acknowledge",
      comment,
      step: ({ state }) => acknowledge(state),
    });
    return answers.map(({ id, refusal }) => ({
      id,
      acknowledged: refusal === undefined,
      code: refusal?.code ?? null,
      message: refusal?.message ?? null,
    }));
  });
}

function refusalOf(id: string, alert: AlertRecord | undefined) {
  if (alert === undefined) return alertUnknown(id);
  try {
    acknowledge(alert.state);
    return undefined;
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
}
