import { comment } from "@sluice/core/alerts/alert.ts";
import type { Alerts, Requester } from "./alerts.ts";
import { changeAlert } from "./change-alert.ts";

/** Adds to the trail, also of what is closed. Throws `alert.unknown` or `alert.pending`. */
export async function commentOnAlert(alerts: Alerts, by: Requester, id: string, text: string): Promise<void> {
  await changeAlert(alerts, by, id, { verb: "comment", comment: text, step: ({ state }) => comment(state) });
}
