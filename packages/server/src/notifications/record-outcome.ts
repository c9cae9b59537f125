import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Outcome } from "./channel.ts";
import { disableChannelRow } from "./channel-store.ts";
import type { Claim } from "./claim-message.ts";
import {
  bringForward,
  type Condition,
  finishDeliveries,
  insertAttempt,
  lockCondition,
  postponeDeliveries,
  releaseLane,
  saveCondition,
  suppressWaiting,
} from "./delivery-queue-store.ts";
import { type Notifications, nowMs } from "./notifications.ts";
import { isDown, MAX_REFUSALS, probeDelayMs, retryDelayMs } from "./retry-policy.ts";

export interface RecordedAttempt {
  readonly outcome: Outcome;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

export const GONE_REASON = "Its receiver answered 410: it takes nothing any more.";

/**
 * Writes down what became of a message, and what follows from it for its deliveries and its channel. Answers false, and
 * changes nothing, when the lease had run out and another worker has taken the lane: then that one's outcome counts.
 */
export async function recordOutcome(
  notifications: Notifications,
  claim: Claim,
  attempt: RecordedAttempt,
): Promise<boolean> {
  return inTransaction(notifications.pool, async (client) => {
    if (!(await releaseLane(client, claim.lane, claim.lease))) return false;
    await insertAttempt(client, {
      messageId: claim.messageId,
      channelId: claim.lane.channelId,
      number: claim.attempt,
      at: new Date(attempt.startedAtMs),
      durationMs: attempt.durationMs,
      outcome: attempt.outcome,
    });
    // Before its pace is locked: whoever changes a channel locks them in this order.
    if (attempt.outcome.kind === "gone") await disable(notifications, client, claim);
    const condition = await lockCondition(client, claim.lane.channelId);
    await endOrPostpone(notifications, client, claim, attempt.outcome);
    const after = conditionAfter(notifications, claim, attempt.outcome, condition);
    await saveCondition(client, claim.lane.channelId, after);
    const isBack = attempt.outcome.kind === "sent" && isDown(condition.failures);
    if (isBack) await bringForward(client, claim.lane.channelId, new Date(nowMs(notifications)));
    return true;
  });
}

/** What follows for the deliveries. */
async function endOrPostpone(
  notifications: Notifications,
  client: PoolClient,
  claim: Claim,
  outcome: Outcome,
): Promise<void> {
  const nowAtMs = nowMs(notifications);
  const end = (state: "sent" | "dead") =>
    finishDeliveries(client, claim.deliveryIds, {
      state,
      at: new Date(nowAtMs),
      error: state === "dead" ? outcome.error : undefined,
    });
  const postpone = (ms: number) =>
    postponeDeliveries(
      client,
      claim.deliveryIds,
      new Date(Math.min(nowAtMs + ms, Math.max(claim.giveUpAtMs, nowAtMs))),
      outcome.error,
    );

  switch (outcome.kind) {
    case "sent":
      return end("sent");
    case "gone":
      return end("dead");
    case "interrupted":
      return postpone(0);
    case "refused":
      if (claim.attempt >= MAX_REFUSALS) return end("dead");
      break;
    case "failed":
    case "limited":
      break;
  }
  return nowAtMs >= claim.giveUpAtMs ? end("dead") : postpone(delayAfter(notifications, claim, outcome));
}

/**
 * What follows for the channel. Its lanes share this: a pause that the other one was asked for while this message was on its way
 * stays, whatever became of this one.
 */
function conditionAfter(
  notifications: Notifications,
  claim: Claim,
  outcome: Outcome,
  { failures, pausedUntil }: Condition,
): Condition {
  const nowAtMs = nowMs(notifications);
  const others = pausedUntil?.getTime() === claim.pausedUntil?.getTime() ? null : pausedUntil;
  const paused = (until: Date | null) => (others !== null && (until === null || others > until) ? others : until);

  switch (outcome.kind) {
    case "failed":
      return {
        failures: failures + 1,
        pausedUntil: paused(pauseAfter(notifications, failures + 1, outcome, nowAtMs)),
      };
    case "limited":
      return { failures, pausedUntil: paused(new Date(nowAtMs + delayAfter(notifications, claim, outcome))) };
    case "interrupted":
      return { failures, pausedUntil: paused(null) };
    case "sent":
    case "gone":
    case "refused":
      // The receiver answers, so the channel is not down; a message that is refused is so alone.
      return { failures: 0, pausedUntil: paused(null) };
  }
}

function delayAfter({ random }: Notifications, { attempt }: Claim, { retryAfterMs }: Outcome): number {
  return retryDelayMs(attempt, random(), retryAfterMs);
}

function pauseAfter(
  { random }: Notifications,
  failures: number,
  { retryAfterMs }: Outcome,
  nowAtMs: number,
): Date | null {
  const probeMs = isDown(failures) ? probeDelayMs(failures, random()) : 0;
  const pauseMs = retryAfterMs === undefined ? probeMs : Math.max(probeMs, retryDelayMs(1, 0, retryAfterMs));
  return pauseMs === 0 ? null : new Date(nowAtMs + pauseMs);
}

async function disable(notifications: Notifications, client: PoolClient, { lane }: Claim): Promise<void> {
  const { channelId, organizationId } = lane;
  const now = new Date(nowMs(notifications));
  if (!(await disableChannelRow(client, organizationId, channelId, GONE_REASON))) return;
  const suppressed = await suppressWaiting(client, channelId, now, GONE_REASON);
  notifications.logger.warn(
    { channelId, suppressed },
    "a webhook's receiver is gone for good: the channel is disabled",
  );
  await notifications.recordChange(
    client,
    { organizationId, actor: "system" },
    {
      action: "channel.disable",
      subject: `channel:${channelId}`,
      after: { isEnabled: false, disabledReason: GONE_REASON, suppressed },
    },
  );
}
