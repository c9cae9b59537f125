import { AWAITS_ERASURE } from "../erasure/pending-erasures.ts";
import { type Queryable, sliceTable } from "../telemetry-store.ts";
import { MAY_BE_TRIED } from "./trouble-store.ts";
import { contentBytes, FRAME_HEADER_BYTES } from "./zstd-frame.ts";

/** How far a part is merged: of one generation, of a UTC day, of a UTC month. */
export type PartSpan = "generation" | "day" | "month";

/** A part that is about to be written. */
export interface NewPart {
  readonly organizationId: number;
  readonly profileId: number;
  readonly partition: number;
  readonly span: PartSpan;
  readonly generation: number;
  readonly sequence: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly hasVersions: boolean;
  readonly messages: number;
  readonly name: string;
  readonly sidecarName: string;
  /** Erasures up to this one hold nothing in it any more. */
  readonly erasedThrough: number;
}

/** What is known of a part once its files are in the store. */
export interface WrittenPart {
  readonly id: number;
  readonly messages: number;
  readonly readings: number;
  readonly bytes: number;
  readonly checksum: string;
  /** Of the end of the file alone, which tells what is in it. */
  readonly footerChecksum: string;
  readonly sidecarBytes: number;
  readonly sidecarChecksum: string;
  readonly sidecarFooterChecksum: string;
}

export interface LivePart {
  readonly id: number;
  readonly organizationId: number;
  readonly profileId: number;
  readonly span: PartSpan;
  readonly generation: number;
  readonly sequence: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly hasVersions: boolean;
  readonly messages: number;
  readonly readings: number;
  readonly bytes: number;
  readonly checksum: string;
  readonly name: string;
  readonly liveMicros: number;
  readonly erasedThrough: number;
  /** False: its readings were dropped, are to be erased, or could not be merged a moment ago. */
  readonly isMergeable: boolean;
}

/**
 * The oldest generation that is not settled, now settling; undefined when all are, or when it has to wait after a failure. In
 * order, so that later ones are later.
 */
export async function claimGeneration(db: Queryable, partition: number): Promise<number | undefined> {
  const { rows } = await db.query(
    `update generation set state = 'settling'
      where partition = $1 and state in ('closed', 'settling')
        and number = (select min(number) from generation where partition = $1 and state in ('open', 'closed', 'settling'))
        and ${MAY_BE_TRIED}
      returning number`,
    [partition],
  );
  return rows[0]?.number;
}

/** Whether a generation could be claimed now: one that failed a moment ago holds up those after it, and nothing else. */
export async function hasClaimable(db: Queryable, partition: number): Promise<boolean> {
  const { rows } = await db.query<{ isDue: boolean }>(
    `select ${MAY_BE_TRIED} as "isDue" from generation
      where partition = $1 and state in ('closed', 'settling') order by number limit 1`,
    [partition],
  );
  return rows[0]?.isDue ?? false;
}

export interface SliceSummary {
  readonly profileId: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly rows: number;
  /** What its body takes once it is decompressed. */
  readonly openBytes: number;
}

/** Where a body does not say what it holds. */
const LIKELY_INFLATION = 5;

/** What lies in a generation, without its bodies, by profile. */
export async function readSliceSummaries(
  db: Queryable,
  partition: number,
  generation: number,
): Promise<Map<number, SliceSummary[]>> {
  const { rows } = await db.query<Omit<SliceSummary, "openBytes"> & { header: Uint8Array; bytes: number }>(
    `select profile as "profileId", min_device as "minDevice", max_device as "maxDevice", rows,
            substring(body for ${FRAME_HEADER_BYTES}) as header, octet_length(body) as bytes
       from ${sliceTable(partition, generation)} order by profile, min_device`,
  );
  const summaries = rows.map(({ header, bytes, ...slice }) => ({
    ...slice,
    openBytes: contentBytes(header) ?? bytes * LIKELY_INFLATION,
  }));
  return Map.groupBy(summaries, ({ profileId }) => profileId);
}

