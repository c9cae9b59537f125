import { inTransaction } from "../platform/postgres.ts";
import { deleteAttemptsBefore, suppressForgotten } from "./delivery-queue-store.ts";
import { deleteNoticesBefore } from "./notice-store.ts";
import { type Notifications, nowMs } from "./notifications.ts";

/** Notices, their deliveries and the log of these are kept this long. */
export const KEEP_MS = 90 * 24 * 3_600_000;
/** Rows that one transaction deletes. */
export const SWEEP_LIMIT = 5_000;

/** Deletes some of what is old; false when there is more, so that no sweep holds anything else up for long. */
export async function sweepDeliveries(notifications: Notifications, limit: number = SWEEP_LIMIT): Promise<boolean> {
  const now = nowMs(notifications);
  const before = new Date(now - KEEP_MS);
  await inTransaction(notifications.pool, (client) => suppressForgotten(client, new Date(now)));
  const notices = await inTransaction(notifications.pool, (client) => deleteNoticesBefore(client, before, limit));
  const attempts = await inTransaction(notifications.pool, (client) => deleteAttemptsBefore(client, before, limit));
  return notices < limit && attempts < limit;
}
