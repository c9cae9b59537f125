import type { Pool, PoolClient } from "pg";
import type {
  CauseExecution,
  Execution,
  ExecutionChange,
  ExecutionStatus,
  KeptRequest,
  NewRequest,
  Parameters,
} from "./actuation-store.ts";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the table `execution`. */
type Queryable = Pool | PoolClient;

const COLUMNS = `e.id, e.organization_id as "organizationId", e.actuator_id as "actuatorId", e.type, e.action, e.priority,
  e.parameters, e.status, e.reason, e.rule_id as "ruleId", e.device_id as "deviceId",
  ${micros("e.reading_needed_after")} as "readingNeededAfterMicros", ${micros("e.wait_limit_at")} as "waitLimitMicros",
  e.override_reason as "overrideReason", e.requested_by as "requestedBy", e.retries`;

export async function insertRequest(client: PoolClient, request: NewRequest): Promise<Execution | undefined> {
  return (await insertRequests(client, [request]))[0];
}

const INSERT_REQUESTS = `
  insert into execution as e (id, organization_id, actuator_id, type, action, priority, parameters, requested_by,
                              idempotency_key, request, wait_limit_at, override_reason)
  select r.id, r.organization_id, r.actuator_id, 'MANUAL', r.action, 'MANUAL', r.parameters, r.requested_by,
         r.idempotency_key, r.request, clock_timestamp() + r.wait_ms * interval '1 millisecond', r.override_reason
    from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::jsonb[], $9::float8[],
                $10::text[])
         as r (id, organization_id, actuator_id, action, parameters, requested_by, idempotency_key, request, wait_ms,
               override_reason)
      on conflict (organization_id, idempotency_key) do nothing
  returning ${COLUMNS}`;

export async function insertRequests(client: PoolClient, requests: readonly NewRequest[]): Promise<Execution[]> {
  const values = [
    requests.map(({ id }) => id),
    requests.map(({ organizationId }) => organizationId),
    requests.map(({ actuatorId }) => actuatorId),
    requests.map(({ action }) => action),
    requests.map(({ parameters }) => JSON.stringify(parameters)),
    requests.map(({ requestedBy }) => requestedBy),
    requests.map(({ idempotencyKey }) => idempotencyKey ?? null),
    requests.map(({ request }) => JSON.stringify(request)),
    requests.map(({ waitMs }) => waitMs ?? null),
    requests.map(({ overrideReason }) => overrideReason ?? null),
  ];
  const { rows } = await client.query<Execution>({ name: "insert_requests", text: INSERT_REQUESTS, values });
  return rows;
}

export async function findByIdempotencyKey(
  db: Queryable,
  organizationId: number,
  key: string,
  request: Parameters,
): Promise<KeptRequest | undefined> {
  const { rows } = await db.query<KeptRequest>(
    `select id, request = $3::jsonb as "isSame" from execution where organization_id = $1 and idempotency_key = $2`,
    [organizationId, key, JSON.stringify(request)],
  );
  return rows[0];
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

const ENDED: readonly ExecutionStatus[] = ["SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED", "DEAD"];

const MOVE_EXECUTION = `
  update execution
     set status = $2, reason = $3, message = $4, wait_until = ${fromMicros("$5")}, retries = coalesce($6, retries),
         completed_at = case when $7 then clock_timestamp() end
   where id = $1`;

export async function moveExecution(client: PoolClient, id: string, change: ExecutionChange): Promise<void> {
  const { status, reason, message, untilMicros, retries } = change;
  const values = [id, status, reason, message, untilMicros, retries, ENDED.includes(status)];
  await client.query({ name: "move_execution", text: MOVE_EXECUTION, values });
}

const REFUSE_REQUESTS = `
  update execution e
     set status = 'CANCELLED', reason = r.reason, message = r.message, idempotency_key = null,
         completed_at = clock_timestamp()
    from unnest($1::uuid[], $2::text[], $3::text[]) as r (id, reason, message)
   where e.id = r.id`;

export async function refuseRequests(
  client: PoolClient,
  refused: readonly { readonly id: string; readonly reason: string; readonly message: string }[],
): Promise<void> {
  if (refused.length === 0) return;
  const values = [
    refused.map(({ id }) => id),
    refused.map(({ reason }) => reason),
    refused.map(({ message }) => message),
  ];
  await client.query({ name: "refuse_requests", text: REFUSE_REQUESTS, values });
}

export async function markStarted(client: PoolClient, id: string, startedAtMicros: number): Promise<void> {
  await client.query(`update execution set started_at = coalesce(started_at, ${fromMicros("$2")}) where id = $1`, [
    id,
    startedAtMicros,
  ]);
}

export async function cancelWaiting(
  client: PoolClient,
  actuatorId: number,
  reason: string,
  message: string,
): Promise<void> {
  await client.query(
    `update execution set status = 'CANCELLED', reason = $2, message = $3, wait_until = null, completed_at = clock_timestamp()
      where actuator_id = $1 and action in ('RUN', 'DOSE') and status in ('PENDING', 'WAITING')`,
    [actuatorId, reason, message],
  );
}

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

/** What waits for a day's budget, or for a run to end, may be possible now; a cooldown's end is known and stays. */
export async function wakeWaiting(client: PoolClient, actuatorId: number): Promise<number> {
  const { rowCount } = await client.query(
    `update execution e set wait_until = clock_timestamp()
       from actuator a
       join actuator b on b.id = a.id or (b.organization_id, b.interlock_group) = (a.organization_id, a.interlock_group)
      where a.id = $1 and e.actuator_id = b.id and e.status = 'WAITING' and e.wait_until > clock_timestamp()
        and e.reason in ('preempting', 'running', 'unknown', 'interlock', 'max_run_per_day', 'max_starts_per_day')`,
    [actuatorId],
  );
  return rowCount ?? 0;
}
