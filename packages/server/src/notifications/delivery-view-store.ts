import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";
import type { OutcomeKind } from "./channel.ts";
import type { NoticeEvent } from "./notice.ts";
import type { Queryable } from "./notifications.ts";

export const DELIVERY_STATES = ["pending", "sending", "sent", "failed", "dead", "suppressed"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryView {
  readonly id: string;
  /** In the order of queueing. */
  readonly seq: number;
  readonly channelId: number;
  readonly routeId: number | null;
  readonly state: DeliveryState;
  /** The digest that carries it, with others. */
  readonly digestId: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly notice: {
    readonly id: string;
    readonly alertId: string;
    readonly event: NoticeEvent;
    readonly severity: AlertSeverity;
    readonly title: string;
  };
}

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly channelId?: number | undefined;
  readonly alertId?: string | undefined;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

const DELIVERY = `
  select d.id, d.seq, d.channel_id as "channelId", d.route_id as "routeId", d.state, d.digest_id as "digestId", d.attempts,
         case when d.finished_at is null then d.next_attempt_at end as "nextAttemptAt", d.last_error as "lastError",
         d.created_at as "createdAt", d.finished_at as "finishedAt",
         jsonb_build_object('id', n.id, 'alertId', n.alert_id, 'event', n.event, 'severity', n.severity, 'title', n.title)
           as notice
    from delivery d join notice n on n.id = d.notice_id`;

/** The newest first. */
export async function listDeliveries(
  db: Queryable,
  organizationId: number,
  filter: DeliveryFilter,
): Promise<DeliveryView[]> {
  const { rows } = await db.query<DeliveryView>(
    `${DELIVERY}
      where d.organization_id = $1 and ($2::text is null or d.state = $2) and ($3::int is null or d.channel_id = $3)
        and ($4::text is null or n.alert_id = $4) and ($5::bigint is null or d.seq < $5)
      order by d.seq desc
      limit $6`,
    [organizationId, filter.state, filter.channelId, filter.alertId, filter.beforeSeq, filter.limit],
  );
  return rows;
}

export async function findDelivery(
  db: Queryable,
  organizationId: number,
  id: string,
): Promise<DeliveryView | undefined> {
  const { rows } = await db.query<DeliveryView>(`${DELIVERY} where d.organization_id = $1 and d.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0];
}

export interface AttemptView {
  readonly number: number;
  /** The id that the receiver saw: the delivery's own, or its digest's. */
  readonly messageId: string;
  readonly at: Date;
  readonly outcome: OutcomeKind;
  readonly httpStatus: number | null;
  readonly durationMs: number;
  readonly error: string | null;
  readonly note: string | null;
}

/** The log of a delivery, as its own message and in its digest; the oldest first. */
export async function listAttempts(
  db: Queryable,
  { id, digestId }: Pick<DeliveryView, "id" | "digestId">,
  limit: number,
): Promise<AttemptView[]> {
  const { rows } = await db.query<AttemptView>(
    `select number, message_id as "messageId", at, outcome, http_status as "httpStatus", duration_ms as "durationMs", error,
            note
       from delivery_attempt where message_id = any($1) order by id limit $2`,
    [[id, digestId ?? id], limit],
  );
  return rows;
}

export interface Replayed {
  readonly id: string;
  readonly channelId: number;
}

export interface ReplayFilter {
  readonly organizationId: number;
  readonly states: readonly DeliveryState[];
  readonly id?: string | undefined;
  readonly channelId?: number | undefined;
  readonly limit: number;
}

/** Back into the queue, as if they had come now; in their old order. Only those of enabled channels. */
export async function requeueDeliveries(
  db: Queryable,
  filter: ReplayFilter,
  now: Date,
  giveUpAt: Date,
): Promise<Replayed[]> {
  const { rows } = await db.query<Replayed>(
    `update delivery set state = 'pending', attempts = 0, next_attempt_at = $6, give_up_at = $7, finished_at = null
      where id in (
        select d.id from delivery d join channel c on c.id = d.channel_id
         where d.organization_id = $1 and d.state = any($2) and ($3::uuid is null or d.id = $3)
           and ($4::int is null or d.channel_id = $4) and c.is_enabled
         order by d.seq limit $5 for update of d)
     returning id, channel_id as "channelId"`,
    [filter.organizationId, filter.states, filter.id, filter.channelId, filter.limit, now, giveUpAt],
  );
  return rows;
}
