/** The queue's own statements: which lane is served next, what it sends, and what became of it. See decision 0011. */
import type { PoolClient } from "pg";
import type { ChannelConfiguration, ChannelKind, ChannelLimits, Outcome } from "./channel.ts";
import { STUCK_AFTER_ATTEMPTS } from "./retry-policy.ts";

/** One of the two lanes of a channel, locked with the pace of its channel until the transaction ends. */
export interface Lane {
  readonly channelId: number;
  readonly isUrgent: boolean;
  readonly organizationId: number;
  readonly kind: ChannelKind;
  readonly configuration: Omit<ChannelConfiguration, "kind">;
  readonly sealedSecret: Buffer | null;
  readonly limits: ChannelLimits;
  readonly tokens: number;
  readonly refilledAt: Date;
  readonly failures: number;
}

export interface LaneFilter {
  readonly now: Date;
  readonly urgentOnly: boolean;
  /** Lanes that have been looked at and may not send yet, as `laneKey` writes them. */
  readonly passedOver: readonly string[];
}

export function laneKey({ channelId, isUrgent }: Pick<Lane, "channelId" | "isUrgent">): string {
  return `${channelId} ${isUrgent}`;
}

/**
 * The lane to serve next: urgent ones first, then whichever was served longest ago. A lane that another worker looks at is
 * skipped, not waited for.
 */
export async function lockNextLane(client: PoolClient, filter: LaneFilter): Promise<Lane | undefined> {
  const { rows } = await client.query<Lane & ChannelLimits>(
    `select l.channel_id as "channelId", l.is_urgent as "isUrgent", c.organization_id as "organizationId", c.kind,
            c.configuration, c.sealed_secret as "sealedSecret", c.sends_per_minute as "sendsPerMinute", c.send_burst as burst,
            p.tokens, p.refilled_at as "refilledAt", p.failures
       from channel_lane l
       join channel c on c.id = l.channel_id
       join channel_pace p on p.channel_id = l.channel_id
      where c.is_enabled and coalesce(l.leased_until <= $1, true) and coalesce(p.paused_until <= $1, true)
        and (l.is_urgent or not $2) and (l.channel_id || ' ' || l.is_urgent::text) <> all($3)
        and exists (select 1 from delivery d
                     where d.channel_id = l.channel_id and d.is_urgent = l.is_urgent and d.finished_at is null
                       and d.next_attempt_at <= $1)
      order by l.is_urgent desc, l.served_at nulls first, l.channel_id
      limit 1
        for update of l, p skip locked`,
    [filter.now, filter.urgentOnly, filter.passedOver],
  );
  const row = rows[0];
  return row && { ...row, limits: { sendsPerMinute: row.sendsPerMinute, burst: row.burst } };
}

/** A delivery on its way. */
export interface QueuedDelivery {
  readonly id: string;
  readonly noticeId: string;
  readonly routeId: number | null;
  readonly groupKey: string;
  readonly state: "pending" | "sending" | "failed";
  readonly digestId: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date;
  readonly giveUpAt: Date;
}

const QUEUED = `
  select d.id, d.notice_id as "noticeId", d.route_id as "routeId", d.group_key as "groupKey", d.state,
         d.digest_id as "digestId", d.attempts, d.created_at as "createdAt", d.next_attempt_at as "nextAttemptAt",
         d.give_up_at as "giveUpAt"
    from delivery d
   where d.channel_id = $1 and d.is_urgent = $2 and d.finished_at is null`;

/** What the lane's last holder was sending when it went away: one message, or none. */
export async function listInterrupted(client: PoolClient, lane: Lane): Promise<QueuedDelivery[]> {
  const { rows } = await client.query<QueuedDelivery>(`${QUEUED} and d.state = 'sending' order by d.seq`, [
    lane.channelId,
    lane.isUrgent,
  ]);
  return rows;
}

