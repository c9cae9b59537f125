import type { CommandState } from "@sluice/core/commands/command.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import type { ActuatorMode, ActuatorSituation } from "@sluice/core/safety/decide.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import type { Pool, PoolClient } from "pg";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the tables `actuator` and `actuator_hold`. */
type Queryable = Pool | PoolClient;

export interface Actuator {
  readonly id: number;
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
  readonly envelope: Envelope;
}

interface ActuatorRow {
  id: number;
  organization_id: number;
  device_id: number;
  key: string;
  max_run_ms: number;
  cooldown_ms: number;
  link_loss_ms: number | null;
  max_reading_age_ms: number | null;
}

const COLUMNS =
  "a.id, a.organization_id, a.device_id, a.key, a.max_run_ms, a.cooldown_ms, a.link_loss_ms, a.max_reading_age_ms";

function actuatorOf(row: ActuatorRow): Actuator {
  return {
    id: row.id,
    organizationId: row.organization_id,
    deviceId: row.device_id,
    key: row.key,
    envelope: {
      maxRunMs: row.max_run_ms,
      cooldownMs: row.cooldown_ms,
      safeState: "off",
      ...(row.link_loss_ms === null ? {} : { linkLossMs: row.link_loss_ms }),
      ...(row.max_reading_age_ms === null ? {} : { maxReadingAgeMs: row.max_reading_age_ms }),
    },
  };
}

export interface NewActuator {
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
  readonly kind: string;
  readonly envelope: Envelope;
}

export async function insertActuator(db: Queryable, actuator: NewActuator): Promise<number> {
  const { envelope } = actuator;
  const { rows } = await db.query<{ id: number }>(
    `insert into actuator (organization_id, device_id, key, kind, max_run_ms, cooldown_ms, link_loss_ms, max_reading_age_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     returning id`,
    [
      actuator.organizationId,
      actuator.deviceId,
      actuator.key,
      actuator.kind,
      envelope.maxRunMs,
      envelope.cooldownMs,
      envelope.linkLossMs,
      envelope.maxReadingAgeMs,
    ],
  );
  return rows[0]!.id;
}

/** An actuator of another organization is as unknown as one that does not exist. */
export async function requireActuator(db: Queryable, organizationId: number, id: number): Promise<Actuator> {
  const { rows } = await db.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a where a.organization_id = $1 and a.id = $2`,
    [organizationId, id],
  );
  if (rows[0] !== undefined) return actuatorOf(rows[0]);
  throw new SluiceError("not-found", "actuator.unknown", "There is no actuator with this id.", { details: { id } });
}

/**
 * The lock under which everything about an actuator is decided and recorded. NO KEY, so that rows that refer to the actuator
 * can be inserted meanwhile. Everybody takes it first, and other rows after it.
 */
export async function lockActuator(client: PoolClient, id: number): Promise<Actuator | undefined> {
  const { rows } = await client.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a where a.id = $1 for no key update`,
    [id],
  );
  return rows[0] === undefined ? undefined : actuatorOf(rows[0]);
}

