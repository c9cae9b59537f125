import type { SafeState } from "@sluice/core/commands/messages.ts";
import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import type { Envelope, Permissive } from "@sluice/core/safety/envelope.ts";
import type { Pool, PoolClient } from "pg";
import type { Actuator, SiteHeldActuator, UnreachedActuator, UnreachedFilter } from "./actuation-store.ts";
import { fromMicros } from "./sql-time.ts";

/** SQL of the table `actuator`. */
type Queryable = Pool | PoolClient;

interface ActuatorRow {
  id: number;
  organization_id: number;
  device_id: number;
  key: string;
  max_run_ms: number;
  cooldown_ms: number;
  min_off_ms: number | null;
  max_starts_per_day: number | null;
  max_run_ms_per_day: number | null;
  link_loss_ms: number | null;
  max_reading_age_ms: number | null;
  safe_state: SafeState;
  interlock_group: string | null;
  permissives: readonly Permissive[];
  max_dose: number | null;
  dose_unit: string | null;
}

const COLUMNS = `a.id, a.organization_id, a.device_id, a.key, a.max_run_ms, a.cooldown_ms, a.min_off_ms, a.max_starts_per_day,
  a.max_run_ms_per_day, a.link_loss_ms, a.max_reading_age_ms, a.safe_state, a.interlock_group, a.permissives, a.max_dose, a.dose_unit`;

function actuatorOf(row: ActuatorRow): Actuator {
  return {
    id: row.id,
    organizationId: row.organization_id,
    deviceId: row.device_id,
    key: row.key,
    envelope: envelopeOf(row),
  };
}

function envelopeOf(row: ActuatorRow): Envelope {
  const maxDose = row.max_dose === null ? null : { amount: row.max_dose, unit: row.dose_unit! };
  return {
    maxRunMs: row.max_run_ms,
    cooldownMs: row.cooldown_ms,
    ...given({
      minOffMs: row.min_off_ms,
      maxStartsPerDay: row.max_starts_per_day,
      maxRunMsPerDay: row.max_run_ms_per_day,
      linkLossMs: row.link_loss_ms,
      maxReadingAgeMs: row.max_reading_age_ms,
      interlockGroup: row.interlock_group,
      safeState: row.safe_state === "off" ? null : row.safe_state,
      maxDose,
    }),
    ...(row.permissives.length === 0 ? {} : { permissives: row.permissives }),
  };
}

/** Leaves out what is null. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as never;
}

export interface NewActuator {
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
  readonly kind: string;
  readonly envelope: Envelope;
}

/** In the order of the columns that `setEnvelope` and `insertActuator` write. */
function envelopeValues(envelope: Envelope): unknown[] {
  return [
    envelope.maxRunMs,
    envelope.cooldownMs,
    envelope.minOffMs,
    envelope.maxStartsPerDay,
    envelope.maxRunMsPerDay,
    envelope.linkLossMs,
    envelope.maxReadingAgeMs,
    envelope.safeState ?? "off",
    envelope.interlockGroup,
    JSON.stringify(envelope.permissives ?? []),
    envelope.maxDose?.amount,
    envelope.maxDose?.unit,
  ];
}

const ENVELOPE_COLUMNS = `max_run_ms, cooldown_ms, min_off_ms, max_starts_per_day, max_run_ms_per_day, link_loss_ms,
  max_reading_age_ms, safe_state, interlock_group, permissives, max_dose, dose_unit`;

