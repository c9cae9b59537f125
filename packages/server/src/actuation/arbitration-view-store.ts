import type { Priority } from "@sluice/core/safety/decide.ts";
import type { Pool } from "pg";
import type { ExecutionStatus } from "./actuation-store.ts";

/** What people and programs see of who waits for whom. Times are Dates, to the millisecond. */
export interface ConflictView {
  readonly execution: string;
  readonly priority: Priority;
  readonly actuator: number;
  readonly actuatorKey: string;
  /** Uid. */
  readonly device: string;
  /** Which of them has only one place: the interlock group, or the actuator itself. */
  readonly resource: { readonly kind: "actuator" | "interlock-group"; readonly name: string };
  readonly reason: string | null;
  readonly message: string | null;
  readonly since: Date;
  readonly until: Date | null;
  /** Since when it is passed over by the runs of others. */
  readonly passedOverSince: Date | null;
  /** Who has the resource now; null: nobody, it is a pause or a right of way that is waited for. */
  readonly holder: {
    readonly execution: string;
    readonly command: string;
    readonly actuator: number;
    readonly priority: Priority;
    /** RFC 3339. */
    readonly endsAtLatest: string;
  } | null;
}

/** Reasons that lie with the machine, and not with the device or with readings. */
const FOR_THE_MACHINE = `('running', 'unknown', 'interlock', 'preempting', 'yielding', 'cooldown', 'min_off')`;

const CONFLICTS = `
  select e.id as execution, e.priority, a.id as actuator, a.key as "actuatorKey", d.uid as device,
         case when a.interlock_group is null
              then jsonb_build_object('kind', 'actuator', 'name', d.uid || '/' || a.key)
              else jsonb_build_object('kind', 'interlock-group', 'name', a.interlock_group) end as resource,
         e.reason, e.message, e.created_at as since, e.wait_until as until, e.passed_over_at as "passedOverSince", h.holder
    from execution e
    join actuator a on a.id = e.actuator_id
    join device d on d.id = a.device_id
    left join lateral (
      select jsonb_build_object('execution', c.execution_id, 'command', c.id, 'actuator', c.actuator_id, 'priority', x.priority,
                                'endsAtLatest', upper(c.run_window)) as holder
        from command c join execution x on x.id = c.execution_id
       where c.kind in ('RUN', 'DOSE') and c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')
         and (c.actuator_id = a.id or (c.organization_id, c.interlock_group) = (a.organization_id, a.interlock_group))
       order by upper(c.run_window) desc limit 1) h on true
   where e.organization_id = $1 and e.status = 'WAITING' and e.reason in ${FOR_THE_MACHINE}
   order by e.created_at, e.id
   limit $2`;

/** The longest waiting first. */
export async function listConflicts(pool: Pool, organizationId: number, limit: number): Promise<ConflictView[]> {
  const { rows } = await pool.query<ConflictView>(CONFLICTS, [organizationId, limit]);
  return rows;
}

export interface ExecutionCount {
  readonly status: ExecutionStatus;
  readonly priority: Priority;
  readonly executions: number;
}

/** Of all that are open, and of those that began within the last so many hours. */
export async function countExecutions(pool: Pool, organizationId: number, hours: number): Promise<ExecutionCount[]> {
  const { rows } = await pool.query<ExecutionCount>(
    `select e.status, e.priority, count(*)::int as executions
       from execution e
      where e.organization_id = $1
        and (e.status in ('PENDING', 'WAITING', 'DISPATCHED') or e.created_at > clock_timestamp() - $2 * interval '1 hour')
      group by e.status, e.priority`,
    [organizationId, hours],
  );
  return rows;
}

/** Dead letters of the last hour, by organization. */
export async function countNewDead(db: Pool): Promise<{ readonly organizationId: number; readonly count: number }[]> {
  const { rows } = await db.query<{ organizationId: number; count: number }>(
    `select organization_id as "organizationId", count(*)::int as count from execution
      where status = 'DEAD' and completed_at > clock_timestamp() - interval '1 hour' group by organization_id`,
  );
  return rows;
}

export interface ExecutionQueue {
  /** Whose time to be decided has come. */
  readonly due: number;
  readonly waiting: number;
  readonly dispatched: number;
  readonly dead: number;
  /** How long the first of those that are due has been so; null: none is. */
  readonly oldestDueMs: number | null;
}

/** How much lies before the workers. */
export async function readExecutionQueue(pool: Pool, organizationId: number): Promise<ExecutionQueue> {
  const { rows } = await pool.query<ExecutionQueue>(
    `select count(*) filter (where is_due)::int as due,
            count(*) filter (where not is_due and e.status in ('PENDING', 'WAITING'))::int as waiting,
            count(*) filter (where e.status = 'DISPATCHED')::int as dispatched,
            (select count(*)::int from execution x where x.organization_id = $1 and x.status = 'DEAD') as dead,
            (extract(epoch from max(clock_timestamp() - coalesce(e.wait_until, e.created_at)) filter (where is_due)) * 1000)
              ::float8 as "oldestDueMs"
       from (select *, status in ('PENDING', 'WAITING') and (wait_until is null or wait_until <= clock_timestamp()) as is_due
               from execution
              where organization_id = $1 and status in ('PENDING', 'WAITING', 'DISPATCHED')) e`,
    [organizationId],
  );
  return rows[0]!;
}
