import { inTransaction } from "../platform/postgres.ts";
import { deleteAttemptsBefore, suppressForgotten } from "./delivery-queue-store.ts";
import { deleteNoticesBefore } from "./notice-store.ts";
import { type Notifications, nowMs } from "./notifications.ts";

/** Notices, their deliveries and the log of these are kept this long. */
export const KEEP_MS = 90 * 24 * 3_600_000;
/** Rows that one transaction deletes; what is left over goes with the next sweep. */
const SWEEP_LIMIT = 5_000;

export async function sweepDeliveries(notifications: Notifications): Promise<void> {
  const now = nowMs(notifications);
  const before = new Date(now - KEEP_MS);
  await inTransaction(notifications.pool, (client) => suppressForgotten(client, new Date(now)));
  await inTransaction(notifications.pool, (client) => deleteNoticesBefore(client, before, SWEEP_LIMIT));
  await inTransaction(notifications.pool, (client) => deleteAttemptsBefore(client, before, SWEEP_LIMIT));
}
