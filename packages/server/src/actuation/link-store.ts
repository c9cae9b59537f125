import type { HelloMessage } from "@sluice/core/commands/messages.ts";
import type { Pool, PoolClient } from "pg";
import type { ClockJump } from "./actuation-store.ts";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the tables `device_link` and `clock_jump`: sessions, samples of the devices' clocks, and what is known of our own. */
type Queryable = Pool | PoolClient;

export async function beginSessions(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ epoch: number }>(
    `with begun as (select nextval('session_epoch') as epoch),
          ended as (update device_link set is_connected = false, session_epoch = begun.epoch from begun)
     select epoch from begun`,
  );
  return rows[0]!.epoch;
}

export async function noteSessions(
  db: Queryable,
  epoch: number,
  deviceIds: readonly number[],
  areConnected: readonly boolean[],
): Promise<boolean> {
  const { rows } = await db.query<{ isLatest: boolean }>(
    `with said as (
       select s.device_id, s.is_connected
         from unnest($1::int[], $2::boolean[]) as s (device_id, is_connected)
        where exists (select 1 from actuator a where a.device_id = s.device_id)),
     noted as (
       insert into device_link as l (device_id, is_connected, session_epoch)
       select said.device_id, said.is_connected, $3 from said order by said.device_id
           on conflict (device_id) do update set is_connected = excluded.is_connected, session_epoch = excluded.session_epoch
                                       where l.session_epoch <= excluded.session_epoch
       returning 1)
     select (select count(*) from noted) = (select count(*) from said) as "isLatest"`,
    [deviceIds, areConnected, epoch],
  );
  return rows[0]!.isLatest;
}

export async function keptClockJump(db: Queryable): Promise<ClockJump> {
  const { rows } = await db.query<ClockJump>(
    `select ${micros("jumped_at")} as "jumpedAtMicros", jump_ms as "jumpMs" from clock_jump`,
  );
  return rows[0] ?? { jumpedAtMicros: 0, jumpMs: 0 };
}

export async function keepClockJump(db: Queryable, { jumpedAtMicros, jumpMs }: ClockJump): Promise<void> {
  await db.query(
    `insert into clock_jump (jumped_at, jump_ms) values (${fromMicros("$1")}, $2)
         on conflict (is_only) do update set jumped_at = excluded.jumped_at, jump_ms = excluded.jump_ms`,
    [jumpedAtMicros, jumpMs],
  );
}

export async function noteHello(db: Queryable, deviceId: number, hello: HelloMessage): Promise<void> {
  await db.query(
    `insert into device_link (device_id, boot_id, mono_ms, sampled_at, config_version)
     values ($1, $2, $3, case when $2::text is not null then clock_timestamp() end, $4)
         on conflict (device_id) do update
            set boot_id = excluded.boot_id, mono_ms = excluded.mono_ms, sampled_at = excluded.sampled_at,
                config_version = excluded.config_version`,
    [deviceId, hello.bootId ?? null, hello.monoMs ?? null, hello.configVersion],
  );
}

/** The version of a device's configuration: it grows with every change of one of its envelopes. */
export async function configVersion(db: Queryable, deviceId: number): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    "select coalesce(sum(envelope_version), 0)::int8 as version from actuator where device_id = $1",
    [deviceId],
  );
  return rows[0]!.version;
}

export async function raiseConfigVersion(db: Queryable, deviceId: number, above: number): Promise<void> {
  await db.query(
    `update actuator a
        set envelope_version = a.envelope_version + $2
              - (select sum(b.envelope_version) from actuator b where b.device_id = $1) + 1
      where a.id = (select min(b.id) from actuator b where b.device_id = $1)
        and (select sum(b.envelope_version) from actuator b where b.device_id = $1) <= $2`,
    [deviceId, above],
  );
}
