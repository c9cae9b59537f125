import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import { type DeliveryState, type DeliveryView, findDelivery, requeueDeliveries } from "./delivery-view-store.ts";
import { requireChannel } from "./manage-channels.ts";
import { type Notifications, nowMs, type Queryable, type Requester } from "./notifications.ts";
import { GIVE_UP_AFTER_MS } from "./retry-policy.ts";

/** Deliveries that one call replays; for more it is called again. */
export const MAX_REPLAYED = 1_000;
const REPLAYABLE: readonly DeliveryState[] = ["dead", "suppressed"];

/** Sends it once more, with another day to succeed. Throws `delivery.not_replayable`. */
export async function replayDelivery(notifications: Notifications, by: Requester, id: string): Promise<DeliveryView> {
  const { organizationId } = by;
  return inTransaction(notifications.pool, async (client) => {
    const delivery = await requireDelivery(client, organizationId, id);
    await assertEnabled(client, organizationId, delivery.channelId);
    const filter = { organizationId, states: REPLAYABLE, id, limit: 1 };
    if ((await requeueDeliveries(client, filter, ...times(notifications))).length === 0) {
      throw new SluiceError(
        "conflict",
        "delivery.not_replayable",
        `It is ${delivery.state}: what is dead or suppressed can be replayed.`,
        { details: { state: delivery.state } },
      );
    }
    await notifications.recordChange(client, by, {
      action: "delivery.replay",
      subject: `delivery:${id}`,
      before: delivery,
    });
    return requireDelivery(client, organizationId, id);
  });
}

/** The dead ones of a channel, the oldest first; answers how many. */
export async function replayDead(notifications: Notifications, by: Requester, channelId: number): Promise<number> {
  const { organizationId } = by;
  return inTransaction(notifications.pool, async (client) => {
    await assertEnabled(client, organizationId, channelId);
    const filter = { organizationId, states: ["dead"] as const, channelId, limit: MAX_REPLAYED };
    const replayed = await requeueDeliveries(client, filter, ...times(notifications));
    await notifications.recordChange(client, by, {
      action: "channel.replay",
      subject: `channel:${channelId}`,
      after: { replayed: replayed.length },
    });
    return replayed.length;
  });
}

export async function requireDelivery(db: Queryable, organizationId: number, id: string): Promise<DeliveryView> {
  const delivery = await findDelivery(db, organizationId, id);
  if (delivery !== undefined) return delivery;
  throw new SluiceError("not-found", "delivery.unknown", "There is no such delivery.", { details: { delivery: id } });
}

async function assertEnabled(db: Queryable, organizationId: number, channelId: number): Promise<void> {
  const channel = await requireChannel(db, organizationId, channelId);
  if (channel.isEnabled) return;
  throw new SluiceError("conflict", "channel.disabled", "Enable the channel first: it sends nothing now.", {
    details: { channel: channelId, reason: channel.disabledReason },
  });
}

function times(notifications: Notifications): [now: Date, giveUpAt: Date] {
  const now = nowMs(notifications);
  return [new Date(now), new Date(now + GIVE_UP_AFTER_MS)];
}