export interface DeviceRange {
  readonly profileId: number;
  /** Inclusive, both. */
  readonly minDevice: number;
  readonly maxDevice: number;
}

/** Bodies of slices that touch a range of devices, in the order of arrival, a page at a time. */
export async function* readBodies(
  db: Queryable,
  partition: number,
  generation: number,
  { profileId, minDevice, maxDevice }: DeviceRange,
  pageSize = 128,
): AsyncGenerator<Uint8Array[]> {
  let seq = -1;
  let ordinal = -1;
  for (;;) {
    const { rows } = await db.query(
      `select seq, ordinal, body from ${sliceTable(partition, generation)}
        where profile = $1 and min_device <= $3 and max_device >= $2 and (seq, ordinal) > ($4, $5)
        order by seq, ordinal limit $6`,
      [profileId, minDevice, maxDevice, seq, ordinal, pageSize],
    );
    if (rows.length === 0) return;
    seq = Number(rows.at(-1).seq);
    ordinal = rows.at(-1).ordinal;
    yield rows.map(({ body }) => body);
  }
}

/** The keys of a profile's metrics by their numbers, and whose profile it is; 0: nobody's any more. */
export async function readProfile(
  db: Queryable,
  profileId: number,
): Promise<{ organizationId: number; keys: Map<number, string> }> {
  const { rows: profiles } = await db.query(
    'select organization_id as "organizationId" from device_profile where id = $1',
    [profileId],
  );
  const { rows } = await db.query("select number, key from profile_metric where profile_id = $1 order by number", [
    profileId,
  ]);
  return {
    organizationId: profiles[0]?.organizationId ?? 0,
    keys: new Map(rows.map(({ number, key }) => [number, key])),
  };
}

const NEW_PART_COLUMNS = `organization_id, profile_id, partition, span, generation, sequence, min_device, max_device,
  min_micros, max_micros, has_versions, messages, readings, name, sidecar_name, writer, erased_through`;

/** Commits before the first byte of the file: a file without a row belongs to nobody. */
export async function insertPart(db: Queryable, part: NewPart, writer: string): Promise<number> {
  const { rows } = await db.query(
    `insert into part (${NEW_PART_COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, $15, $16) returning id::float8 as id`,
    [
      part.organizationId,
      part.profileId,
      part.partition,
      part.span,
      part.generation,
      part.sequence,
      part.minDevice,
      part.maxDevice,
      part.minMicros,
      part.maxMicros,
      part.hasVersions,
      part.messages,
      part.name,
      part.sidecarName,
      writer,
      part.erasedThrough,
    ],
  );
  return rows[0].id;
}

/** writing → live; the answer is how many were still writing, and anything less must be rolled back. */
export async function goLive(db: Queryable, parts: readonly WrittenPart[]): Promise<number> {
  const { rowCount } = await db.query(
    `update part set state = 'live', live_at = clock_timestamp(), messages = w.messages, readings = w.readings,
            bytes = w.bytes, checksum = w.checksum, sidecar_bytes = w.sidecar_bytes, sidecar_checksum = w.sidecar_checksum,
            footer_checksum = w.footer_checksum, sidecar_footer_checksum = w.sidecar_footer_checksum
       from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[])
            as w (id, messages, readings, bytes, checksum, sidecar_bytes, sidecar_checksum, footer_checksum, sidecar_footer_checksum)
      where part.id = w.id and part.state = 'writing'`,
    [
      parts.map(({ id }) => id),
      parts.map(({ messages }) => messages),
      parts.map(({ readings }) => readings),
      parts.map(({ bytes }) => bytes),
      parts.map(({ checksum }) => checksum),
      parts.map(({ sidecarBytes }) => sidecarBytes),
      parts.map(({ sidecarChecksum }) => sidecarChecksum),
      parts.map(({ footerChecksum }) => footerChecksum),
      parts.map(({ sidecarFooterChecksum }) => sidecarFooterChecksum),
    ],
  );
  return rowCount ?? 0;
}

