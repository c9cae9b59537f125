import { EVIDENCE_GRACE_MS } from "@sluice/core/safety/windows.ts";
import type { Pool, PoolClient } from "pg";
import { COMMAND_COLUMNS, type Command } from "./command-store.ts";
import { micros } from "./sql-time.ts";

/** The table `command` as the queue that it is: what is to be sent, sent again, or given up. */
type Queryable = Pool | PoolClient;

/** Time is up, and nobody has said anything. */
const OVERDUE = `(c.kind in ('RUN', 'DOSE') and (
    (c.state in ('QUEUED', 'DISPATCHING') and c.deadline_at <= clock_timestamp())
    or (c.state in ('ACCEPTED', 'RUNNING') and upper(c.run_window) <= clock_timestamp())
    or (c.state = 'UNKNOWN'
        and upper(c.run_window) + ${EVIDENCE_GRACE_MS} * interval '1 millisecond' <= clock_timestamp())))`;

export async function overdueCommands(db: Queryable, limit: number): Promise<{ id: string; actuatorId: number }[]> {
  const { rows } = await db.query<{ id: string; actuatorId: number }>(
    `select c.id, c.actuator_id as "actuatorId" from command c
      where c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN') and ${OVERDUE}
      order by c.actuator_id, c.deadline_at
      limit $1`,
    [limit],
  );
  return rows;
}

/** Under the actuator's lock; undefined when evidence came first. */
export async function lockOverdue(client: PoolClient, id: string): Promise<Command | undefined> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c where c.id = $1 and ${OVERDUE} for update`,
    [id],
  );
  return rows[0];
}

/** A queued command with what its bytes are made of. */
export interface Claimed extends Command {
  readonly deviceId: number;
  readonly actuatorKey: string;
  readonly bootId: string | null;
  readonly monoMs: number | null;
  readonly sampledMicros: number | null;
}

/** A RUN for a device that says hello needs a sample of its clock: of this session, and young. */
const IS_READY = `(c.kind <> 'RUN' or l.sampled_at is null or (a.device_id = any($2)
    and l.sampled_at >= clock_timestamp() - $3 * interval '1 millisecond'))`;
const IS_QUEUED = `c.state = 'QUEUED' and a.device_id = any($1)
    and (c.deadline_at is null or c.deadline_at > clock_timestamp())`;

export interface QueueFilter {
  readonly deviceIds: readonly number[];
  /** Those that said hello in their present session. */
  readonly greetedIds: readonly number[];
  readonly maxSampleAgeMs: number;
}

/**
 * Locks what is queued for these devices, not yet past its deadline and ready to be sent: STOPs first, then in the order of
 * the fences. What another gateway has locked is left to it.
 */
export async function claimQueued(client: PoolClient, filter: QueueFilter, limit: number): Promise<Claimed[]> {
  const { rows } = await client.query<Claimed>(
    `select ${COMMAND_COLUMNS}, a.device_id as "deviceId", a.key as "actuatorKey", l.boot_id as "bootId", l.mono_ms as "monoMs",
            ${micros("l.sampled_at")} as "sampledMicros"
       from command c
       join actuator a on a.id = c.actuator_id
       left join device_link l on l.device_id = a.device_id
      where ${IS_QUEUED} and ${IS_READY}
      order by c.kind <> 'STOP', c.fence
      limit $4
        for update of c skip locked`,
    [filter.deviceIds, filter.greetedIds, filter.maxSampleAgeMs, limit],
  );
  return rows;
}

/** Devices whose clock must be asked for before what is queued for them can be sent. */
export async function devicesToAsk(client: PoolClient, filter: QueueFilter): Promise<number[]> {
  const { rows } = await client.query<{ deviceId: number }>(
    `select distinct a.device_id as "deviceId"
       from command c
       join actuator a on a.id = c.actuator_id
       left join device_link l on l.device_id = a.device_id
      where ${IS_QUEUED} and not ${IS_READY}`,
    [filter.deviceIds, filter.greetedIds, filter.maxSampleAgeMs],
  );
  return rows.map(({ deviceId }) => deviceId);
}

export interface FirstTransmission {
  readonly id: string;
  readonly payload: string;
}

/** Committed before the bytes leave: from here on the device may have them. */
export async function markDispatching(client: PoolClient, sent: readonly FirstTransmission[]): Promise<void> {
  await client.query(
    `update command c
        set state = 'DISPATCHING', payload = s.payload, sent_at = clock_timestamp(), transmissions = 1
       from unnest($1::uuid[], $2::text[]) as s (id, payload)
      where c.id = s.id`,
    [sent.map(({ id }) => id), sent.map(({ payload }) => payload)],
  );
}

/** Devices for which something is queued. */
export async function devicesWithQueue(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ deviceId: number }>(
    `select distinct a.device_id as "deviceId" from command c join actuator a on a.id = c.actuator_id
      where c.state = 'QUEUED' and (c.deadline_at is null or c.deadline_at > clock_timestamp())`,
  );
  return rows.map(({ deviceId }) => deviceId);
}

/** The pause between transmissions stops growing after this many doublings: from 10 s to 3 hours. */
const MAX_SILENCE_DOUBLINGS = 10;

export interface Retransmission {
  readonly id: string;
  readonly deviceId: number;
  readonly payload: string;
}

/**
 * Takes commands to send again, byte for byte, to devices with a session: those silent for `silentMs`, twice as long after
 * each transmission, and all of a device that has just come. Before the deadline only; what never starts anything has none.
 */
export async function takeRetransmissions(
  client: PoolClient,
  cameBack: readonly number[],
  silentMs: number,
  limit: number,
): Promise<Retransmission[]> {
  const { rows } = await client.query<Retransmission>(
    `with silent as (
       select c.id, a.device_id
         from command c
         join actuator a on a.id = c.actuator_id
         join device_link l on l.device_id = a.device_id and l.is_connected
        where c.state = 'DISPATCHING' and (c.deadline_at is null or c.deadline_at > clock_timestamp())
          and (a.device_id = any($1) or c.sent_at < clock_timestamp()
                 - $2 * interval '1 millisecond' * (2 ^ least(c.transmissions - 1, ${MAX_SILENCE_DOUBLINGS})))
        order by c.sent_at
        limit $3
          for update of c skip locked)
     update command c set sent_at = clock_timestamp(), transmissions = c.transmissions + 1
       from silent where c.id = silent.id
     returning c.id, silent.device_id as "deviceId", c.payload`,
    [cameBack, silentMs, limit],
  );
  return rows;
}
