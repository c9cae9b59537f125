import type { Pool, PoolClient } from "pg";
import type { NewEscalation } from "./match-routes.ts";
import type { Notice } from "./notice.ts";

/** What of an alert is to be told to further channels now. */
export interface DueEscalation {
  readonly id: string;
  readonly organizationId: number;
  readonly alertId: string;
  readonly routeId: number;
  readonly noticeId: string;
  readonly afterMs: number;
}

/** One that waits already for this alert, route and step goes on waiting: an alarm that comes again does not postpone it. */
export async function insertEscalations(client: PoolClient, escalations: readonly NewEscalation[]): Promise<void> {
  if (escalations.length === 0) return;
  await client.query(
    `insert into escalation (organization_id, alert_id, route_id, notice_id, after_ms, due_at)
     select e."organizationId", e."alertId", e."routeId", e."noticeId", e."afterMs", to_timestamp(e."dueAtMs" / 1000)
       from jsonb_to_recordset($1) as e("organizationId" int, "alertId" text, "routeId" int, "noticeId" uuid, "afterMs" int,
                                        "dueAtMs" float8)
     on conflict (organization_id, alert_id, route_id, after_ms) where state = 'waiting' do nothing`,
    [JSON.stringify(escalations)],
  );
}

export async function cancelEscalationRows(
  client: PoolClient,
  alerts: readonly { readonly organizationId: number; readonly alertId: string }[],
): Promise<void> {
  if (alerts.length === 0) return;
  await client.query(
    `update escalation e set state = 'cancelled'
       from unnest($1::int[], $2::text[]) as a(organization_id, alert_id)
      where e.organization_id = a.organization_id and e.alert_id = a.alert_id and e.state = 'waiting'`,
    [alerts.map(({ organizationId }) => organizationId), alerts.map(({ alertId }) => alertId)],
  );
}

export async function listDueEscalations(pool: Pool, now: Date, limit: number): Promise<DueEscalation[]> {
  const { rows } = await pool.query<DueEscalation>(
    `select id, organization_id as "organizationId", alert_id as "alertId", route_id as "routeId", notice_id as "noticeId",
            after_ms as "afterMs"
       from escalation where state = 'waiting' and due_at <= $1 order by due_at limit $2`,
    [now, limit],
  );
  return rows;
}

/** False when another worker, or an acknowledgement, was faster. */
export async function closeEscalation(
  client: PoolClient,
  id: string,
  state: "escalated" | "cancelled",
): Promise<boolean> {
  const { rowCount } = await client.query("update escalation set state = $2 where id = $1 and state = 'waiting'", [
    id,
    state,
  ]);
  return rowCount === 1;
}

export async function postponeEscalation(pool: Pool, id: string, dueAt: Date): Promise<void> {
  await pool.query("update escalation set due_at = $2 where id = $1 and state = 'waiting'", [id, dueAt]);
}

/** The notice that began it. */
export async function findNotice(client: PoolClient, id: string): Promise<Notice | undefined> {
  const { rows } = await client.query<Notice>(
    `select id, organization_id as "organizationId", alert_id as "alertId", event, severity, site_id as "siteId",
            rule_id as "ruleId", device_id as "deviceId", title, message, occurred_micros as "occurredAtMicros", data
       from notice where id = $1`,
    [id],
  );
  return rows[0];
}