export interface HeadQuery {
  readonly now: Date;
  /** While its channel is down: what failed before is tried whenever anything is. */
  readonly isProbe: boolean;
  /** What has not failed often comes first. */
  readonly prefersFresh: boolean;
}

/** The delivery that is next: in order, but not past an earlier one of its group that waits for its next attempt. */
export async function findHead(client: PoolClient, lane: Lane, query: HeadQuery): Promise<QueuedDelivery | undefined> {
  const { rows } = await client.query<QueuedDelivery>(
    `with blocked as (
       select distinct b.group_key from delivery b
        where b.channel_id = $1 and b.is_urgent = $2 and b.finished_at is null
          and b.attempts between 1 and $6 - 1 and b.next_attempt_at > $3
     )
     ${QUEUED}
        and case when $4 then d.next_attempt_at <= $3 or d.attempts > 0
                 else d.next_attempt_at <= $3 and d.group_key not in (select group_key from blocked) end
      order by ($5 and d.attempts >= $6), d.seq
      limit 1`,
    [lane.channelId, lane.isUrgent, query.now, query.isProbe, query.prefersFresh, STUCK_AFTER_ATTEMPTS],
  );
  return rows[0];
}

/** What waits with a delivery, itself among it, and was never tried. */
export async function listGroup(
  client: PoolClient,
  lane: Lane,
  groupKey: string,
  now: Date,
  limit: number,
): Promise<QueuedDelivery[]> {
  const { rows } = await client.query<QueuedDelivery>(
    `${QUEUED} and d.group_key = $3 and d.attempts = 0 and d.next_attempt_at <= $4 order by d.seq limit $5`,
    [lane.channelId, lane.isUrgent, groupKey, now, limit],
  );
  return rows;
}

/** The others of a digest that failed. */
export async function listDigest(client: PoolClient, lane: Lane, digestId: string): Promise<QueuedDelivery[]> {
  const { rows } = await client.query<QueuedDelivery>(
    `${QUEUED} and d.digest_id = $3 and d.state = 'failed' order by d.seq`,
    [lane.channelId, lane.isUrgent, digestId],
  );
  return rows;
}

export async function markSending(
  client: PoolClient,
  ids: readonly string[],
  digestId: string | null,
  attempt: number,
): Promise<void> {
  await client.query("update delivery set state = 'sending', digest_id = $2, attempts = $3 where id = any($1)", [
    ids,
    digestId,
    attempt,
  ]);
}

/** Takes the lane for one send; answers the lease's number. */
export async function leaseLane(client: PoolClient, lane: Lane, now: Date, until: Date): Promise<number> {
  const { rows } = await client.query<{ lease: number }>(
    `update channel_lane set lease = lease + 1, leased_until = $4, served_at = $3
      where channel_id = $1 and is_urgent = $2 returning lease`,
    [lane.channelId, lane.isUrgent, now, until],
  );
  return rows[0]!.lease;
}

/** False when the lease ran out and another worker has taken the lane since. */
export async function releaseLane(
  client: PoolClient,
  lane: Pick<Lane, "channelId" | "isUrgent">,
  lease: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    "update channel_lane set leased_until = null where channel_id = $1 and is_urgent = $2 and lease = $3",
    [lane.channelId, lane.isUrgent, lease],
  );
  return rowCount === 1;
}

export interface Pace {
  readonly tokens: number;
  readonly refilledAt: Date;
  readonly pausedUntil: Date | null;
}

export async function savePace(client: PoolClient, channelId: number, pace: Pace): Promise<void> {
  await client.query("update channel_pace set tokens = $2, refilled_at = $3, paused_until = $4 where channel_id = $1", [
    channelId,
    pace.tokens,
    pace.refilledAt,
    pace.pausedUntil,
  ]);
}

/** Of a channel: how it did last. */
export interface Condition {
  /** In a row. */
  readonly failures: number;
  readonly pausedUntil: Date | null;
}

