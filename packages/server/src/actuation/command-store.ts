import { type CommandState, isLive } from "@sluice/core/commands/command.ts";
import type { Pool, PoolClient } from "pg";
import type {
  Command,
  CommandEvent,
  Ended,
  Moved,
  NewForeign,
  NewInstruction,
  NewRequest,
  NewStart,
} from "./actuation-store.ts";
import { COMMAND_CHANNEL } from "./command-notices.ts";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the tables `command` and `command_event`. */
type Queryable = Pool | PoolClient;

export const COMMAND_COLUMNS = `c.id, c.organization_id as "organizationId", c.actuator_id as "actuatorId", c.execution_id as "executionId",
  c.kind, c.fence, c.duration_ms as "durationMs", c.cooldown_ms as "cooldownMs", c.amount, c.unit, c.value,
  c.is_override as "isOverride", c.releases, c.payload, c.state, c.reason,
  ${micros("c.decided_at")} as "decidedMicros", ${micros("c.deadline_at")} as "deadlineMicros", c.is_activation_counted as "isActivationCounted"`;

/** One statement, because the actuator is locked for as long as it takes. `execution` opens or moves the command's execution. */
const commitStartWith = (execution: string): string => `
  with raised as (
    update actuator set fence = fence + 1 where id = $3 returning fence),
  moved as (${execution}),
  c as (
    insert into command (id, organization_id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, cooldown_ms,
                         interlock_group, amount, unit, is_override, decided_at, deadline_at, run_window, lock_window)
    select $1::uuid, $2::int, $3::int, $4::uuid, case when $9::float8 is null then 'RUN' else 'DOSE' end, raised.fence, $5::int,
           $6::int, $7::int, $8, $9::float8, $10, $11::boolean, ${fromMicros("$12")}, ${fromMicros("$13")},
           tstzrange(${fromMicros("$12")}, ${fromMicros("$14")}), tstzrange(${fromMicros("$12")}, ${fromMicros("$15")})
      from raised
    returning *),
  event as (
    insert into command_event (command_id, what, state, who, details)
    select c.id, 'decided', c.state, $16, jsonb_strip_nulls(jsonb_build_object(
             'fence', c.fence, 'durationMs', c.duration_ms, 'amount', c.amount, 'unit', c.unit))
      from c)
  select ${COMMAND_COLUMNS}, tell_after_commit($17, $18) from c`;

const COMMIT_START = commitStartWith(
  `update execution set status = 'DISPATCHED', reason = null, message = null, wait_until = null where id = $4::uuid`,
);
const COMMIT_REQUESTED_START = commitStartWith(
  `insert into execution (id, organization_id, actuator_id, type, action, priority, parameters, requested_by, idempotency_key,
                          request, wait_limit_at, override_reason, status)
   values ($4::uuid, $2::int, $3::int, 'MANUAL', $19, 'MANUAL', $20, $16, $21, $22,
           clock_timestamp() + $23 * interval '1 millisecond', $24, 'DISPATCHED')`,
);

export async function commitStart(client: PoolClient, start: NewStart): Promise<Command> {
  const { request } = start;
  const query =
    request === undefined
      ? { name: "commit_start", text: COMMIT_START, values: startValues(start) }
      : {
          name: "commit_requested_start",
          text: COMMIT_REQUESTED_START,
          values: [...startValues(start), ...requestValues(request)],
        };
  const { rows } = await client.query<Command & { tell_after_commit: unknown }>(query);
  const { tell_after_commit: _told, ...command } = rows[0]!;
  return command;
}

function startValues(start: NewStart): unknown[] {
  const { deadlineMicros, runEndMicros, lockEndMicros } = start.reservation;
  return [
    start.id,
    start.organizationId,
    start.actuatorId,
    start.executionId,
    start.durationMs,
    start.maxRunMs,
    start.cooldownMs,
    start.interlockGroup,
    start.dose?.amount,
    start.dose?.unit,
    start.isOverride,
    start.decidedMicros,
    deadlineMicros,
    runEndMicros,
    lockEndMicros,
    start.who,
    COMMAND_CHANNEL,
    String(start.deviceId),
  ];
}

