import type { ClientBase, Pool, QueryResultRow } from "pg";
import { ADVISORY_LOCKS } from "../platform/advisory-locks.ts";
import type { Slice } from "./slice.ts";

/** Anything that runs a query: a pool, or a client inside a transaction. */
export type Queryable = Pick<ClientBase, "query"> | Pick<Pool, "query">;

/** A slice as it stands in its generation's table. */
export interface StoredSlice extends Slice {
  readonly generation: number;
  readonly seq: number;
}

export interface Generation {
  readonly number: number;
  readonly state: "ready" | "open" | "closed" | "settling" | "settled";
  readonly messages: number;
  readonly openedMicros: number;
}

/** Which small slices a merged one replaces. */
export interface SliceReplacement {
  readonly profileId: number;
  readonly seqs: readonly number[];
}

/** States in which a generation is read from its table. */
const HOT: readonly Generation["state"][] = ["open", "closed", "settling"];

const SLICE_COLUMNS = "seq, ordinal, profile, min_device, max_device, min_micros, max_micros, rows, has_versions, body";
const PARAMETERS_PER_SLICE = 10;
/** PostgreSQL takes 65,535 parameters; fewer rows a statement keep its plan small. */
const MAX_SLICES_PER_INSERT = 64;

/** Generations that are closed and not in parts yet. */
export async function countUnsettled(db: Queryable, partition: number): Promise<number> {
  const { rows } = await db.query(
    "select count(*)::int as unsettled from generation where partition = $1 and state in ('closed', 'settling')",
    [partition],
  );
  return rows[0].unsettled;
}

export function sliceTable(partition: number, generation: number): string {
  return `slice_${partition}_${generation}`;
}

/**
 * Makes the next generation's table ahead of time, outside any flush. An owner that is being taken over may be at it at the same
 * time, and `if not exists` does not see what is not committed yet: hence the lock.
 */
export async function createGeneration(db: Queryable, partition: number, number: number): Promise<void> {
  const table = sliceTable(partition, number);
  await db.query(
    `select pg_advisory_xact_lock(${ADVISORY_LOCKS.newGeneration.join(", ")});
     create table if not exists ${table} (
       seq bigint not null, ordinal smallint not null, profile int not null,
       min_device int not null, max_device int not null, min_micros bigint not null, max_micros bigint not null,
       rows int not null, has_versions boolean not null, body bytea not null);
     -- The body is compressed already: trying again costs time and gains nothing.
     alter table ${table} alter column body set storage external;
     insert into generation (partition, number, state) values (${partition}, ${number}, 'ready') on conflict do nothing`,
  );
}

export async function listGenerations(db: Queryable, partition: number): Promise<Generation[]> {
  const { rows } = await db.query(
    `select number, state, messages, coalesce(extract(epoch from opened_at) * 1000000, 0)::float8 as opened_micros
       from generation where partition = $1 order by number`,
    [partition],
  );
  return rows.map((row) => ({
    number: row.number,
    state: row.state,
    messages: Number(row.messages),
    openedMicros: row.opened_micros,
  }));
}

export async function openGeneration(db: Queryable, partition: number, number: number, seq: number): Promise<void> {
  await db.query(
    `update generation set state = 'open', first_seq = $3, opened_at = clock_timestamp()
      where partition = $1 and number = $2 and state = 'ready'`,
    [partition, number, seq],
  );
}

export async function closeGeneration(
  db: Queryable,
  partition: number,
  number: number,
  lastSeq: number,
  messages: number,
): Promise<void> {
  await db.query(
    `update generation set state = 'closed', last_seq = $3, messages = $4, closed_at = clock_timestamp(),
            (min_micros, max_micros) =
              (select min(min_micros), max(max_micros) from ${sliceTable(partition, number)})
      where partition = $1 and number = $2 and state = 'open'`,
    [partition, number, lastSeq, messages],
  );
}

