import { SluiceError } from "@sluice/core/errors.ts";
import type { Priority } from "@sluice/core/safety/decide.ts";
import type { Pool, PoolClient } from "pg";
import type { ExecutionAction, ExecutionStatus, ExecutionType } from "./actuation-store.ts";
import type { Page } from "./command-view-store.ts";

type Queryable = Pool | PoolClient;

/** What people and programs see of executions. Times are Dates, to the millisecond. */
export interface ExecutionRecord {
  readonly id: string;
  readonly actuator: number;
  readonly actuatorKey: string;
  /** Uid of the actuator's device. */
  readonly device: string;
  readonly type: ExecutionType;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly status: ExecutionStatus;
  readonly reason: string | null;
  readonly message: string | null;
  readonly waitUntil: Date | null;
  /** A person's request waits no longer than this. */
  readonly waitLimitAt: Date | null;
  /** An administrator's written reason for passing a cooldown. */
  readonly overrideReason: string | null;
  /** A rule is asked again only for a reading that is newer than this. */
  readonly readingNeededAfter: Date | null;
  readonly ruleId: number | null;
  readonly causes: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly retries: number;
  /** The dead letter that it repeats. */
  readonly replayOf: string | null;
  readonly scheduledAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

export interface ExecutionFilter extends Page {
  readonly id?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  /** True: only those that have not ended. */
  readonly isOpen?: true | undefined;
  readonly actuatorId?: number | undefined;
  readonly status?: ExecutionStatus | undefined;
  /** Uid. */
  readonly device?: string | undefined;
  readonly priority?: Priority | undefined;
  /** Asked for then or later. */
  readonly from?: Date | undefined;
  /** Asked for before. */
  readonly to?: Date | undefined;
}

/** Newest first. */
export async function listExecutionRecords(
  pool: Queryable,
  organizationId: number,
  filter: ExecutionFilter,
): Promise<ExecutionRecord[]> {
  const { rows } = await pool.query<ExecutionRecord>(
    `select e.id, e.actuator_id as actuator, a.key as "actuatorKey", d.uid as device, e.type, e.action, e.priority, e.status,
            e.reason, e.message, e.wait_until as "waitUntil", e.wait_limit_at as "waitLimitAt",
            e.override_reason as "overrideReason", e.reading_needed_after as "readingNeededAfter", e.rule_id as "ruleId", e.causes, e.parameters,
            e.requested_by as "requestedBy", e.retries, e.request ->> 'replayOf' as "replayOf", e.created_at as "scheduledAt", e.started_at as "startedAt",
            e.completed_at as "completedAt"
       from execution e
       join actuator a on a.id = e.actuator_id
       join device d on d.id = a.device_id
      where e.organization_id = $1 and ($2::int is null or e.actuator_id = $2) and ($3::text is null or e.status = $3)
        and ($6::uuid is null or e.id = $6) and ($7::uuid[] is null or e.id = any($7))
        and ($8::boolean is null or e.status in ('PENDING', 'WAITING', 'DISPATCHED'))
        and ($9::text is null or d.uid = $9) and ($10::text is null or e.priority = $10)
        and ($11::timestamptz is null or e.created_at >= $11) and ($12::timestamptz is null or e.created_at < $12)
        and ($4::uuid is null or (e.created_at, e.id) < (select l.created_at, l.id from execution l where l.id = $4))
      order by e.created_at desc, e.id desc
      limit $5`,
    [
      organizationId,
      filter.actuatorId,
      filter.status,
      filter.afterId,
      filter.limit,
      filter.id,
      filter.ids,
      filter.isOpen,
      filter.device,
      filter.priority,
      filter.from,
      filter.to,
    ],
  );
  return rows;
}

export interface ExecutionEventView {
  readonly at: Date;
  readonly status: ExecutionStatus;
  readonly reason: string | null;
  readonly message: string | null;
  readonly until: Date | null;
  /** Who asked for it; null for what followed. */
  readonly who: string | null;
}

/** The whole trail, oldest first. Throws `execution.unknown`. */
export async function listExecutionEvents(
  pool: Pool,
  organizationId: number,
  executionId: string,
): Promise<ExecutionEventView[]> {
  await requireExecution(pool, organizationId, executionId);
  const { rows } = await pool.query<ExecutionEventView>(
    `select v.at, v.status, v.reason, v.message, v.until, v.who from execution_event v
      where v.execution_id = $1 order by v.id`,
    [executionId],
  );
  return rows;
}

/** Throws `execution.unknown`, as for one of another organization. */
export async function requireExecution(pool: Queryable, organizationId: number, id: string): Promise<ExecutionRecord> {
  const [execution] = await listExecutionRecords(pool, organizationId, { id, limit: 1 });
  if (execution !== undefined) return execution;
  throw new SluiceError("not-found", "execution.unknown", "There is no execution with this id.", { details: { id } });
}

/** Replays of a dead letter that did not come to their end. What was refused at once is none. */
export async function countFailedReplays(pool: Pool, organizationId: number, id: string): Promise<number> {
  const { rows } = await pool.query<{ replays: number }>(
    `select count(*)::int as replays from execution e
      where e.organization_id = $1 and e.request ->> 'replayOf' = $2::text and e.request ? 'replayOf'
        and e.idempotency_key is not null and e.status in ('FAILED', 'CANCELLED', 'SUPERSEDED')`,
    [organizationId, id],
  );
  return rows[0]!.replays;
}

/** Executions that repeat a dead letter, the oldest first. */
export async function listReplays(pool: Pool, organizationId: number, id: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select e.id from execution e
      where e.organization_id = $1 and e.request ->> 'replayOf' = $2::text and e.request ? 'replayOf'
      order by e.created_at, e.id`,
    [organizationId, id],
  );
  return rows.map((row) => row.id);
}
