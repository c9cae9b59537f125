import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Outcome } from "./channel.ts";
import { disableChannelRow } from "./channel-store.ts";
import type { Claim } from "./claim-message.ts";
import {
  bringForward,
  finishDeliveries,
  insertAttempt,
  lockFailures,
  postponeDeliveries,
  releaseLane,
  saveFailures,
  suppressWaiting,
} from "./delivery-queue-store.ts";
import { type Notifications, nowMs } from "./notifications.ts";
import { isDown, MAX_REFUSALS, probeDelayMs, retryDelayMs } from "./retry-policy.ts";

export interface RecordedAttempt {
  readonly outcome: Outcome;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly note: string | undefined;
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
      note: attempt.note,
    });
    // Before its pace is locked: whoever changes a channel locks them in this order.
    if (attempt.outcome.kind === "gone") await disable(notifications, client, claim);
    const failures = await lockFailures(client, claim.lane.channelId);
    await follow(notifications, client, claim, attempt.outcome, failures);
    return true;
  });
}

async function follow(
  notifications: Notifications,
  client: PoolClient,
  claim: Claim,
  outcome: Outcome,
  failures: number,
): Promise<void> {
  const { channelId } = claim.lane;
  const nowAtMs = nowMs(notifications);
  const now = new Date(nowAtMs);
  const delayMs = retryDelayMs(claim.attempt, notifications.random(), outcome.retryAfterMs);
  const end = (state: "sent" | "dead") =>
    finishDeliveries(client, claim.deliveryIds, {
      state,
      at: now,
      error: state === "dead" ? outcome.error : undefined,
    });
  const postpone = (ms: number) =>
    postponeDeliveries(
      client,
      claim.deliveryIds,
      new Date(Math.min(nowAtMs + ms, Math.max(claim.giveUpAtMs, nowAtMs))),
      outcome.error,
    );
  const tryAgainOrEnd = () => (nowAtMs >= claim.giveUpAtMs ? end("dead") : postpone(delayMs));

  switch (outcome.kind) {
    case "sent":
      await end("sent");
      await saveFailures(client, channelId, 0, null);
      if (isDown(failures)) await bringForward(client, channelId, now);
      return;
    case "failed":
      await tryAgainOrEnd();
      await saveFailures(client, channelId, failures + 1, pauseAfter(notifications, failures + 1, outcome, nowAtMs));
      return;
    case "limited":
      await tryAgainOrEnd();
      await saveFailures(client, channelId, failures, new Date(nowAtMs + delayMs));
      return;
    case "refused":
      // The receiver answers, so the channel is not down; this message alone is.
      await (claim.attempt >= MAX_REFUSALS ? end("dead") : tryAgainOrEnd());
      await saveFailures(client, channelId, 0, null);
      return;
    case "gone":
      await end("dead");
      await saveFailures(client, channelId, 0, null);
      return;
    case "interrupted":
      await postpone(0);
      await saveFailures(client, channelId, failures, null);
      return;
  }
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
