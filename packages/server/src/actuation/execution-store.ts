import type { Priority } from "@sluice/core/safety/decide.ts";
import type { Pool, PoolClient } from "pg";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the table `execution`. */
type Queryable = Pool | PoolClient;

export type ExecutionType = "MANUAL" | "SCHEDULED" | "THRESHOLD";
export type ExecutionAction = "RUN" | "STOP" | "RELEASE";
export type ExecutionStatus =
  | "PENDING"
  | "WAITING"
  | "DISPATCHED"
  | "SUCCEEDED"
  | "FAILED"
  | "CANCELLED"
  | "SUPERSEDED"
  | "DEAD";

export interface Execution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly type: ExecutionType;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: ExecutionStatus;
  readonly reason: string | null;
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  readonly readingNeededAfterMicros: number | null;
  readonly requestedBy: string;
  readonly retries: number;
}

const COLUMNS = `e.id, e.organization_id as "organizationId", e.actuator_id as "actuatorId", e.type, e.action, e.priority,
  e.parameters, e.status, e.reason, e.rule_id as "ruleId", e.device_id as "deviceId",
  ${micros("e.reading_needed_after")} as "readingNeededAfterMicros", e.requested_by as "requestedBy", e.retries`;

export interface NewRequest {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly action: ExecutionAction;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly idempotencyKey: string | undefined;
  /** What was asked, to tell a repeated request from another one under the same key. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** A person's request. Undefined: its idempotency key has been used. */
export async function insertRequest(client: PoolClient, request: NewRequest): Promise<Execution | undefined> {
  const { rows } = await client.query<Execution>(
    `insert into execution as e (id, organization_id, actuator_id, type, action, priority, parameters, requested_by,
                                 idempotency_key, request)
     values ($1, $2, $3, 'MANUAL', $4, 'MANUAL', $5, $6, $7, $8)
         on conflict (organization_id, idempotency_key) do nothing
     returning ${COLUMNS}`,
    [
      request.id,
      request.organizationId,
      request.actuatorId,
      request.action,
      JSON.stringify(request.parameters),
      request.requestedBy,
      request.idempotencyKey,
      JSON.stringify(request.request),
    ],
  );
  return rows[0];
}

/** The execution of an idempotency key, and whether it was asked the same thing. */
export async function findByIdempotencyKey(
  db: Queryable,
  organizationId: number,
  key: string,
  request: Readonly<Record<string, unknown>>,
): Promise<{ readonly id: string; readonly isSame: boolean } | undefined> {
  const { rows } = await db.query<{ id: string; isSame: boolean }>(
    `select id, request = $3::jsonb as "isSame" from execution where organization_id = $1 and idempotency_key = $2`,
    [organizationId, key, JSON.stringify(request)],
  );
  return rows[0];
}

export interface CauseExecution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly type: Exclude<ExecutionType, "MANUAL">;
  readonly action: ExecutionAction;
  readonly priority: Priority;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Null when no rule caused it. */
  readonly ruleId: number | null;
  readonly deviceId: number | null;
  /** "rule:<id>". */
  readonly requestedBy: string;
  readonly causes: number;
  readonly folded: { readonly partition: number; readonly seq: number; readonly ordinal: number } | undefined;
  /** WAITING until then when given, for this reason; else PENDING. */
  readonly waiting?: { readonly untilMicros: number; readonly reason: string } | undefined;
  readonly readingNeededAfterMicros?: number | undefined;
}

/**
 * Opens an execution for causes, or adds them to the one that is open. An execution that is being closed meanwhile is waited
 * for, and then a new one opens: a cause is absorbed by a run, or starts the next, and is never lost between the two.
 */