/**
 * The compare-and-set that ends a generation, inside a transaction: all of its parts go live and it is settled. False: some
 * part was abandoned, or the generation has been settled by another; then nothing may be kept of it.
 */
export async function settleParts(
  db: Queryable,
  partition: number,
  generation: number,
  parts: readonly WrittenPart[],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update generation set state = 'settled', settled_at = clock_timestamp(), error = null, retry_at = null
      where partition = $1 and number = $2 and state = 'settling'`,
    [partition, generation],
  );
  return rowCount === 1 && (await goLive(db, parts)) === parts.length;
}

/** The compare-and-set of a compaction, inside a transaction. False: something has changed; nothing may be kept of it. */
export async function replaceParts(db: Queryable, replacedIds: readonly number[], by: WrittenPart): Promise<boolean> {
  const { rowCount } = await db.query(
    `update part set state = 'replaced', replaced_at = clock_timestamp(), replaced_by = $2
      where id = any($1::bigint[]) and state = 'live' and raw_dropped_at is null`,
    [replacedIds, by.id],
  );
  return rowCount === replacedIds.length && (await goLive(db, [by])) === 1;
}

/** A part that retention made of others: of its readings nothing is left, of its quarter-hours days or months of a zone. */
export interface CoarsePart {
  readonly id: number;
  readonly readings: number;
  readonly interval: "day" | "month";
  readonly zone: string;
  readonly sidecarBytes: number;
  readonly sidecarChecksum: string;
  readonly sidecarFooterChecksum: string;
}

/** The compare-and-set of retention, inside a transaction. False: something has changed; nothing may be kept of it. */
export async function replaceByCoarser(
  db: Queryable,
  replacedIds: readonly number[],
  by: CoarsePart,
): Promise<boolean> {
  const replaced = await db.query(
    `update part set state = 'replaced', replaced_at = clock_timestamp(), replaced_by = $2
      where id = any($1::bigint[]) and state = 'live' and raw_dropped_at is not null`,
    [replacedIds, by.id],
  );
  const live = await db.query(
    `update part set state = 'live', live_at = clock_timestamp(), readings = $2, bytes = 0, checksum = '', footer_checksum = '',
            sidecar_bytes = $3, sidecar_checksum = $4, sidecar_footer_checksum = $5, sidecar_interval = $6, sidecar_zone = $7,
            raw_dropped_at = clock_timestamp(), raw_deleted_at = clock_timestamp()
      where id = $1 and state = 'writing'`,
    [by.id, by.readings, by.sidecarBytes, by.sidecarChecksum, by.sidecarFooterChecksum, by.interval, by.zone],
  );
  return replaced.rowCount === replacedIds.length && live.rowCount === 1;
}

/** What a writer that is gone has left in a partition. Only whoever holds the partition's settling lock may say so. */
export async function abandonParts(db: Queryable, partition: number, writer: string): Promise<number> {
  const { rowCount } = await db.query(
    `update part set state = 'abandoned', replaced_at = clock_timestamp(), error = 'its writer was gone'
      where partition = $1 and state = 'writing' and writer <> $2`,
    [partition, writer],
  );
  return rowCount ?? 0;
}

/** What this writer itself gave up. */
export async function abandonPart(db: Queryable, id: number, error: string): Promise<void> {
  await db.query(
    `update part set state = 'abandoned', replaced_at = clock_timestamp(), error = $2 where id = $1 and state = 'writing'`,
    [id, error],
  );
}

const LIVE_COLUMNS = `id::float8 as id, organization_id as "organizationId", profile_id as "profileId", span, generation,
  sequence::float8 as sequence, min_device as "minDevice", max_device as "maxDevice", min_micros::float8 as "minMicros",
  max_micros::float8 as "maxMicros", has_versions as "hasVersions", messages::float8 as messages,
  readings::float8 as readings, bytes::float8 as bytes, checksum, name,
  erased_through::float8 as "erasedThrough", (extract(epoch from live_at) * 1000000)::float8 as "liveMicros",
  raw_dropped_at is null and ${MAY_BE_TRIED}
    and not ${AWAITS_ERASURE} as "isMergeable"`;

/** Live parts of which there are several of one profile and UTC month, in the order of arrival. */
export async function readNeighbours(db: Queryable, partition: number): Promise<LivePart[]> {
  const { rows } = await db.query<LivePart>(
    `select * from (
       select ${LIVE_COLUMNS},
              count(*) over (partition by profile_id,
                             date_trunc('month', to_timestamp(min_micros / 1000000) at time zone 'UTC')) as among
         from part where partition = $1 and state = 'live') as live
      where among > 1 order by sequence`,
    [partition],
  );
  return rows;
}

export interface DoomedObject {
  readonly id: number;
  /** Of the part: all of it, or its readings alone. */
  readonly what: "part" | "raw";
  readonly names: readonly string[];
}

/** Objects that nobody can be reading any more. */
export async function readDoomed(db: Queryable, graceMs: number, limit: number): Promise<DoomedObject[]> {
  const { rows } = await db.query<DoomedObject>(
    `select id::float8 as id, 'part' as what, array[name, sidecar_name] as names from part
      where state in ('replaced', 'abandoned') and deleted_at is null
        and replaced_at < clock_timestamp() - make_interval(secs => $1)
     union all
     select id::float8, 'raw', array[name] from part
      where state = 'live' and raw_deleted_at is null
        and raw_dropped_at < clock_timestamp() - make_interval(secs => $1)
      -- The earlier first: of what a hold takes back in the middle of it, the later ones are then still readings.
      order by id limit $2`,
    [graceMs / 1000, limit],
  );
  return rows;
}

/** From here on a hold cannot take the part back. False: it has done so. */
export async function claimDoomed(db: Queryable, { id }: DoomedObject): Promise<boolean> {
  const { rowCount } = await db.query(
    `update part set deleting_at = clock_timestamp()
      where id = $1 and state in ('replaced', 'abandoned') and deleted_at is null`,
    [id],
  );
  return rowCount === 1;
}

/** False: it is no more to go. */
export async function markDeleted(db: Queryable, { id, what }: DoomedObject): Promise<boolean> {
  const { rowCount } = await db.query(
    what === "part"
      ? "update part set deleted_at = clock_timestamp() where id = $1"
      : `update part set raw_deleted_at = clock_timestamp()
          where id = $1 and raw_dropped_at is not null and raw_deleted_at is null`,
    [id],
  );
  return rowCount === 1;
}

/** Which of these names of objects some part still needs, or may still be writing. */
export async function readNeededNames(db: Queryable, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ name: string }>(
    `select name from part where name = any($1) and deleted_at is null and raw_deleted_at is null
     union all
     select sidecar_name from part where sidecar_name = any($1) and deleted_at is null`,
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

/** By which graces are judged. */
export async function readDatabaseMs(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ ms: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
  );
  return rows[0]!.ms;
}

/** Which of these names some part ever had. */
export async function readKnownNames(db: Queryable, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ name: string }>(
    `select name from part where name = any($1) union all select sidecar_name from part where sidecar_name = any($1)`,
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Some of the newest and of the oldest. */
export async function readSomeLiveSidecars(db: Queryable, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `(select sidecar_name as name from part where state = 'live' order by id desc limit $1)
     union
     (select sidecar_name as name from part where state = 'live' order by id limit $1)`,
    [limit],
  );
  return rows.map(({ name }) => name);
}

/** What queries may open: more than `limit` are answered as `limit + 1`. */
export async function readLiveNames(db: Queryable, what: "raw" | "sidecar", limit: number): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    what === "raw"
      ? "select name from part where state = 'live' and raw_dropped_at is null limit $1"
      : "select sidecar_name as name from part where state = 'live' limit $1",
    [limit + 1],
  );
  return rows.map(({ name }) => name);
}

/** Says of live parts that files of theirs are missing, and no more of those that have them again. */
export async function noteMissing(db: Queryable, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    `update part set error = $2
      where state = 'live' and ((name = any($1) and raw_dropped_at is null) or sidecar_name = any($1))
      returning name`,
    [names, MISSING],
  );
  await db.query(
    `update part set error = null
      where state = 'live' and error = $2 and not (name = any($1) or sidecar_name = any($1))`,
    [names, MISSING],
  );
  return rows.map(({ name }) => name);
}

const MISSING = "a file of it is not in the object store";

/** Settled generations whose tables nobody can be reading any more. */
export async function readDroppable(db: Queryable, partition: number, graceMs: number): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>(
    `select number from generation
      where partition = $1 and state = 'settled' and dropped_at is null
        and settled_at < clock_timestamp() - make_interval(secs => $2)
      order by number`,
    [partition, graceMs / 1000],
  );
  return rows.map(({ number }) => number);
}

/** Inside a transaction. */
export async function dropGeneration(db: Queryable, partition: number, generation: number): Promise<void> {
  await db.query(`drop table if exists ${sliceTable(partition, generation)}`);
  await db.query("update generation set dropped_at = clock_timestamp() where partition = $1 and number = $2", [
    partition,
    generation,
  ]);
}

/**
 * What is said to have been settled, replaced, dropped or made in the future was so while the clock was ahead: its grace begins
 * now, for otherwise it would end when that time has come.
 */
export async function restartGraces(db: Queryable, partition: number): Promise<void> {
  const now = "clock_timestamp()";
  await db.query(
    `update generation set settled_at = ${now}
      where partition = $1 and state = 'settled' and dropped_at is null and settled_at > ${now}`,
    [partition],
  );
  await db.query(
    `update part set replaced_at = ${now}
      where partition = $1 and state in ('replaced', 'abandoned') and deleted_at is null and replaced_at > ${now}`,
    [partition],
  );
  await db.query(
    `update part set raw_dropped_at = ${now}
      where partition = $1 and state = 'live' and raw_deleted_at is null and raw_dropped_at > ${now}`,
    [partition],
  );
  await db.query(`update part set live_at = ${now} where partition = $1 and state = 'live' and live_at > ${now}`, [
    partition,
  ]);
}

/** Partitions in which something may be left to settle, compact or sweep. */
export async function listPartitions(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ partition: number }>(
    "select distinct partition from generation where dropped_at is null order by partition",
  );
  return rows.map(({ partition }) => partition);
}

/** Whether a round would settle, drop or delete something now. */
export async function hasSettlingWork(db: Queryable, graceMs: number): Promise<boolean> {
  const { rows } = await db.query(
    `select exists (select 1 from generation
                     where dropped_at is null
                       and (state in ('closed', 'settling') and not exists
                              (select 1 from (select * from generation where state = 'settling') as waiting
                                where waiting.partition = generation.partition and not ${MAY_BE_TRIED})
                            or (state = 'settled' and settled_at < clock_timestamp() - make_interval(secs => $1))))
         or exists (select 1 from part
                     where state <> 'live' and deleted_at is null
                       and coalesce(replaced_at, created_at) < clock_timestamp() - make_interval(secs => $1))
         or exists (select 1 from part
                     where state = 'live' and ${MAY_BE_TRIED} and ${AWAITS_ERASURE}
                       and not exists (select 1 from retention
                                        where profile_id = part.profile_id and hold_reason is not null)) as work`,
    [graceMs / 1000],
  );
  return rows[0].work;
}
