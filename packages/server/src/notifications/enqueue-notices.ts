import type { PoolClient } from "pg";
import { cancelEscalationRows, insertEscalations } from "./escalation-store.ts";
import {
  createQuietFinder,
  deliveriesOf,
  escalationsOf,
  type LiveRoute,
  matchingRoutes,
  type NewDelivery,
  type NewEscalation,
} from "./match-routes.ts";
import { clipNotice, type Notice, type NoticeEvent } from "./notice.ts";
import { insertDeliveries, insertNotices } from "./notice-store.ts";
import { listLiveRoutes } from "./route-store.ts";

/** After these somebody is to look; after `ENDING` nobody needs to any more. */
const BEGINNING: readonly NoticeEvent[] = ["fired", "re-alarmed", "unshelved"];
const ENDING: readonly NoticeEvent[] = ["resolved", "acknowledged", "cleared"];

export interface EnqueueOptions {
  /** The database's time when absent. */
  readonly nowMicros?: number;
}

/**
 * Queues what is to be told, in the caller's transaction: told if it commits and never if it rolls back, and by a worker, so
 * that no receiver's slowness holds an alert up. A notice whose id was enqueued before is passed over.
 */
export async function enqueueNotices(
  client: PoolClient,
  notices: readonly Notice[],
  options: EnqueueOptions = {},
): Promise<void> {
  if (notices.length === 0) return;
  const clipped = notices.map(clipNotice);
  const { newIds, nowMs } = await insertNotices(client, clipped, options.nowMicros);
  const fresh = clipped.filter(({ id }) => newIds.has(id));
  if (fresh.length === 0) return;
  const routes = await listLiveRoutes(client, [...new Set(fresh.map(({ organizationId }) => organizationId))]);
  const { deliveries, escalations } = plan(routes, fresh, nowMs);
  await cancelEscalationRows(client, alertsAfter(fresh, ENDING));
  await insertDeliveries(client, deliveries, nowMs);
  await insertEscalations(client, escalations);
}

interface Plan {
  readonly deliveries: readonly NewDelivery[];
  readonly escalations: readonly NewEscalation[];
}

function plan(routes: readonly LiveRoute[], notices: readonly Notice[], nowMs: number): Plan {
  const quietUntil = createQuietFinder(nowMs);
  const begun = new Set(alertsAfter(notices, BEGINNING).map(({ id }) => id));
  const deliveries: NewDelivery[] = [];
  const escalations: NewEscalation[] = [];
  for (const notice of notices) {
    for (const route of matchingRoutes(routes, notice)) {
      deliveries.push(...deliveriesOf(route, notice, route.channels, nowMs, quietUntil));
      if (begun.has(notice.id)) escalations.push(...escalationsOf(route, notice, nowMs, quietUntil));
    }
  }
  return { deliveries, escalations };
}

/** The last notice of each alert, if it is one of these. */
function alertsAfter(notices: readonly Notice[], events: readonly NoticeEvent[]): Notice[] {
  const last = new Map(notices.map((notice) => [`${notice.organizationId} ${notice.alertId}`, notice]));
  return [...last.values()].filter(({ event }) => events.includes(event));
}
