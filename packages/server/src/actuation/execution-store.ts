import { PASSED_OVER_MS } from "@sluice/core/safety/right-of-way.ts";
import type { Pool, PoolClient } from "pg";
import type {
  CauseExecution,
  Execution,
  ExecutionChange,
  ExecutionStatus,
  KeptRequest,
  NewRequest,
  Parameters,
  RefusedRequest,
} from "./actuation-store.ts";
import { WITH_GROUPS } from "./actuator-store.ts";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the table `execution`. */
type Queryable = Pool | PoolClient;

const COLUMNS = `e.id, e.organization_id as "organizationId", e.actuator_id as "actuatorId", e.type, e.action, e.priority,
  e.parameters, e.status, e.reason, e.rule_id as "ruleId", e.device_id as "deviceId",
  ${micros("e.reading_needed_after")} as "readingNeededAfterMicros", ${micros("e.wait_limit_at")} as "waitLimitMicros",
  e.override_reason as "overrideReason", e.requested_by as "requestedBy", e.requested_from as "requestedFrom", e.retries,
  ${micros("e.passed_over_at")} as "passedOverMicros"`;

const INSERT_REQUEST = `
  insert into execution as e (id, organization_id, actuator_id, type, action, priority, parameters, requested_by,
                              idempotency_key, request, wait_limit_at, override_reason, requested_from)
  values ($1, $2, $3, 'MANUAL', $4, 'MANUAL', $5, $6, $7, $8, clock_timestamp() + $9 * interval '1 millisecond', $10, $11)
      on conflict (organization_id, idempotency_key) do nothing
  returning ${COLUMNS}`;

export async function insertRequest(client: PoolClient, request: NewRequest): Promise<Execution | undefined> {
  const values = [
    request.id,
    request.organizationId,
    request.actuatorId,
    request.action,
    JSON.stringify(request.parameters),
    request.requestedBy,
    request.idempotencyKey,
    JSON.stringify(request.request),
    request.waitMs,
    request.overrideReason,
    request.requestedFrom,
  ];
  return (await client.query<Execution>({ name: "insert_request", text: INSERT_REQUEST, values })).rows[0];
}

const INSERT_REFUSED = `
  insert into execution (id, organization_id, actuator_id, type, action, priority, parameters, requested_by, request,
                         override_reason, status, reason, message, completed_at)
  select r.id, r.organization_id, r.actuator_id, 'MANUAL', r.action, 'MANUAL', r.parameters, r.requested_by, r.request,
         r.override_reason, 'CANCELLED', r.reason, r.message, clock_timestamp()
    from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::jsonb[], $6::text[], $7::jsonb[], $8::text[], $9::text[],
                $10::text[])
         as r (id, organization_id, actuator_id, action, parameters, requested_by, request, override_reason, reason, message)`;

