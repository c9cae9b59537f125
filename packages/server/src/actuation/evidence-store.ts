import { isLive } from "@sluice/core/commands/command.ts";
import type { PoolClient } from "pg";
import type { Command, Ended, Proof, Reported } from "./actuation-store.ts";
import { COMMAND_COLUMNS, WINDOWS } from "./command-store.ts";
import { micros } from "./sql-time.ts";

/**
 * What devices say, in as few statements as it takes: every command is reported about two or three times, so that evidence is
 * most of what this database does. What it changes is in several tables, and changes together.
 */
const TRY_LOCK_REPORTED = `
  with known as materialized (
    select c.id, c.actuator_id, c.execution_id from command c where c.id = any ($1::uuid[])),
  a as materialized (
    select a.id from actuator a where a.id = any (array(select k.actuator_id from known k))
     order by a.id for no key update skip locked),
  e as materialized (
    select e.id from execution e
     where e.id = any (array(select k.execution_id from known k join a on a.id = k.actuator_id))
     order by e.id for update skip locked),
  locked as materialized (
    select ${COMMAND_COLUMNS} from command c
     where c.id = any (array(select k.id from known k join a on a.id = k.actuator_id join e on e.id = k.execution_id))
     order by c.id for update skip locked)
  select k.id as reported_id, k.actuator_id as reported_actuator_id, b.device_id as reported_device_id, b.key as reported_key,
         locked.*
    from known k
    join actuator b on b.id = k.actuator_id
    left join locked on locked.id = k.id
   order by k.id`;

interface ReportedRow extends Command {
  readonly reported_id: string;
  readonly reported_actuator_id: number;
  readonly reported_device_id: number;
  readonly reported_key: string;
}

export async function tryLockReported(client: PoolClient, ids: readonly string[]): Promise<Reported[]> {
  const query = { name: "try_lock_reported", text: TRY_LOCK_REPORTED, values: [ids] };
  return (await client.query<ReportedRow>(query)).rows.map(reportedOf);
}

function reportedOf(row: ReportedRow): Reported {
  const { reported_id, reported_actuator_id, reported_device_id, reported_key, ...command } = row;
  return {
    id: reported_id,
    actuatorId: reported_actuator_id,
    deviceId: reported_device_id,
    key: reported_key,
    command: command.id === null ? undefined : command,
  };
}

const AGO = (ms: string): string => `moved.now - ${ms}::float8 * interval '1 millisecond'`;
const IS_NEWS = "$10::text is not null and a.observed_fence <= $11::int8";

const recordProofWith = (refund: keyof typeof WINDOWS): string => `
  with moved as (
    update command
       set state = $2, reason = coalesce($3, reason), ran_ms = coalesce($4, ran_ms), dosed = coalesce($5, dosed),
           is_activation_counted = is_activation_counted or $6,
           ended_at = case when $7 then clock_timestamp() end,
           ${WINDOWS[refund]}
     where id = $1
    returning id, actuator_id, execution_id, clock_timestamp() as now, upper(lock_window) as lock_end),
  event as (
    insert into command_event (command_id, what, state, who, reason, details)
    select moved.id, 'evidence', $2, $8, $3, $9 from moved),
  seen as (
    update actuator a
       set total_activations = a.total_activations + ($6::boolean)::int,
           last_activation_at = case when $6 then greatest(a.last_activation_at, ${AGO("coalesce($4, 0)")})
                                     else a.last_activation_at end,
           observed_state = case when ${IS_NEWS} then $10 else a.observed_state end,
           observed_fence = case when ${IS_NEWS} then $11 else a.observed_fence end,
           observed_at = case when ${IS_NEWS} then moved.now else a.observed_at end,
           fault = case when ${IS_NEWS} and $12 then $13 else a.fault end
      from moved
     where a.id = moved.actuator_id and ($6 or ${IS_NEWS})),
  started as (
    update execution e set started_at = coalesce(e.started_at, ${AGO("$14")})
      from moved
     where e.id = moved.execution_id and $14::float8 is not null)
  select ${micros("moved.now")} as now, ${micros("moved.lock_end")} as lock_end from moved`;

export async function recordProof(client: PoolClient, id: string, proof: Proof): Promise<Ended> {
  const { moved, refund, who, details, observed, startedMsAgo } = proof;
  const { state, reason, ranMs, amount, countsActivation = false } = moved;
  const values = [
    ...[id, state, reason, ranMs, amount, countsActivation, !isLive(state), who, JSON.stringify(details)],
    ...[observed?.state, observed?.fence, observed?.fault !== undefined, observed?.fault ?? null, startedMsAgo],
  ];
  const query = { name: `record_proof_${refund}`, text: recordProofWith(refund), values };
  const { now, lock_end } = (await client.query<{ now: number; lock_end: number | null }>(query)).rows[0]!;
  return { nowMicros: now, lockEndMicros: Math.max(lock_end ?? now, now) };
}