export async function insertSlices(
  db: Queryable,
  partition: number,
  generation: number,
  seq: number,
  slices: readonly Slice[],
): Promise<void> {
  const table = sliceTable(partition, generation);
  for (let from = 0; from < slices.length; from += MAX_SLICES_PER_INSERT) {
    const piece = slices.slice(from, from + MAX_SLICES_PER_INSERT);
    const places = piece.map((_, i) => `(${placeholders(i * PARAMETERS_PER_SLICE, PARAMETERS_PER_SLICE)})`);
    await db.query(
      `insert into ${table} (${SLICE_COLUMNS}) values ${places.join(", ")}`,
      piece.flatMap((slice) => [
        seq,
        slice.ordinal,
        slice.profileId,
        slice.minDevice,
        slice.maxDevice,
        slice.minMicros,
        slice.maxMicros,
        slice.rows,
        slice.hasVersions,
        asBuffer(slice.body),
      ]),
    );
  }
}

function placeholders(offset: number, count: number): string {
  return Array.from({ length: count }, (_, i) => `$${offset + i + 1}`).join(", ");
}

export async function deleteSlices(
  db: Queryable,
  partition: number,
  generation: number,
  replaced: SliceReplacement,
): Promise<void> {
  await db.query(`delete from ${sliceTable(partition, generation)} where profile = $1 and seq = any($2::bigint[])`, [
    replaced.profileId,
    replaced.seqs,
  ]);
}

/** All slices of a generation in arrival order, a page at a time so that a start needs little memory. */
export async function* readGeneration(
  db: Queryable,
  partition: number,
  generation: number,
  pageSize = 256,
): AsyncGenerator<StoredSlice[]> {
  let seq = -1;
  let profile = -1;
  let ordinal = -1;
  while (true) {
    const { rows } = await db.query(
      `select ${SLICE_COLUMNS} from ${sliceTable(partition, generation)}
        where (seq, profile, ordinal) > ($1, $2, $3) order by seq, profile, ordinal limit $4`,
      [seq, profile, ordinal, pageSize],
    );
    if (rows.length === 0) return;
    const last = rows.at(-1);
    seq = Number(last.seq);
    profile = last.profile;
    ordinal = last.ordinal;
    yield rows.map((row) => toStoredSlice(row, generation));
  }
}

/** Slices that may hold readings of a device in a time range, in arrival order, out of the generations in such a state. */
export async function findSlices(
  db: Queryable,
  partition: number,
  deviceId: number,
  fromMicros: number,
  toMicros: number,
  states: readonly Generation["state"][] = HOT,
): Promise<StoredSlice[]> {
  const generations = await findGenerations(db, partition, fromMicros, toMicros, states);
  if (generations.length === 0) return [];
  const parts = generations.map(
    (number) =>
      `select ${number}::int as generation, ${SLICE_COLUMNS} from ${sliceTable(partition, number)}
        where min_device <= $1 and max_device >= $1 and max_micros >= $2 and min_micros < $3`,
  );
  const { rows } = await db.query(`${parts.join(" union all ")} order by generation, seq, profile, ordinal`, [
    deviceId,
    fromMicros,
    toMicros,
  ]);
  return rows.map((row) => toStoredSlice(row, row.generation));
}