/** Like `lockActuator`, but gives up at once when another decides on it now. */
export async function tryLockActuator(client: PoolClient, id: number): Promise<Actuator | undefined> {
  const { rows } = await client.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a where a.id = $1 for no key update skip locked`,
    [id],
  );
  return rows[0] === undefined ? undefined : actuatorOf(rows[0]);
}

export interface LockedSituation {
  /** The database's clock, after the lock was taken. */
  readonly nowMicros: number;
  readonly situation: ActuatorSituation;
}

interface SituationRow {
  now: number;
  mode: ActuatorMode;
  locked_by: string | null;
  is_held: boolean;
  is_connected: boolean;
  live_state: CommandState | null;
  live_run_end: number | null;
  lock_end: number;
}

/** Everything a decision rests on, read after the lock: a snapshot of its own that sees what the last holder committed. */
export async function readSituation(client: PoolClient, actuatorId: number): Promise<LockedSituation> {
  const { rows } = await client.query<SituationRow>(
    `with clock as (select clock_timestamp() as now)
     select ${micros("clock.now")} as now, a.mode, a.locked_by,
            exists (select 1 from actuator_hold h where h.actuator_id = a.id and h.released_at is null) as is_held,
            coalesce(l.is_connected, false) as is_connected,
            live.state as live_state, ${micros("upper(live.run_window)")} as live_run_end,
            coalesce((select max(${micros("upper(c.lock_window)")}) from command c
                       where c.actuator_id = a.id and c.lock_window && tstzrange(clock.now, null)), 0) as lock_end
       from actuator a
       cross join clock
       left join device_link l on l.device_id = a.device_id
       left join command live on live.actuator_id = a.id and live.kind in ('RUN', 'DOSE')
            and live.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')
      where a.id = $1`,
    [actuatorId],
  );
  const row = rows[0]!;
  return {
    nowMicros: row.now,
    situation: {
      mode: row.mode,
      lockedBy: row.locked_by ?? undefined,
      isHeld: row.is_held,
      isReachable: row.is_connected,
      lockEndMicros: row.lock_end,
      live: row.live_state === null ? undefined : { state: row.live_state, runEndMicros: row.live_run_end ?? 0 },
    },
  };
}

export async function raiseFence(client: PoolClient, actuatorId: number): Promise<number> {
  const { rows } = await client.query<{ fence: number }>(
    "update actuator set fence = fence + 1 where id = $1 returning fence",
    [actuatorId],
  );
  return rows[0]!.fence;
}

/** A device whose fence is above ours has seen more than we remember: from now on we are above it. */
export async function adoptFence(client: PoolClient, actuatorId: number, fence: number): Promise<void> {
  await client.query("update actuator set fence = $2 where id = $1 and fence < $2", [actuatorId, fence]);
}

export async function countActivation(client: PoolClient, actuatorId: number, startedAtMicros: number): Promise<void> {
  await client.query(
    `update actuator
        set total_activations = total_activations + 1,
            last_activation_at = greatest(last_activation_at, ${fromMicros("$2")})
      where id = $1`,
    [actuatorId, startedAtMicros],
  );
}

export interface Observation {
  readonly state: "on" | "off";
  readonly fence: number;
  readonly atMicros: number;
  /** A driver's fault that evidence tells; null: it works; undefined: nothing is said about it. */
  readonly fault: string | null | undefined;
}

/** Evidence of an older command than the last that was observed is history, and changes nothing seen. */
export async function observe(client: PoolClient, actuatorId: number, observation: Observation): Promise<void> {
  const { state, fence, atMicros, fault } = observation;
  await client.query(
    `update actuator
        set observed_state = $2, observed_fence = $3, observed_at = ${fromMicros("$4")},
            fault = case when $5 then $6 else fault end
      where id = $1 and observed_fence <= $3`,
    [actuatorId, state, fence, atMicros, fault !== undefined, fault ?? null],
  );
}

export interface NewHold {
  readonly id: string;
  readonly actuatorId: number;
  readonly heldBy: string;
  readonly reason?: string | undefined;
}

/** Holding twice is holding once. */
export async function insertHold(client: PoolClient, hold: NewHold): Promise<void> {
  await client.query(
    `insert into actuator_hold (id, actuator_id, held_by, reason) values ($1, $2, $3, $4) on conflict (id) do nothing`,
    [hold.id, hold.actuatorId, hold.heldBy, hold.reason],
  );
}

export async function isHeldBy(client: PoolClient, holdId: string): Promise<boolean> {
  const { rowCount } = await client.query("select 1 from actuator_hold where id = $1 and released_at is null", [
    holdId,
  ]);
  return rowCount === 1;
}

/** Releases every open hold and returns their ids. */
export async function releaseHolds(client: PoolClient, actuatorId: number, releasedBy: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `update actuator_hold set released_by = $2, released_at = clock_timestamp()
      where actuator_id = $1 and released_at is null
      returning id`,
    [actuatorId, releasedBy],
  );
  return rows.map(({ id }) => id);
}

/** The device's actuators in id order, which is the order in which they are locked. */
export async function actuatorsOfDevice(db: Queryable, deviceId: number): Promise<Actuator[]> {
  const { rows } = await db.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a where a.device_id = $1 order by a.id`,
    [deviceId],
  );
  return rows.map(actuatorOf);
}