function requestValues({ action, parameters, idempotencyKey, request, waitMs, overrideReason }: NewRequest): unknown[] {
  return [action, JSON.stringify(parameters), idempotencyKey, JSON.stringify(request), waitMs, overrideReason];
}

export async function insertInstruction(client: PoolClient, instruction: NewInstruction): Promise<void> {
  const { id, organizationId, actuatorId, executionId, kind, fence, releases, value, unit, reason, payload } =
    instruction;
  await client.query(
    `insert into command (id, organization_id, actuator_id, execution_id, kind, fence, releases, value, unit, reason, payload,
                          decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp())`,
    [id, organizationId, actuatorId, executionId, kind, fence, releases, value, unit, reason, payload],
  );
}

/**
 * When it ran is not known, so its pause is charged from now, behind whatever is locked already, and its run, while it is on,
 * from now for its worst case. Its execution is committed with it, since every command has one.
 */
export async function insertForeign(client: PoolClient, foreign: NewForeign): Promise<void> {
  const isOn = isLive(foreign.state);
  await client.query(
    `insert into execution (id, organization_id, actuator_id, type, action, priority, status, reason, message, requested_by,
                            device_id, started_at, completed_at)
     values ($1, $2, $3, 'FOREIGN', $4, 'MANUAL', $5, 'foreign', 'The device ran without us knowing why.', $6, $7,
             clock_timestamp(), case when $8 then clock_timestamp() end)`,
    [
      foreign.executionId,
      foreign.organizationId,
      foreign.actuatorId,
      foreign.kind,
      isOn ? "DISPATCHED" : "SUCCEEDED",
      `device:${foreign.deviceId}`,
      foreign.deviceId,
      !isOn,
    ],
  );
  await client.query(FOREIGN, [
    foreign.id,
    foreign.organizationId,
    foreign.actuatorId,
    foreign.executionId,
    foreign.kind,
    foreign.fence,
    foreign.durationMs,
    foreign.maxRunMs,
    foreign.cooldownMs,
    isOn ? foreign.interlockGroup : null,
    foreign.foreignId,
    foreign.payload,
    foreign.state,
    isOn,
  ]);
}

const FOREIGN = `
  with free as (
    select clock_timestamp() as now,
           greatest(clock_timestamp(), (select max(upper(c.lock_window)) from command c
                                         where c.actuator_id = $3 and c.lock_window && tstzrange(clock_timestamp(), null))) as at)
  insert into command (id, organization_id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, cooldown_ms,
                       interlock_group, foreign_id, payload, state, decided_at, deadline_at, run_window, lock_window,
                       sent_at, ended_at, is_activation_counted)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, free.now, free.now,
         case when $14 then tstzrange(free.now, free.now + $7::int * interval '1 millisecond') else 'empty' end,
         tstzrange(free.at, greatest(free.at, free.now + (case when $14 then $7::int else 0 end + $9::int) * interval '1 millisecond')),
         free.now, case when not $14 then free.now end, true
    from free`;

const FIND_COMMAND = `select ${COMMAND_COLUMNS} from command c where c.id = $1`;
const LOCK_COMMAND = `${FIND_COMMAND} for update`;

export async function findCommand(db: Queryable, id: string): Promise<Command | undefined> {
  return (await db.query<Command>({ name: "find_command", text: FIND_COMMAND, values: [id] })).rows[0];
}

export async function commandOfExecution(db: Queryable, executionId: string): Promise<Command | undefined> {
  const { rows } = await db.query<Command>(
    `select ${COMMAND_COLUMNS} from command c join execution e on e.id = c.execution_id
      where c.execution_id = $1 and (c.kind in ('RUN', 'DOSE')) = (e.action in ('RUN', 'DOSE'))
      order by case when c.kind in ('RUN', 'DOSE') then c.decided_at end desc, c.decided_at, c.fence limit 1`,
    [executionId],
  );
  return rows[0];
}

export async function lockCommand(client: PoolClient, id: string): Promise<Command | undefined> {
  return (await client.query<Command>({ name: "lock_command", text: LOCK_COMMAND, values: [id] })).rows[0];
}

