import { EVIDENCE_GRACE_MS } from "@sluice/core/safety/windows.ts";
import type { Pool, PoolClient } from "pg";
import type {
  Claimed,
  ClockReading,
  Command,
  FirstTransmission,
  QueueFilter,
  Retransmission,
  RetransmissionFilter,
} from "./actuation-store.ts";
import { COMMAND_COLUMNS } from "./command-store.ts";
import { fromMicros, micros } from "./sql-time.ts";

/** The table `command` as the queue that it is: what is to be sent, sent again, or given up. */
type Queryable = Pool | PoolClient;

/** Whether the worst case of a run has passed, at $2 by a clock that has jumped by $4 ms since what was decided before $3. */
const hasRunOut = (graceMs: number): string =>
  `upper(c.run_window) + interval '1 millisecond' * (${graceMs}
     + case when c.decided_at < ${fromMicros("$3")} then $4::float8 else 0 end) <= ${fromMicros("$2")}`;

/** Time is up, and nobody has said anything. */
const OVERDUE = `(c.kind in ('RUN', 'DOSE') and (
    (c.state in ('QUEUED', 'DISPATCHING') and c.deadline_at <= clock_timestamp())
    or (c.state in ('ACCEPTED', 'RUNNING') and ${hasRunOut(0)})
    or (c.state = 'UNKNOWN' and ${hasRunOut(EVIDENCE_GRACE_MS)})))`;

export async function overdueCommands(
  db: Queryable,
  { nowMicros, jumpedAtMicros, jumpMs }: ClockReading,
  limit: number,
): Promise<{ id: string; actuatorId: number }[]> {
  const { rows } = await db.query<{ id: string; actuatorId: number }>(
    `select c.id, c.actuator_id as "actuatorId" from command c
      where c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN') and ${OVERDUE}
      order by c.actuator_id, c.deadline_at
      limit $1`,
    [limit, nowMicros, jumpedAtMicros, jumpMs],
  );
  return rows;
}

