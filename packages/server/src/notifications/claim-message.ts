import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { ChannelConfiguration, MessageEntry } from "./channel.ts";
import {
  findHead,
  insertAttempt,
  type Lane,
  laneKey,
  leaseLane,
  listDigest,
  listGroup,
  listInterrupted,
  lockNextLane,
  markSending,
  type QueuedDelivery,
  savePace,
} from "./delivery-queue-store.ts";
import { readNotices } from "./notice-store.ts";
import { type Notifications, nowMs } from "./notifications.ts";
import { takeToken } from "./pace.ts";
import { isDown, probesWithFresh } from "./retry-policy.ts";
import type { RouteTemplates } from "./route.ts";
import { findRoute } from "./route-store.ts";

/** Longer than the longest send: a lane whose holder died is free again after it. */
export const LEASE_MS = 60_000;
/** What waited this long is told as one digest with the rest of its group. */
export const DIGEST_AFTER_MS = 10_000;
export const MAX_DIGEST_NOTICES = 500;

/** One message, leased to this worker until its outcome is recorded. */
export interface Claim {
  readonly lane: Pick<Lane, "channelId" | "isUrgent" | "organizationId" | "kind">;
  readonly lease: number;
  readonly configuration: ChannelConfiguration;
  readonly sealedSecret: Buffer | null;
  /** Of the webhook, the mail's Message-ID; the same with every attempt. */
  readonly messageId: string;
  readonly isDigest: boolean;
  readonly attempt: number;
  readonly giveUpAtMs: number;
  readonly deliveryIds: readonly string[];
  /** In the order in which they were enqueued. */
  readonly notices: readonly MessageEntry[];
  readonly templates: RouteTemplates;
}

/** A claim; a lane that may not send yet, to pass over; or undefined when no lane has anything to send. */
export type ClaimAnswer = { readonly claim: Claim } | { readonly passOver: string } | undefined;

export interface ClaimFilter {
  readonly urgentOnly: boolean;
  readonly passedOver: readonly string[];
}

/** Takes the next message, urgent ones first, and marks it as being sent, so that it is sent again if this process dies. */
export async function claimMessage(notifications: Notifications, filter: ClaimFilter): Promise<ClaimAnswer> {
  return inTransaction(notifications.pool, async (client) => {
    const now = new Date(nowMs(notifications));
    const lane = await lockNextLane(client, { ...filter, now });
    if (lane === undefined) return undefined;
    const message = await chooseMessage(notifications, client, lane, now);
    const bucket = takeToken(
      { tokens: lane.tokens, refilledAtMs: lane.refilledAt.getTime() },
      lane.limits,
      now.getTime(),
      lane.isUrgent,
    );
    if (message === undefined || bucket === undefined) return { passOver: laneKey(lane) };
    const until = new Date(now.getTime() + LEASE_MS);
    await savePace(client, lane.channelId, {
      tokens: bucket.tokens,
      refilledAt: new Date(bucket.refilledAtMs),
      // One probe at a time: the other lane waits for what this one finds.
      pausedUntil: isDown(lane.failures) ? until : null,
    });
    const lease = await leaseLane(client, lane, now, until);
    return { claim: await take(client, lane, lease, message) };
  });
}

interface Chosen {
  readonly deliveries: readonly QueuedDelivery[];
  readonly digestId: string | null;
}

/** Once tried, a message keeps its content and its id until its end, as its receiver may have had it. */
async function chooseMessage(
  { newId }: Notifications,
  client: PoolClient,
  lane: Lane,
  now: Date,
): Promise<Chosen | undefined> {
  const interrupted = await listInterrupted(client, lane);
  if (interrupted[0] !== undefined) {
    await recordInterruption(client, lane, interrupted[0], now);
    return { deliveries: interrupted, digestId: interrupted[0].digestId };
  }
  const isProbe = isDown(lane.failures);
  const head = await findHead(client, lane, { now, isProbe, prefersFresh: probesWithFresh(lane.failures) });
  if (head === undefined) return undefined;
  if (head.attempts > 0) {
    const isSingle = head.digestId === null;
    return { deliveries: isSingle ? [head] : await listDigest(client, lane, head.digestId), digestId: head.digestId };
  }
  const group = hasWaited(head, now) ? await listGroup(client, lane, head.groupKey, now, MAX_DIGEST_NOTICES) : [head];
  return { deliveries: group, digestId: group.length > 1 ? newId() : null };
}

/** It could not be told at once, or was held back on purpose. */
function hasWaited({ createdAt, nextAttemptAt }: QueuedDelivery, now: Date): boolean {
  return now.getTime() - createdAt.getTime() >= DIGEST_AFTER_MS || nextAttemptAt > createdAt;
}

async function recordInterruption(client: PoolClient, lane: Lane, delivery: QueuedDelivery, now: Date): Promise<void> {
  await insertAttempt(client, {
    messageId: delivery.digestId ?? delivery.id,
    channelId: lane.channelId,
    number: delivery.attempts,
    at: now,
    durationMs: 0,
    outcome: {
      kind: "interrupted",
      error: "The process that sent it ended before it knew; sent again under the same id.",
    },
    note: undefined,
  });
}

async function take(client: PoolClient, lane: Lane, lease: number, { deliveries, digestId }: Chosen): Promise<Claim> {
  const head = deliveries[0]!;
  const deliveryIds = deliveries.map(({ id }) => id);
  const attempt = head.attempts + 1;
  await markSending(client, deliveryIds, digestId, attempt);
  const route = head.routeId === null ? undefined : await findRoute(client, lane.organizationId, head.routeId);
  return {
    lane,
    lease,
    configuration: { kind: lane.kind, ...lane.configuration } as ChannelConfiguration,
    sealedSecret: lane.sealedSecret,
    messageId: digestId ?? head.id,
    isDigest: digestId !== null,
    attempt,
    giveUpAtMs: Math.max(...deliveries.map(({ giveUpAt }) => giveUpAt.getTime())),
    deliveryIds,
    notices: await readNotices(
      client,
      deliveries.map(({ noticeId }) => noticeId),
    ),
    templates: route?.templates ?? {},
  };
}
