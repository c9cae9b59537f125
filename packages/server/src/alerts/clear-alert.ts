import { clear } from "@sluice/core/alerts/alert.ts";
import type { Alerts, Requester } from "./alerts.ts";
import { changeAlert } from "./change-alert.ts";

/** A person ends what stays open although its condition is over. Throws `alert.unknown`, or as the core's `clear`. */
export async function clearAlert(alerts: Alerts, by: Requester, id: string, comment?: string): Promise<void> {
  await changeAlert(alerts, by, id, { verb: "clear", comment, step: ({ state }) => clear(state) });
}