export async function insertRefused(client: PoolClient, refused: readonly RefusedRequest[]): Promise<void> {
  if (refused.length === 0) return;
  const values = [
    refused.map(({ request }) => request.id),
    refused.map(({ request }) => request.organizationId),
    refused.map(({ request }) => request.actuatorId),
    refused.map(({ request }) => request.action),
    refused.map(({ request }) => JSON.stringify(request.parameters)),
    refused.map(({ request }) => request.requestedBy),
    refused.map(({ request }) => JSON.stringify(request.request)),
    refused.map(({ request }) => request.overrideReason ?? null),
    refused.map(({ reason }) => reason),
    refused.map(({ message }) => message),
  ];
  await client.query({ name: "insert_refused", text: INSERT_REFUSED, values });
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

/** In falling order of right of way. */
export const RANK = (priority: string): string =>
  `array_position(array['MANUAL', 'EMERGENCY', 'SCHEDULED', 'THRESHOLD'], ${priority})`;
/** Whether an execution `e` has waited for the runs of others for so long, at a time in SQL. */
export const isPassedOver = (at: string): string =>
  `coalesce(e.passed_over_at <= ${at} - ${PASSED_OVER_MS} * interval '1 millisecond', false)`;
/** As `rankOf` in core/safety/right-of-way.ts has it: what was passed over comes between emergencies and schedules. */
export const rightOfWay = (at: string): string =>
  `case when e.priority in ('SCHEDULED', 'THRESHOLD') and ${isPassedOver(at)} then 2.5 else ${RANK("e.priority")} end`;

/** What has not been decided yet is decided as the most urgent of its causes wants it. */
const IS_RAISED = `(e.status <> 'DISPATCHED' and ${RANK("excluded.priority")} < ${RANK("e.priority")})`;

/**
 * Opens an execution for causes, or adds them to the one that is open. An execution that is being closed meanwhile is waited
 * for, and then a new one opens: a cause is absorbed by a run, or starts the next, and is never lost between the two. Every run
 * of a schedule is one of its own.
 */
export async function openExecution(client: PoolClient, execution: CauseExecution): Promise<string> {
  const { folded, waiting } = execution;
  const { rows } = await client.query<{ id: string }>(
    `insert into execution as e (id, organization_id, actuator_id, type, action, priority, parameters, requested_by,
                                 rule_id, device_id, causes, folded_partition, folded_seq, folded_ordinal,
                                 status, reason, wait_until, reading_needed_after, wait_limit_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
             case when $15::float8 is null then 'PENDING' else 'WAITING' end, $16, ${fromMicros("$15")}, ${fromMicros("$17")},
             ${fromMicros("$18")})
         on conflict (actuator_id, type, action)
           where type not in ('MANUAL', 'SCHEDULED') and status in ('PENDING', 'WAITING', 'DISPATCHED')
         do update set causes = e.causes + excluded.causes,
                       priority = case when ${IS_RAISED} then excluded.priority else e.priority end,
                       parameters = case when ${IS_RAISED} then excluded.parameters else e.parameters end,
                       wait_until = case when ${IS_RAISED} or (e.action = 'TRIP' and excluded.wait_until is null)
                                         then excluded.wait_until else e.wait_until end,
                       reading_needed_after = greatest(e.reading_needed_after, excluded.reading_needed_after),
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
      execution.waitLimitMicros,
    ],
  );
  return rows[0]!.id;
}

export async function dueExecutions(db: Queryable, limit: number): Promise<Execution[]> {
  const { rows } = await db.query<Execution>(
    `select ${COLUMNS} from execution e
      where e.status in ('PENDING', 'WAITING') and (e.wait_until is null or e.wait_until <= clock_timestamp())
      order by ${rightOfWay("clock_timestamp()")}, e.wait_until nulls first, e.created_at
      limit $1`,
    [limit],
  );
  return rows;
}

const LOCK_EXECUTION = `select ${COLUMNS} from execution e where e.id = $1 for update`;

export async function lockExecution(client: PoolClient, id: string): Promise<Execution | undefined> {
  return (await client.query<Execution>({ name: "lock_execution", text: LOCK_EXECUTION, values: [id] })).rows[0];
}

const ENDED: readonly ExecutionStatus[] = ["SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED", "DEAD"];

/** Waits until the actuator, or another of its group, is off. */
const WAITS_FOR_OTHERS: readonly string[] = ["running", "unknown", "interlock", "preempting", "yielding"];
/** Pauses after a run, between which others may go first again and again: whoever waits for them is still passed over. */
const PAUSES: readonly string[] = ["cooldown", "min_off"];

const MOVE_EXECUTION = `
  update execution
     set status = $2, reason = $3, message = $4, wait_until = ${fromMicros("$5")}, retries = coalesce($6, retries),
         completed_at = case when $7 then clock_timestamp() end, cancelled_by = coalesce($8, cancelled_by),
         passed_over_at = case $9 when 'begins' then coalesce(passed_over_at, clock_timestamp())
                                  when 'stays' then passed_over_at end
   where id = $1`;

export async function moveExecution(client: PoolClient, id: string, change: ExecutionChange): Promise<void> {
  const { status, reason, message, untilMicros, retries, cancelledBy } = change;
  const hasEnded = ENDED.includes(status);
  const values = [id, status, reason, message, untilMicros, retries, hasEnded, cancelledBy, passingOver(change)];
  await client.query({ name: "move_execution", text: MOVE_EXECUTION, values });
}

/** What a change means for how long an execution has been passed over; what it waits for of its own is nobody's right of way. */
export function passingOver({
  status,
  reason = "",
}: Pick<ExecutionChange, "status" | "reason">): "begins" | "stays" | "ends" {
  if (status !== "WAITING" || PAUSES.includes(reason)) return "stays";
  return WAITS_FOR_OTHERS.includes(reason) ? "begins" : "ends";
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

/** Executions of many actuators, whose locks nobody holds here: what another has locked is left to the next poll. */
export async function wakeReachable(db: Queryable, deviceIds?: readonly number[]): Promise<number> {
  const { rowCount } = await db.query(
    `with waiting as (
       select e.id
         from execution e
         join actuator a on a.id = e.actuator_id
         join device_link l on l.device_id = a.device_id and l.is_connected
        where e.status = 'WAITING' and e.reason = 'offline' and e.wait_until > clock_timestamp()
          and ($1::int[] is null or a.device_id = any($1))
          for update of e skip locked)
     update execution e set wait_until = clock_timestamp() from waiting where e.id = waiting.id`,
    [deviceIds ?? null],
  );
  return rowCount ?? 0;
}

/** What waits for a day's budget, or for a run to end, may be possible now; a cooldown's end is known and stays. */
const WAKE_WAITING = `
  with waiting as (
    select e.id from execution e
     where e.actuator_id = any (${WITH_GROUPS}) and e.status = 'WAITING' and e.wait_until > clock_timestamp()
       and e.reason in ('preempting', 'yielding', 'running', 'unknown', 'interlock', 'max_run_per_day', 'max_starts_per_day')
       for update of e skip locked)
  update execution e set wait_until = clock_timestamp() from waiting where e.id = waiting.id`;

export async function wakeWaiting(client: PoolClient, actuatorId: number): Promise<number> {
  const { rowCount } = await client.query({ name: "wake_waiting", text: WAKE_WAITING, values: [[actuatorId]] });
  return rowCount ?? 0;
}
