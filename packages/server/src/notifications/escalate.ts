import { inTransaction, isTransient } from "../platform/postgres.ts";
import {
  closeEscalation,
  type DueEscalation,
  findNotice,
  listDueEscalations,
  postponeEscalation,
} from "./escalation-store.ts";
import { createQuietFinder, deliveriesOf } from "./match-routes.ts";
import type { Notice } from "./notice.ts";
import { insertDeliveries, insertNotices } from "./notice-store.ts";
import { type Notifications, nowMs } from "./notifications.ts";
import { findRoute } from "./route-store.ts";

/** Steps that one pass takes. */
const MAX_DUE = 100;
/** A step that cannot be taken makes room for the others, and is tried again after this. */
export const RETRY_STEP_MS = 60_000;

/**
 * Tells what nobody has acknowledged to the channels of the next step. Exactly once a step, however many workers look: its
 * row is closed in the transaction that queues its deliveries. An escalated notice is matched against no route, so it cannot
 * begin an escalation of its own.
 *
 * Answers how many steps it looked at.
 */
export async function escalate(notifications: Notifications): Promise<number> {
  const due = await listDueEscalations(notifications.pool, new Date(nowMs(notifications)), MAX_DUE);
  for (const escalation of due) {
    try {
      await escalateOne(notifications, escalation);
    } catch (error) {
      if (isTransient(error)) throw error;
      notifications.logger.error({ err: error, escalation }, "nobody further could be told of an alert");
      await postponeEscalation(notifications.pool, escalation.id, new Date(nowMs(notifications) + RETRY_STEP_MS));
    }
  }
  return due.length;
}

async function escalateOne(notifications: Notifications, escalation: DueEscalation): Promise<void> {
  const isAcknowledged = await notifications.isAcknowledged(escalation.alertId);
  await inTransaction(notifications.pool, async (client) => {
    const route = await findRoute(client, escalation.organizationId, escalation.routeId);
    const cause = await findNotice(client, escalation.noticeId);
    const step = route?.escalation.find(({ afterMinutes }) => afterMinutes * 60_000 === escalation.afterMs);
    // A step that its route does not have any more is not taken.
    const isWanted = !isAcknowledged && route?.isEnabled === true && step !== undefined && cause !== undefined;
    if (!(await closeEscalation(client, escalation.id, isWanted ? "escalated" : "cancelled")) || !isWanted) return;
    const atMs = nowMs(notifications);
    const notice = escalatedNotice(notifications.newId(), cause, escalation.afterMs);
    await insertNotices(client, [notice], atMs * 1000);
    await insertDeliveries(client, deliveriesOf(route, notice, step.channels, atMs, createQuietFinder(atMs)), atMs);
  });
}

function escalatedNotice(id: string, cause: Notice, afterMs: number): Notice {
  const minutes = afterMs / 60_000;
  const text = `Nobody has acknowledged this within ${minutes} minute${minutes === 1 ? "" : "s"}.`;
  return { ...cause, id, event: "escalated", message: cause.message === "" ? text : `${text}\n${cause.message}` };
}
