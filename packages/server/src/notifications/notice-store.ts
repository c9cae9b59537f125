import type { PoolClient } from "pg";
import type { MessageEntry } from "./channel.ts";
import type { NewDelivery } from "./match-routes.ts";
import type { Notice } from "./notice.ts";

/** PostgreSQL channel that wakes the workers of all processes when the transaction commits. */
export const DELIVERY_CHANNEL = "sluice_delivery";

const INSERT_NOTICES = `
  insert into notice (id, organization_id, alert_id, event, severity, site_id, rule_id, device_id, title, message,
                      occurred_micros, data, created_at)
  select (n->>'id')::uuid, (n->>'organizationId')::int, n->>'alertId', n->>'event', n->>'severity', (n->>'siteId')::int,
         (n->>'ruleId')::int, (n->>'deviceId')::int, n->>'title', n->>'message', (n->>'occurredAtMicros')::numeric::bigint,
         n->'data', coalesce($2, statement_timestamp())
    from jsonb_array_elements($1) with ordinality as given(n, place)
   order by place
  on conflict (id) do nothing
  returning id, created_at as "createdAt"`;

/** Stores those whose id is new. Their time is `nowMicros`, else the database's. */
export async function insertNotices(
  client: PoolClient,
  notices: readonly Notice[],
  nowMicros: number | undefined,
): Promise<{ readonly newIds: ReadonlySet<string>; readonly nowMs: number }> {
  const { rows } = await client.query<{ id: string; createdAt: Date }>({
    name: "insert_notices",
    text: INSERT_NOTICES,
    values: [JSON.stringify(notices), nowMicros === undefined ? null : new Date(nowMicros / 1000)],
  });
  return { newIds: new Set(rows.map(({ id }) => id)), nowMs: rows[0]?.createdAt.getTime() ?? 0 };
}

const INSERT_DELIVERIES = `
  with given as (
    select * from rows from (jsonb_to_recordset($1) as (
      "organizationId" int, "noticeId" uuid, "channelId" int, "routeId" int, "isUrgent" boolean, "groupKey" text, state text,
      reason text, "nextAttemptAtMs" float8, "giveUpAtMs" float8, "isGrouped" boolean
    )) with ordinality as t("organizationId", "noticeId", "channelId", "routeId", "isUrgent", "groupKey", state, reason,
                            "nextAttemptAtMs", "giveUpAtMs", "isGrouped", place)
  )
  insert into delivery (organization_id, notice_id, channel_id, route_id, is_urgent, group_key, state, last_error,
                        next_attempt_at, give_up_at, created_at, finished_at)
  select g."organizationId", g."noticeId", g."channelId", g."routeId", g."isUrgent", g."groupKey", g.state, g.reason,
         least(to_timestamp(g."nextAttemptAtMs" / 1000), w.next_attempt_at), to_timestamp(g."giveUpAtMs" / 1000), $2,
         case when g.state = 'suppressed' then $2::timestamptz end
    from given g
    left join lateral (
      select min(d.next_attempt_at) as next_attempt_at
        from delivery d
       where g."isGrouped" and d.channel_id = g."channelId" and d.is_urgent = g."isUrgent" and d.group_key = g."groupKey"
         and d.finished_at is null and d.state = 'pending' and d.attempts = 0 and d.next_attempt_at > $2
    ) w on true
   order by g.place
  on conflict (notice_id, channel_id) do nothing`;

/**
 * A channel that two routes name is told once. What is grouped is told when the first that waits in its group is. Wakes the
 * workers.
 */
export async function insertDeliveries(
  client: PoolClient,
  deliveries: readonly NewDelivery[],
  nowMs: number,
): Promise<void> {
  if (deliveries.length === 0) return;
  const values = [JSON.stringify(deliveries), new Date(nowMs)];
  await client.query({ name: "insert_deliveries", text: INSERT_DELIVERIES, values });
  await client.query("select tell_after_commit($1, '')", [DELIVERY_CHANNEL]);
}

/** In the order in which they were enqueued. */
export async function readNotices(client: PoolClient, ids: readonly string[]): Promise<MessageEntry[]> {
  const { rows } = await client.query<MessageEntry>(
    `select id as "noticeId", alert_id as "alertId", event, severity, site_id as "siteId", rule_id as "ruleId",
            device_id as "deviceId", title, message, occurred_micros as "occurredAtMicros", data
       from notice where id = any($1) order by seq`,
    [ids],
  );
  return rows;
}

export async function deleteNoticesBefore(client: PoolClient, time: Date, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from notice where id in (
       select n.id from notice n
        where n.created_at < $1
          and not exists (select 1 from delivery d where d.notice_id = n.id and d.finished_at is null)
        order by n.created_at limit $2)`,
    [time, limit],
  );
  return rowCount ?? 0;
}
