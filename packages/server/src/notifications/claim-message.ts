import type { PoolClient } from "pg";
import { inTransaction, isTransient } from "../platform/postgres.ts";
import type { ChannelConfiguration, MessageEntry } from "./channel.ts";
import {
  countInterruptions,
  findHead,
  finishDeliveries,
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
/** A message whose sending ended without an outcome this often in a row is given up: it may be what ends it. */
export const MAX_INTERRUPTIONS = 5;

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
  /** Of the channel, as this claim left it; another one was asked for through the other lane. */
  readonly pausedUntil: Date | null;
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

/**
 * Takes the next message, urgent ones first, and marks it as being sent, so that it is sent again if this process dies. A lane
 * whose message cannot be taken is passed over, as it would come first again each time.
 */
export async function claimMessage(notifications: Notifications, filter: ClaimFilter): Promise<ClaimAnswer> {
  let lane: Lane | undefined;
  try {
    return await inTransaction(notifications.pool, async (client) => {
      const now = new Date(nowMs(notifications));
      lane = await lockNextLane(client, { ...filter, now });
      return lane && (await claimFrom(notifications, client, lane, now));
    });
  } catch (error) {
    if (lane === undefined || isTransient(error)) throw error;
    notifications.logger.error(
      { err: error, channelId: lane.channelId },
      "a message could not be taken from its queue",
    );
    return { passOver: laneKey(lane) };
  }
}

async function claimFrom(
  notifications: Notifications,
  client: PoolClient,
  lane: Lane,
  now: Date,
): Promise<NonNullable<ClaimAnswer>> {
  const bucket = takeToken(
    { tokens: lane.tokens, refilledAtMs: lane.refilledAt.getTime() },
    lane.limits,
    now.getTime(),
    lane.isUrgent,
  );
  // Before anything is written of a message that may not go yet.
  if (bucket === undefined) return { passOver: laneKey(lane) };
  const message = await chooseMessage(notifications, client, lane, now);
  if (message === undefined) return { passOver: laneKey(lane) };
  const until = new Date(now.getTime() + LEASE_MS);
  // One probe at a time: the other lane waits for what this one finds.
  const pausedUntil = isDown(lane.failures) ? until : null;
  await savePace(client, lane.channelId, {
    tokens: bucket.tokens,
    refilledAt: new Date(bucket.refilledAtMs),
    pausedUntil,
  });
  const lease = await leaseLane(client, lane, now, until);
  return { claim: { ...(await take(client, lane, message)), lease, pausedUntil } };
}

interface Chosen {
  readonly deliveries: readonly QueuedDelivery[];
  readonly digestId: string | null;
}

/** Once tried, a message keeps its notices and its id until its end, as its receiver may have had it. */
async function chooseMessage(
  { newId }: Notifications,
  client: PoolClient,
  lane: Lane,
  now: Date,
): Promise<Chosen | undefined> {
  const interrupted = await listInterrupted(client, lane);
  if (interrupted[0] !== undefined && !(await endsInterrupted(client, lane, interrupted, now))) {
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

/** Records the interruption; true when it was the last one that this message may have. */
async function endsInterrupted(
  client: PoolClient,
  lane: Lane,
  deliveries: readonly QueuedDelivery[],
  now: Date,
): Promise<boolean> {
  const [first] = deliveries;
  await recordInterruption(client, lane, first!, now);
  // Not those before a replay: it counts its attempts anew.
  const inARow = Math.min(await countInterruptions(client, messageIdOf(first!)), first!.attempts);
  if (inARow < MAX_INTERRUPTIONS) return false;
  const ids = deliveries.map(({ id }) => id);
  const error = `Its sending ended ${MAX_INTERRUPTIONS} times in a row without an outcome: the logs of those times say why.`;
  await finishDeliveries(client, ids, { state: "dead", at: now, error });
  return true;
}

function messageIdOf({ id, digestId }: QueuedDelivery): string {
  return digestId ?? id;
}

async function recordInterruption(client: PoolClient, lane: Lane, delivery: QueuedDelivery, now: Date): Promise<void> {
  await insertAttempt(client, {
    messageId: messageIdOf(delivery),
    channelId: lane.channelId,
    number: delivery.attempts,
    at: now,
    durationMs: 0,
    outcome: {
      kind: "interrupted",
      error: "The process that sent it ended before it knew; sent again under the same id.",
    },
  });
}

async function take(
  client: PoolClient,
  lane: Lane,
  { deliveries, digestId }: Chosen,
): Promise<Omit<Claim, "lease" | "pausedUntil">> {
  const head = deliveries[0]!;
  const deliveryIds = deliveries.map(({ id }) => id);
  const attempt = head.attempts + 1;
  await markSending(client, deliveryIds, digestId, attempt);
  const route = head.routeId === null ? undefined : await findRoute(client, lane.organizationId, head.routeId);
  return {
    lane,
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