export async function openExecution(client: PoolClient, execution: CauseExecution): Promise<string> {
  const { folded, waiting } = execution;
  const { rows } = await client.query<{ id: string }>(
    `insert into execution as e (id, organization_id, actuator_id, type, action, priority, parameters, requested_by,
                                 rule_id, device_id, causes, folded_partition, folded_seq, folded_ordinal,
                                 status, reason, wait_until, reading_needed_after)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
             case when $15::float8 is null then 'PENDING' else 'WAITING' end, $16, ${fromMicros("$15")}, ${fromMicros("$17")})
         on conflict (actuator_id, type, action) where type <> 'MANUAL' and status in ('PENDING', 'WAITING', 'DISPATCHED')
         do update set causes = e.causes + excluded.causes,
                       folded_partition = coalesce(excluded.folded_partition, e.folded_partition),
                       folded_seq = coalesce(excluded.folded_seq, e.folded_seq),
                       folded_ordinal = coalesce(excluded.folded_ordinal, e.folded_ordinal)
     returning e.id`,
    [
      execution.id,
      execution.organizationId,
      execution.actuatorId,
      execution.type,
      execution.action,
      execution.priority,
      JSON.stringify(execution.parameters),
      execution.requestedBy,
      execution.ruleId,
      execution.deviceId,
      execution.causes,
      folded?.partition,
      folded?.seq,
      folded?.ordinal,
      waiting?.untilMicros,
      waiting?.reason,
      execution.readingNeededAfterMicros,
    ],
  );
  return rows[0]!.id;
}

/** Executions that want a decision now, the longest waiting first. */
export async function dueExecutions(db: Queryable, limit: number): Promise<Execution[]> {
  const { rows } = await db.query<Execution>(
    `select ${COLUMNS} from execution e
      where e.status in ('PENDING', 'WAITING') and (e.wait_until is null or e.wait_until <= clock_timestamp())
      order by e.wait_until nulls first, e.created_at
      limit $1`,
    [limit],
  );
  return rows;
}

export async function lockExecution(client: PoolClient, id: string): Promise<Execution | undefined> {
  const { rows } = await client.query<Execution>(`select ${COLUMNS} from execution e where e.id = $1 for update`, [id]);
  return rows[0];
}

export async function findExecution(db: Queryable, id: string): Promise<Execution | undefined> {
  const { rows } = await db.query<Execution>(`select ${COLUMNS} from execution e where e.id = $1`, [id]);
  return rows[0];
}

export interface ExecutionChange {
  readonly status: ExecutionStatus;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** WAITING only. */
  readonly untilMicros?: number | undefined;
  readonly retries?: number | undefined;
}

const ENDED: readonly ExecutionStatus[] = ["SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED", "DEAD"];

/** The one place where an execution changes its status. */
export async function moveExecution(client: PoolClient, id: string, change: ExecutionChange): Promise<void> {
  await client.query(
    `update execution
        set status = $2, reason = $3, message = $4, wait_until = ${fromMicros("$5")},
            retries = coalesce($6, retries),
            completed_at = case when $7 then clock_timestamp() end
      where id = $1`,
    [
      id,
      change.status,
      change.reason ?? null,
      change.message ?? null,
      change.untilMicros ?? null,
      change.retries ?? null,
      ENDED.includes(change.status),
    ],
  );
}

/** A refused request is on record and starts nothing; its idempotency key is free, so that asking again may succeed. */
export async function freeIdempotencyKey(client: PoolClient, id: string): Promise<void> {
  await client.query("update execution set idempotency_key = null where id = $1", [id]);
}

export async function markStarted(client: PoolClient, id: string, startedAtMicros: number): Promise<void> {
  await client.query(`update execution set started_at = coalesce(started_at, ${fromMicros("$2")}) where id = $1`, [
    id,
    startedAtMicros,
  ]);
}

/** Ends what waits for an actuator, because a person's STOP holds it. */
export async function cancelWaiting(
  client: PoolClient,
  actuatorId: number,
  reason: string,
  message: string,
): Promise<void> {
  await client.query(
    `update execution set status = 'CANCELLED', reason = $2, message = $3, wait_until = null, completed_at = clock_timestamp()
      where actuator_id = $1 and status in ('PENDING', 'WAITING')`,
    [actuatorId, reason, message],
  );
}

/** Asks again at once what waits for devices that have a session now: these, or any. Returns how many. */
export async function wakeReachable(db: Queryable, deviceIds?: readonly number[]): Promise<number> {
  const { rowCount } = await db.query(
    `update execution e set wait_until = clock_timestamp()
       from actuator a
       join device_link l on l.device_id = a.device_id and l.is_connected
      where a.id = e.actuator_id and e.status = 'WAITING' and e.reason = 'offline' and e.wait_until > clock_timestamp()
        and ($1::int[] is null or a.device_id = any($1))`,
    [deviceIds ?? null],
  );
  return rowCount ?? 0;
}