export async function statesOf(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, CommandState>> {
  const uuids = ids.filter((id) => UUID.test(id));
  if (uuids.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; state: CommandState }>(
    "select id, state from command where id = any($1::uuid[])",
    [uuids],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export async function commandWithFence(
  client: PoolClient,
  actuatorId: number,
  fence: number,
): Promise<Command | undefined> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c where c.actuator_id = $1 and c.fence = $2`,
    [actuatorId, fence],
  );
  return rows[0];
}

export async function lockQueuedStarts(client: PoolClient, actuatorId: number): Promise<Command[]> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c
      where c.actuator_id = $1 and c.kind in ('RUN', 'DOSE') and c.state = 'QUEUED' for update`,
    [actuatorId],
  );
  return rows;
}

/**
 * How a reservation changes with a state: not at all, to nothing, or to what has passed and the cooldown from now. A clock that
 * was set back ends nothing before it began.
 */
export const WINDOWS = {
  none: "run_window = run_window, lock_window = lock_window",
  whole: "run_window = 'empty', lock_window = 'empty'",
  shrink: `run_window = run_window * tstzrange(null, greatest(clock_timestamp(), decided_at)),
           lock_window = lock_window * tstzrange(null, greatest(clock_timestamp(), decided_at) + cooldown_ms * interval '1 millisecond')`,
} as const;

const moveCommandWith = (refund: keyof typeof WINDOWS): string => `
  update command
     set state = $2, reason = coalesce($3, reason), ran_ms = coalesce($4, ran_ms),
         dosed = coalesce($7, dosed), is_activation_counted = is_activation_counted or $5,
         ended_at = case when $6 then clock_timestamp() end,
         ${WINDOWS[refund]}
   where id = $1
   returning ${micros("clock_timestamp()")} as now, ${micros("upper(lock_window)")} as lock_end`;

export async function moveCommand(
  client: PoolClient,
  id: string,
  { state, reason, ranMs, countsActivation = false, amount }: Moved,
  refund: keyof typeof WINDOWS,
): Promise<Ended> {
  const values = [id, state, reason, ranMs, countsActivation, !isLive(state), amount];
  const query = { name: `move_command_${refund}`, text: moveCommandWith(refund), values };
  const { now, lock_end } = (await client.query<{ now: number; lock_end: number | null }>(query)).rows[0]!;
  return { nowMicros: now, lockEndMicros: Math.max(lock_end ?? now, now) };
}

export async function shortenLocks(
  client: PoolClient,
  actuatorId: number,
  atMicros: number,
): Promise<{ id: string; state: CommandState }[]> {
  const { rows } = await client.query<{ id: string; state: CommandState }>(
    `update command set lock_window = lock_window * tstzrange(null, ${fromMicros("$2")})
      where actuator_id = $1 and lock_window && tstzrange(${fromMicros("$2")}, null)
      returning id, state`,
    [actuatorId, atMicros],
  );
  return rows;
}

const APPEND_EVENTS = `
  insert into command_event (command_id, what, state, who, reason, details)
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`;

export async function appendEvents(client: PoolClient, events: readonly CommandEvent[]): Promise<void> {
  if (events.length === 0) return;
  const values = [
    events.map(({ commandId }) => commandId),
    events.map(({ what }) => what),
    events.map(({ state }) => state),
    events.map(({ who }) => who),
    events.map(({ reason }) => reason ?? null),
    events.map(({ details }) => (details === undefined ? null : JSON.stringify(details))),
  ];
  await client.query({ name: "append_events", text: APPEND_EVENTS, values });
}

export async function lockSentStarts(client: PoolClient, actuatorId: number): Promise<Command[]> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c
      where c.actuator_id = $1 and c.kind in ('RUN', 'DOSE') and c.state in ('DISPATCHING', 'UNKNOWN')
        and c.foreign_id is null for update`,
    [actuatorId],
  );
  return rows;
}

export async function settledReleaseOf(
  client: PoolClient,
  actuatorId: number,
  holdId: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ executionId: string; state: CommandState }>(
    `select c.execution_id as "executionId", c.state from command c
      where c.actuator_id = $1 and c.kind = 'SET' and c.releases @> array[$2]
      order by c.fence desc limit 1`,
    [actuatorId, holdId],
  );
  const last = rows[0];
  return last === undefined || last.state === "QUEUED" || last.state === "DISPATCHING" ? undefined : last.executionId;
}