/** Locked until the transaction ends. */
export async function lockCondition(client: PoolClient, channelId: number): Promise<Condition> {
  const { rows } = await client.query<Condition>(
    `select failures, paused_until as "pausedUntil" from channel_pace where channel_id = $1 for update`,
    [channelId],
  );
  return rows[0] ?? { failures: 0, pausedUntil: null };
}

export async function saveCondition(
  client: PoolClient,
  channelId: number,
  { failures, pausedUntil }: Condition,
): Promise<void> {
  await client.query("update channel_pace set failures = $2, paused_until = $3 where channel_id = $1", [
    channelId,
    failures,
    pausedUntil,
  ]);
}

/** Whatever failed while the channel was down need not wait for its own time. */
export async function bringForward(client: PoolClient, channelId: number, now: Date): Promise<void> {
  await client.query(
    `update delivery set next_attempt_at = $2
      where channel_id = $1 and finished_at is null and state = 'failed' and next_attempt_at > $2`,
    [channelId, now],
  );
}

export async function finishDeliveries(
  client: PoolClient,
  ids: readonly string[],
  end: { readonly state: "sent" | "dead"; readonly at: Date; readonly error: string | undefined },
): Promise<void> {
  await client.query("update delivery set state = $2, finished_at = $3, last_error = $4 where id = any($1)", [
    ids,
    end.state,
    end.at,
    end.error,
  ]);
}

export async function postponeDeliveries(
  client: PoolClient,
  ids: readonly string[],
  nextAttemptAt: Date,
  error: string | undefined,
): Promise<void> {
  await client.query(
    // What was suppressed meanwhile, with its channel, stays so.
    `update delivery set state = 'failed', next_attempt_at = $2, last_error = $3
      where id = any($1) and finished_at is null`,
    [ids, nextAttemptAt, error],
  );
}

/** What still waits for a channel that was switched off. */
export async function suppressWaiting(
  client: PoolClient,
  channelId: number,
  at: Date,
  reason: string,
): Promise<number> {
  const { rowCount } = await client.query(
    `update delivery set state = 'suppressed', finished_at = $2, last_error = $3
      where channel_id = $1 and finished_at is null`,
    [channelId, at, reason],
  );
  return rowCount ?? 0;
}

/** What was queued just while its channel was switched off. */
export async function suppressForgotten(client: PoolClient, at: Date): Promise<void> {
  await client.query(
    `update delivery d set state = 'suppressed', finished_at = $1, last_error = 'The channel is disabled.'
       from channel c where c.id = d.channel_id and not c.is_enabled and d.finished_at is null`,
    [at],
  );
}

export interface AttemptRow {
  readonly messageId: string;
  readonly channelId: number;
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly outcome: Outcome;
}

export async function insertAttempt(client: PoolClient, attempt: AttemptRow): Promise<void> {
  await client.query(
    `insert into delivery_attempt (message_id, channel_id, number, at, outcome, http_status, duration_ms, error, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      attempt.messageId,
      attempt.channelId,
      attempt.number,
      attempt.at,
      attempt.outcome.kind,
      attempt.outcome.httpStatus,
      Math.max(0, Math.round(attempt.durationMs)),
      attempt.outcome.error,
      attempt.outcome.note,
    ],
  );
}

/** How often the newest attempts of a message were interrupted, one after the other. */
export async function countInterruptions(client: PoolClient, messageId: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from delivery_attempt a
      where a.message_id = $1
        and not exists (select 1 from delivery_attempt b
                         where b.message_id = $1 and b.id >= a.id and b.outcome <> 'interrupted')`,
    [messageId],
  );
  return rows[0]!.count;
}

export async function deleteAttemptsBefore(client: PoolClient, time: Date, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    "delete from delivery_attempt where id in (select id from delivery_attempt where at < $1 order by at limit $2)",
    [time, limit],
  );
  return rowCount ?? 0;
}