/** `toMicros` is exclusive. Devices, a profile, or both: what is absent does not narrow. */
export interface ReadingRange {
  readonly deviceIds?: readonly number[] | undefined;
  readonly profileId?: number | undefined;
  /** Whoever asks: settled readings of another organization are not theirs, whatever devices they name. */
  readonly organizationId?: number | undefined;
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** Slices that may hold readings of a range, in arrival order. */
export async function findTail(db: Queryable, partition: number, range: ReadingRange): Promise<StoredSlice[]> {
  const rows = await selectTail(db, partition, range, SLICE_COLUMNS);
  return rows.map((row) => toStoredSlice(row, row.generation));
}

/** A slice without its readings. */
export interface SliceExtent extends Pick<Slice, "minMicros" | "maxMicros" | "rows"> {
  readonly bytes: number;
}

/** What `findTail` would read. */
export async function findTailExtent(db: Queryable, partition: number, range: ReadingRange): Promise<SliceExtent[]> {
  const columns = "seq, ordinal, profile, min_micros, max_micros, rows, octet_length(body) as bytes";
  return (await selectTail(db, partition, range, columns)).map(({ min_micros, max_micros, rows, bytes }) => ({
    ...{ minMicros: Number(min_micros), maxMicros: Number(max_micros), rows, bytes },
  }));
}

// biome-ignore lint/suspicious/noExplicitAny: a row is as wide as the columns that are asked for.
type TailRow = any;

async function selectTail(
  db: Queryable,
  partition: number,
  { deviceIds, profileId, fromMicros, toMicros }: ReadingRange,
  columns: string,
): Promise<TailRow[]> {
  const found: TailRow[] = [];
  const generations = await findGenerations(db, partition, fromMicros, toMicros);
  for (let at = 0; at < generations.length; at += TABLES_PER_STATEMENT) {
    const some = generations.slice(at, at + TABLES_PER_STATEMENT);
    const selects = some.map(
      (generation) =>
        `select ${generation} as generation, ${columns} from ${sliceTable(partition, generation)}
          where max_micros >= $1 and min_micros < $2 and ($3::int is null or profile = $3)
            and ($4::int[] is null
                 or exists (select 1 from unnest($4::int[]) as device where device between min_device and max_device))`,
    );
    const { rows } = await db.query(`${selects.join(" union all ")} order by generation, seq, profile, ordinal`, [
      fromMicros,
      toMicros,
      profileId ?? null,
      deviceIds ?? null,
    ]);
    for (const row of rows) found.push(row);
  }
  return found;
}

/** All there are, unless settling has fallen far behind: a statement over more takes long to plan. */
const TABLES_PER_STATEMENT = 64;

/** Generations that may hold readings in a time range, in order. */
async function findGenerations(
  db: Queryable,
  partition: number,
  fromMicros: number,
  toMicros: number,
  states: readonly Generation["state"][] = HOT,
): Promise<number[]> {
  const { rows } = await db.query(
    `select number from generation
      where partition = $1 and state = any($2) and (state = 'open' or (max_micros >= $3 and min_micros < $4))
      order by number`,
    [partition, states, fromMicros, toMicros],
  );
  return rows.map(({ number }) => number);
}

/** Of which devices and when: `toMicros` is exclusive. */
export interface SliceRange {
  readonly deviceIds: readonly number[];
  readonly fromMicros: number;
  readonly toMicros: number;
}

export interface SliceHead {
  readonly minMicros: number;
  readonly rows: number;
}

const OF_RANGE = `max_micros >= $2 and min_micros < $3
   and exists (select 1 from unnest($1::int[]) as device where device between min_device and max_device)`;

/** How large the slices are that may hold readings of some devices in a time range, and when they begin. */
export async function readSliceHeads(db: Queryable, partition: number, range: SliceRange): Promise<SliceHead[]> {
  const { deviceIds, fromMicros, toMicros } = range;
  const heads: SliceHead[] = [];
  for (const generation of await findGenerations(db, partition, fromMicros, toMicros)) {
    const { rows } = await db.query<SliceHead>(
      `select min_micros::float8 as "minMicros", rows from ${sliceTable(partition, generation)} where ${OF_RANGE}`,
      [deviceIds, fromMicros, toMicros],
    );
    for (const head of rows) heads.push(head);
  }
  return heads;
}

/** Slices that may hold readings of some devices in a time range, in arrival order. */
export async function readSlicesBetween(
  db: Queryable,
  partition: number,
  { deviceIds, fromMicros, toMicros }: SliceRange,
): Promise<Pick<Slice, "body">[]> {
  const slices: Pick<Slice, "body">[] = [];
  for (const generation of await findGenerations(db, partition, fromMicros, toMicros)) {
    const { rows } = await db.query<Pick<Slice, "body">>(
      `select body from ${sliceTable(partition, generation)} where ${OF_RANGE} order by seq, profile, ordinal`,
      [deviceIds, fromMicros, toMicros],
    );
    for (const slice of rows) slices.push(slice);
  }
  return slices;
}

/** Gives the room of replaced slices back to the next ones; waits for nobody and holds nobody up. */
export async function vacuumGeneration(db: Queryable, partition: number, generation: number): Promise<void> {
  await db.query(`vacuum (truncate false) ${sliceTable(partition, generation)}`);
}

export interface LastBody {
  readonly profileId: number;
  readonly body: Uint8Array;
}

export async function insertDeviceLast(
  db: Queryable,
  partition: number,
  generation: number,
  isFull: boolean,
  slices: readonly Slice[],
): Promise<void> {
  for (const [chunk, slice] of slices.entries()) {
    await db.query(
      `insert into device_last (partition, generation, chunk, is_full, profile, min_device, max_device, body)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [partition, generation, chunk, isFull, slice.profileId, slice.minDevice, slice.maxDevice, asBuffer(slice.body)],
    );
  }
}

/** From the newest full snapshot on, in the order in which they must be applied; optionally of one device only. */
export async function readDeviceLast(db: Queryable, partition: number, deviceId?: number): Promise<LastBody[]> {
  const { rows } = await db.query(
    `select profile, body from device_last
      where partition = $1 and generation >= coalesce(
              (select max(generation) from device_last where partition = $1 and is_full), 0)
        and ($2::int is null or (min_device <= $2 and max_device >= $2))
      order by generation, chunk`,
    [partition, deviceId ?? null],
  );
  return rows.map((row) => ({ profileId: row.profile, body: row.body }));
}

/** Whose latest values are asked for: some devices, or all devices of some profiles. */
export type LatestOf = { readonly deviceIds: readonly number[] } | { readonly profileIds: readonly number[] };

/** Bodies in memory at once while latest values are read. */
const BODIES_A_FETCH = 256;

/**
 * Snapshots of closed generations and the slices since, in the order in which they must be applied, some at a time: all of them
 * may be as much as a generation is. Within a transaction.
 */
export async function* readLatestBodies(db: Queryable, partition: number, of: LatestOf): AsyncGenerator<LastBody[]> {
  const isOfDevices = "deviceIds" in of;
  const isWanted = isOfDevices
    ? "exists (select 1 from unnest($2::int[]) as device where device between min_device and max_device)"
    : "profile = any($2::int[])";
  const ids = isOfDevices ? of.deviceIds : of.profileIds;
  yield* fetchBodies<LastBody>(
    db,
    `select profile as "profileId", body from device_last
      where partition = $1 and generation >= coalesce(
              (select max(generation) from device_last where partition = $1 and is_full), 0)
        and ${isWanted}
      order by generation, chunk`,
    [partition, ids],
  );
  for (const generation of await findGenerations(db, partition, 0, Number.MAX_SAFE_INTEGER, ["open"])) {
    yield* fetchBodies<LastBody>(
      db,
      `select profile as "profileId", body from ${sliceTable(partition, generation)}
        where $1::int is not null and ${isWanted} order by seq, profile, ordinal`,
      [partition, ids],
    );
  }
}

async function* fetchBodies<Row extends QueryResultRow>(
  db: Queryable,
  query: string,
  values: readonly unknown[],
): AsyncGenerator<Row[]> {
  await db.query(`declare body no scroll cursor for ${query}`, [...values]);
  for (;;) {
    const { rows } = await db.query<Row>(`fetch ${BODIES_A_FETCH} from body`);
    if (rows.length > 0) yield rows;
    if (rows.length < BODIES_A_FETCH) break;
  }
  await db.query("close body");
}

/** Removes what a start no longer reads: snapshots before the newest full one. */
export async function pruneDeviceLast(db: Queryable, partition: number): Promise<void> {
  await db.query(
    `delete from device_last where partition = $1 and generation <
       (select max(generation) from device_last where partition = $1 and is_full)`,
    [partition],
  );
}

/**
 * Bytes that readings take: the tables of generations that are not settled, indexes and TOAST included, and parts with their
 * sidecars; for benchmarks and `doctor`.
 */
export async function storedBytes(db: Queryable): Promise<number> {
  const { rows } = await db.query(
    `select (coalesce((select sum(pg_total_relation_size(format('slice_%s_%s', partition, number)::regclass))
                         from generation where state = any($1)), 0)
           + coalesce((select sum(bytes + sidecar_bytes) from part where state = 'live'), 0))::float8 as bytes`,
    [HOT],
  );
  return rows[0].bytes;
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it
function toStoredSlice(row: any, generation: number): StoredSlice {
  return {
    generation,
    seq: Number(row.seq),
    ordinal: row.ordinal,
    profileId: row.profile,
    minDevice: row.min_device,
    maxDevice: row.max_device,
    minMicros: Number(row.min_micros),
    maxMicros: Number(row.max_micros),
    rows: row.rows,
    hasVersions: row.has_versions,
    body: row.body,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
