import type { Queryable } from "./notifications.ts";

/** What was given up in the last hour, by organization. */
export async function countNewDeadDeliveries(
  db: Queryable,
): Promise<{ readonly organizationId: number; readonly count: number }[]> {
  const { rows } = await db.query<{ organizationId: number; count: number }>(
    `select organization_id as "organizationId", count(*)::int as count from delivery
      where state = 'dead' and finished_at > clock_timestamp() - interval '1 hour' group by organization_id`,
  );
  return rows;
}

export interface DeliveryQueue {
  /** Whose time to be sent has come. */
  readonly due: number;
  /** For a window, the end of quiet hours or another attempt. */
  readonly waiting: number;
  readonly sending: number;
  /** Given up, for a person to replay. */
  readonly dead: number;
  /** How long the first of those that are due has been so; null: none is. */
  readonly oldestDueMs: number | null;
}

/** How much lies before the delivery workers. */
export async function readDeliveryQueue(db: Queryable, organizationId: number): Promise<DeliveryQueue> {
  const { rows } = await db.query<DeliveryQueue>(
    `select count(*) filter (where d.is_due)::int as due,
            count(*) filter (where not d.is_due and d.state in ('pending', 'failed'))::int as waiting,
            count(*) filter (where d.state = 'sending')::int as sending,
            (select count(*)::int from delivery x where x.organization_id = $1 and x.state = 'dead') as dead,
            (extract(epoch from max(clock_timestamp() - d.next_attempt_at) filter (where d.is_due)) * 1000)::float8
              as "oldestDueMs"
       from (select state, next_attempt_at, state in ('pending', 'failed') and next_attempt_at <= clock_timestamp() as is_due
               from delivery
              where organization_id = $1 and state in ('pending', 'failed', 'sending')) d`,
    [organizationId],
  );
  return rows[0]!;
}

/** Of all organizations, those that are not over, and those given up. */
export async function countDeliveries(
  db: Queryable,
): Promise<{ readonly state: string; readonly deliveries: number }[]> {
  const { rows } = await db.query<{ state: string; deliveries: number }>(
    `select state, count(*)::int as deliveries from delivery where finished_at is null group by state
      union all
     select 'dead', count(*)::int from delivery where state = 'dead'`,
  );
  return rows;
}