export async function insertActuator(db: Queryable, actuator: NewActuator): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into actuator (organization_id, device_id, key, kind, ${ENVELOPE_COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     returning id`,
    [actuator.organizationId, actuator.deviceId, actuator.key, actuator.kind, ...envelopeValues(actuator.envelope)],
  );
  return rows[0]!.id;
}

export async function setEnvelope(client: PoolClient, actuatorId: number, envelope: Envelope): Promise<void> {
  await client.query(
    `update actuator
        set (${ENVELOPE_COLUMNS}) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13),
            envelope_version = envelope_version + 1
      where id = $1`,
    [actuatorId, ...envelopeValues(envelope)],
  );
}

/**
 * Changes envelopes that are still as given before; their interlock group, which is each device's own, stays. Locks actuators in
 * the order of their ids. Returns the devices.
 */
export async function replaceEnvelopesOfProfile(
  client: PoolClient,
  profileId: number,
  key: string,
  before: Envelope,
  after: Envelope,
): Promise<number[]> {
  const { rows } = await client.query<{ id: number; device: number }>(
    `select a.id, a.device_id as device
       from actuator a
       join device d on d.id = a.device_id
      where d.profile_id = $13 and a.key = $14
        and a.interlock_group is not distinct from d.uid || '/' || $9::text
        and (a.max_run_ms, a.cooldown_ms, a.min_off_ms, a.max_starts_per_day, a.max_run_ms_per_day, a.link_loss_ms,
             a.max_reading_age_ms, a.safe_state, a.permissives, a.max_dose, a.dose_unit)
            is not distinct from ($1::int, $2::int, $3::int, $4::int, $5::int, $6::int, $7::int, $8::text, $10::jsonb,
                                  $11::float8, $12::text)
      order by a.id
        for no key update of a`,
    [...envelopeValues(before), profileId, key],
  );
  const columns = ENVELOPE_COLUMNS.replace("interlock_group, ", "");
  const values = envelopeValues(after).filter((_, index) => index !== 8);
  await client.query(
    `update actuator
        set (${columns}) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12), envelope_version = envelope_version + 1
      where id = any ($1)`,
    [rows.map(({ id }) => id), ...values],
  );
  return rows.map(({ device }) => device);
}

export async function countActuatorsOfProfile(db: Queryable, profileId: number, key: string): Promise<number> {
  const { rows } = await db.query<{ actuators: number }>(
    `select count(*)::int as actuators from actuator a join device d on d.id = a.device_id
      where d.profile_id = $1 and a.key = $2`,
    [profileId, key],
  );
  return rows[0]!.actuators;
}

export async function setMode(
  client: PoolClient,
  actuatorId: number,
  mode: ActuatorMode,
  lockedBy: string | undefined,
): Promise<void> {
  await client.query("update actuator set mode = $2, locked_by = $3 where id = $1", [actuatorId, mode, lockedBy]);
}

export async function setUnfenced(
  client: PoolClient,
  actuatorId: number,
  allowedBy: string | undefined,
): Promise<string | undefined> {
  const { rows } = await client.query<{ before: string | null }>(
    `update actuator a set unfenced_allowed_by = $2 from actuator b
      where a.id = $1 and b.id = a.id returning b.unfenced_allowed_by as before`,
    [actuatorId, allowedBy],
  );
  return rows[0]!.before ?? undefined;
}

export async function setPoint(
  client: PoolClient,
  actuatorId: number,
  value: number,
  unit: string | undefined,
): Promise<void> {
  await client.query("update actuator set set_point = $2, set_point_unit = $3 where id = $1", [
    actuatorId,
    value,
    unit,
  ]);
}

/** An actuator of another organization is as unknown as one that does not exist. */
export async function findActuator(db: Queryable, organizationId: number, id: number): Promise<Actuator | undefined> {
  const { rows } = await db.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a where a.organization_id = $1 and a.id = $2`,
    [organizationId, id],
  );
  return rows[0] && actuatorOf(rows[0]);
}

