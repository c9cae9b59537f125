import { shelve, unshelve } from "@sluice/core/alerts/alert.ts";
import type { Alerts, Requester } from "./alerts.ts";
import { changeAlert } from "./change-alert.ts";

/** Until when, in microseconds since 1970 or as a length from now. */
export type ShelfEnd = { readonly untilMicros: number } | { readonly forMs: number };

/**
 * Nobody is told of it for a while; it stays open for as long, and says so when it comes back and still fires. Throws
 * `alert.unknown`, or as the core's `shelve`.
 */
export async function shelveAlert(
  alerts: Alerts,
  by: Requester,
  id: string,
  end: ShelfEnd,
  reason: string,
): Promise<void> {
  await changeAlert(alerts, by, id, {
    verb: "shelve",
    comment: reason,
    details: { ...end },
    step: ({ state }, nowMicros) => {
      const untilMicros = "untilMicros" in end ? end.untilMicros : nowMicros + end.forMs * 1000;
      return shelve(state, untilMicros, nowMicros);
    },
  });
}

/** Ends the shelf before its time. Throws `alert.unknown`, or as the core's `unshelve`. */
export async function unshelveAlert(alerts: Alerts, by: Requester, id: string, comment?: string): Promise<void> {
  await changeAlert(alerts, by, id, { verb: "unshelve", comment, step: ({ state }) => unshelve(state) });
}