export async function lockOverdue(
  client: PoolClient,
  id: string,
  { nowMicros, jumpedAtMicros, jumpMs }: ClockReading,
): Promise<Command | undefined> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c where c.id = $1 and ${OVERDUE} for update`,
    [id, nowMicros, jumpedAtMicros, jumpMs],
  );
  return rows[0];
}

/**
 * Before a start goes out, its device says hello in the session that this server holds; one that tells its boot, with a sample of
 * its clock that is young, and of the past: another is from before this clock was set back. Only where an administrator has allowed
 * it, a device that checks no fence is commanded without.
 */
const IS_READY = `(c.kind not in ('RUN', 'DOSE') or (a.unfenced_allowed_by is not null and l.sampled_at is null) or (a.device_id = any($2)
    and (l.sampled_at is null
         or l.sampled_at between clock_timestamp() - $3 * interval '1 millisecond' and clock_timestamp())))`;
/** A start that was decided before somebody stopped its actuator is not sent any more, nor sent again. */
const IS_NOT_STOPPED = `(c.kind not in ('RUN', 'DOSE') or a.mode <> 'locked-out'
    and not exists (select 1 from actuator_hold h where h.actuator_id = a.id and h.released_at is null)
    and not exists (select 1 from trip t where t.actuator_id = a.id and t.reset_at is null)
    and not exists (select 1 from device d join site_stop s on s.site_id = d.site_id and s.released_at is null
                     where d.id = a.device_id)
    and not exists (select 1 from command x where x.actuator_id = a.id and x.kind = 'STOP' and x.fence > c.fence))`;
const IS_QUEUED = `c.state = 'QUEUED' and a.device_id = any($1)
    and (c.deadline_at is null or c.deadline_at > clock_timestamp())`;

const CLAIM_QUEUED = `
  select ${COMMAND_COLUMNS}, a.device_id as "deviceId", a.key as "actuatorKey", l.boot_id as "bootId", l.mono_ms as "monoMs",
         ${micros("l.sampled_at")} as "sampledMicros"
    from command c
    join actuator a on a.id = c.actuator_id
    left join device_link l on l.device_id = a.device_id
   where ${IS_QUEUED} and ${IS_READY} and ${IS_NOT_STOPPED}
   order by c.kind <> 'STOP', c.fence
   limit $4
     for update of c skip locked`;

export async function claimQueued(client: PoolClient, filter: QueueFilter, limit: number): Promise<Claimed[]> {
  const values = [filter.deviceIds, filter.greetedIds, filter.maxSampleAgeMs, limit];
  return (await client.query<Claimed>({ name: "claim_queued", text: CLAIM_QUEUED, values })).rows;
}

const DEVICES_TO_ASK = `
  select distinct a.device_id as "deviceId"
    from command c
    join actuator a on a.id = c.actuator_id
    left join device_link l on l.device_id = a.device_id
   where ${IS_QUEUED} and not ${IS_READY}`;

export async function devicesToAsk(client: PoolClient, filter: QueueFilter): Promise<number[]> {
  const values = [filter.deviceIds, filter.greetedIds, filter.maxSampleAgeMs];
  const { rows } = await client.query<{ deviceId: number }>({ name: "devices_to_ask", text: DEVICES_TO_ASK, values });
  return rows.map(({ deviceId }) => deviceId);
}

const MARK_DISPATCHING = `
  update command c
     set state = 'DISPATCHING', payload = s.payload, sent_at = clock_timestamp(), transmissions = 1
    from unnest($1::uuid[], $2::text[]) as s (id, payload)
   where c.id = s.id and (c.deadline_at is null or c.deadline_at > clock_timestamp())
  returning c.id`;

export async function markDispatching(client: PoolClient, sent: readonly FirstTransmission[]): Promise<string[]> {
  const values = [sent.map(({ id }) => id), sent.map(({ payload }) => payload)];
  const { rows } = await client.query<{ id: string }>({ name: "mark_dispatching", text: MARK_DISPATCHING, values });
  return rows.map(({ id }) => id);
}

export async function devicesWithQueue(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ deviceId: number }>(
    `select distinct a.device_id as "deviceId" from command c join actuator a on a.id = c.actuator_id
      where c.state = 'QUEUED' and (c.deadline_at is null or c.deadline_at > clock_timestamp())`,
  );
  return rows.map(({ deviceId }) => deviceId);
}

/** The pause between transmissions stops growing after this many doublings: from 10 s to 3 hours. */
const MAX_SILENCE_DOUBLINGS = 10;

export async function takeRetransmissions(
  client: PoolClient,
  { cameBack, greetedNow, greetedIds, silentMs }: RetransmissionFilter,
  limit: number,
): Promise<Retransmission[]> {
  const { rows } = await client.query<Retransmission>(
    `with silent as (
       select c.id, a.device_id
         from command c
         join actuator a on a.id = c.actuator_id
         join device_link l on l.device_id = a.device_id and l.is_connected
        where c.state = 'DISPATCHING' and (c.deadline_at is null or c.deadline_at > clock_timestamp())
          and (c.deadline_at is null or (a.unfenced_allowed_by is not null and l.sampled_at is null)
               or a.device_id = any($2))
          and ${IS_NOT_STOPPED}
          and (a.device_id = any($1) or (a.device_id = any($5) and c.deadline_at is not null)
               or c.sent_at < clock_timestamp() - $3 * interval '1 millisecond' * (2 ^ least(c.transmissions - 1, ${MAX_SILENCE_DOUBLINGS})))
        order by c.sent_at
        limit $4
          for update of c skip locked)
     update command c set sent_at = clock_timestamp(), transmissions = c.transmissions + 1
       from silent where c.id = silent.id
     returning c.id, silent.device_id as "deviceId", c.payload`,
    [cameBack, greetedIds, silentMs, limit, greetedNow],
  );
  return rows;
}
