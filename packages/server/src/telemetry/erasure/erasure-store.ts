import type { Queryable } from "../telemetry-store.ts";
import { OF_ORGANIZATION } from "./pending-erasures.ts";

export type ErasureState = "requested" | "running" | "done";

/** A request, and what became of it so far: its receipt. */
export interface Erasure {
  readonly id: number;
  /** Its uid; null: all devices of the organization. */
  readonly device: string | null;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly state: ErasureState;
  readonly doneAt: Date | null;
  readonly partsRewritten: number;
  readonly messages: number;
  readonly bytes: number;
  /** By partition: what came in generations up to this one goes. */
  readonly until: readonly { readonly partition: number; readonly generation: number }[];
}

const RECEIPT = `select id::float8 as id, (select uid from device where device.id = device_id) as device, reason,
    requested_by as "requestedBy", requested_at as "requestedAt", state, done_at as "doneAt",
    parts_rewritten as "partsRewritten", messages::float8 as messages, bytes::float8 as bytes,
    (select coalesce(json_agg(json_build_object('partition', partition, 'generation', until_generation) order by partition), '[]')
       from erasure_partition where erasure_id = id) as until
  from erasure where organization_id = $1`;

export async function listErasures(
  db: Queryable,
  organizationId: number,
  beforeId: number | undefined,
  limit: number,
): Promise<Erasure[]> {
  const { rows } = await db.query<Erasure>(
    `${RECEIPT} and ($2::bigint is null or id < $2) order by erasure.id desc limit $3`,
    [organizationId, beforeId ?? null, limit],
  );
  return rows;
}

export async function findErasure(db: Queryable, organizationId: number, id: number): Promise<Erasure | undefined> {
  const { rows } = await db.query<Erasure>(`${RECEIPT} and erasure.id = $2`, [organizationId, id]);
  return rows[0];
}

export interface NewErasure {
  readonly organizationId: number;
  /** Null: all devices of the organization. */
  readonly deviceId: number | null;
  readonly reason: string;
  readonly requestedBy: string;
}

/** Inside a transaction. Everything in generations that are open or closed by now is to go. */
export async function insertErasure(db: Queryable, erasure: NewErasure): Promise<number> {
  const { organizationId, deviceId, reason, requestedBy } = erasure;
  // One after the other, so that ids are in the order of commits: a part knows only the newest that it was looked through for.
  await db.query("lock table erasure in share row exclusive mode");
  const { rows } = await db.query<{ id: number }>(
    `insert into erasure (organization_id, device_id, reason, requested_by) values ($1, $2, $3, $4) returning id::float8 as id`,
    [organizationId, deviceId, reason, requestedBy],
  );
  const { id } = rows[0]!;
  await db.query(
    `insert into erasure_partition (erasure_id, partition, until_generation)
     select $1, partition, max(number) from generation where state <> 'ready' group by partition`,
    [id],
  );
  return id;
}

/** Why nothing of these profiles may go, by the profile's key. */
export async function findHolds(
  db: Queryable,
  organizationId: number,
  profileId: number | undefined,
): Promise<{ readonly profile: string; readonly reason: string }[]> {
  const { rows } = await db.query<{ profile: string; reason: string }>(
    `select key as profile, hold_reason as reason from retention join device_profile on id = profile_id
      where organization_id = $1 and ($2::int is null or profile_id = $2) and hold_reason is not null
      order by key for share of retention`,
    [organizationId, profileId ?? null],
  );
  return rows;
}

const OF_ERASURE = `(device_id between part.min_device and part.max_device or ${OF_ORGANIZATION})`;

/**
 * Ends those of which nothing is left: no table of a generation up to theirs, no part that may hold them and was not looked
 * through, no file that waits to be deleted, no newest value. The number of them.
 */
export async function finishErasures(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `update erasure set state = 'done', done_at = clock_timestamp()
      where state <> 'done' and not exists (
        select 1 from erasure_partition as erased
         where erasure_id = erasure.id
           and (latest_forgotten_at is null
             or exists (select 1 from generation
                         where generation.partition = erased.partition and number <= until_generation
                           and state <> 'ready' and dropped_at is null)
             or exists (select 1 from part
                         where part.partition = erased.partition and part.generation <= until_generation and ${OF_ERASURE}
                           and (state = 'writing'
                             or state = 'live' and (erased_through < erasure.id
                                                    or raw_dropped_at is not null and raw_deleted_at is null)
                             or state in ('replaced', 'abandoned') and deleted_at is null))))`,
  );
  return rowCount ?? 0;
}