export async function actuatorsOfDevice(db: Queryable, deviceId: number): Promise<Actuator[]> {
  const { rows } = await db.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a where a.device_id = $1 order by a.id`,
    [deviceId],
  );
  return rows.map(actuatorOf);
}

export async function actuatorsOfSite(db: Queryable, organizationId: number, siteId: number): Promise<Actuator[]> {
  const { rows } = await db.query<ActuatorRow>(
    `select ${COLUMNS} from actuator a join device d on d.id = a.device_id
      where a.organization_id = $1 and d.site_id = $2 order by a.id`,
    [organizationId, siteId],
  );
  return rows.map(actuatorOf);
}

export async function heldByEndedSiteStops(
  db: Queryable,
  organizationId: number,
  siteId: number,
): Promise<SiteHeldActuator[]> {
  const { rows } = await db.query<ActuatorRow & { site_stop_id: string }>(
    `select distinct ${COLUMNS}, h.site_stop_id
       from site_stop s
       join actuator_hold h on h.site_stop_id = s.id and h.released_at is null
       join actuator a on a.id = h.actuator_id
      where s.organization_id = $1 and s.site_id = $2 and s.released_at is not null
      order by a.id`,
    [organizationId, siteId],
  );
  return rows.map((row) => ({ actuator: actuatorOf(row), siteStopId: row.site_stop_id }));
}

export async function unreachedBySiteStops(
  db: Queryable,
  { siteId, stoppedMsAgo, limit }: UnreachedFilter,
): Promise<UnreachedActuator[]> {
  const { rows } = await db.query<ActuatorRow & { site_stop_id: string; stopped_by: string; reason: string | null }>(
    `select ${COLUMNS}, s.id as site_stop_id, s.stopped_by, s.reason
       from site_stop s
       join device d on d.site_id = s.site_id
       join actuator a on a.device_id = d.id
      where s.released_at is null and ($1::int is null or s.site_id = $1)
        and s.stopped_at <= clock_timestamp() - $2 * interval '1 millisecond'
        and not exists (select 1 from actuator_hold h where h.actuator_id = a.id and h.site_stop_id = s.id)
      order by a.id
      limit $3`,
    [siteId, stoppedMsAgo, limit],
  );
  return rows.map((row) => ({
    actuator: actuatorOf(row),
    siteStopId: row.site_stop_id,
    stoppedBy: row.stopped_by,
    reason: row.reason,
  }));
}

/** NO KEY, so that rows that refer to the actuator can be inserted meanwhile. */
export async function lockActuator(client: PoolClient, id: number): Promise<Actuator | undefined> {
  return (await lock(client, "lock_actuator", "a.id = $1", [id], "")).at(0);
}

export async function tryLockActuator(client: PoolClient, id: number): Promise<Actuator | undefined> {
  return (await lock(client, "try_lock_actuator", "a.id = $1", [id], "skip locked")).at(0);
}

const IN_GROUP_OF = `(a.id = $1 or (a.organization_id, a.interlock_group) =
  (select b.organization_id, b.interlock_group from actuator b where b.id = $1))`;

const IN_GROUP_OR_OTHER = `(${IN_GROUP_OF} or (a.organization_id, a.interlock_group) =
  (select b.organization_id, $2::text from actuator b where b.id = $1))`;

export async function lockGroup(client: PoolClient, id: number, otherGroup?: string): Promise<Actuator | undefined> {
  const locked =
    otherGroup === undefined
      ? await lock(client, "lock_group", IN_GROUP_OF, [id], "")
      : await lock(client, "lock_groups", IN_GROUP_OR_OTHER, [id, otherGroup], "");
  return locked.find((actuator) => actuator.id === id);
}

/** Undefined at once when another holds any of them; what was locked by then is let go with the transaction. */
export async function tryLockGroup(client: PoolClient, id: number): Promise<Actuator | undefined> {
  return (await tryLockGroups(client, [id])).at(0);
}

/** The ids in $1 with those of all members of their interlock groups. */
export const WITH_GROUPS = `array(
  select unnest($1::int[])
  union
  select m.id from actuator b
    join actuator m on (m.organization_id, m.interlock_group) = (b.organization_id, b.interlock_group)
   where b.id = any ($1::int[]))`;

const TRY_LOCK_GROUPS = `
  select ${COLUMNS},
         array(select b.id from actuator b
                where (b.organization_id, b.interlock_group) = (a.organization_id, a.interlock_group)) as members
    from actuator a
   where a.id = any (${WITH_GROUPS})
   order by a.id
     for no key update skip locked`;

export async function tryLockGroups(client: PoolClient, ids: readonly number[]): Promise<Actuator[]> {
  const query = { name: "try_lock_groups", text: TRY_LOCK_GROUPS, values: [ids] };
  const { rows } = await client.query<ActuatorRow & { members: number[] }>(query);
  const locked = new Set(rows.map(({ id }) => id));
  const isWhole = ({ members }: { members: number[] }): boolean => members.every((id) => locked.has(id));
  return rows.filter((row) => ids.includes(row.id) && isWhole(row)).map(actuatorOf);
}

export async function lockMembers(
  client: PoolClient,
  organizationId: number,
  interlockGroup: string,
): Promise<Actuator[]> {
  const where = "a.organization_id = $1 and a.interlock_group = $2";
  return lock(client, "lock_members", where, [organizationId, interlockGroup], "");
}

async function lock(
  client: PoolClient,
  name: string,
  where: string,
  values: unknown[],
  how: string,
): Promise<Actuator[]> {
  const text = `select ${COLUMNS} from actuator a where ${where} order by a.id for no key update ${how}`;
  const { rows } = await client.query<ActuatorRow>({ name, text, values });
  return rows.map(actuatorOf);
}

export async function raiseFence(client: PoolClient, actuatorId: number): Promise<number> {
  const { rows } = await client.query<{ fence: number }>(
    "update actuator set fence = fence + 1 where id = $1 returning fence",
    [actuatorId],
  );
  return rows[0]!.fence;
}

export async function adoptFence(client: PoolClient, actuatorId: number, fence: number): Promise<void> {
  await client.query("update actuator set fence = $2 where id = $1 and fence < $2", [actuatorId, fence]);
}

const COUNT_ACTIVATION = `
  update actuator
     set total_activations = total_activations + 1, last_activation_at = greatest(last_activation_at, ${fromMicros("$2")})
   where id = $1`;

export async function countActivation(client: PoolClient, actuatorId: number, startedAtMicros: number): Promise<void> {
  await client.query({ name: "count_activation", text: COUNT_ACTIVATION, values: [actuatorId, startedAtMicros] });
}
