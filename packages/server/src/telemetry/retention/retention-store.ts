import { QUARTER_MICROS } from "../parts/part-schema.ts";
import type { Queryable } from "../telemetry-store.ts";
import { DEFAULT_RETENTION, type Retention } from "./policies.ts";

const DAY_MICROS = 86_400_000_000;

interface RetentionRow extends Omit<Retention, "hold"> {
  readonly reason: string | null;
  readonly since: Date;
}

const COLUMNS = `policy, raw_days as "rawDays", quarter_days as "quarterDays", day_days as "dayDays",
  rollup_days as "rollupDays", hold_reason as reason, held_at as since`;

export async function readRetention(db: Queryable, profileId: number): Promise<Retention> {
  const { rows } = await db.query<RetentionRow>(`select ${COLUMNS} from retention where profile_id = $1`, [profileId]);
  return rows[0] === undefined ? DEFAULT_RETENTION : fromRow(rows[0]);
}

function fromRow({ reason, since, ...rest }: RetentionRow): Retention {
  return { ...rest, hold: reason === null ? null : { reason, since } };
}

/** Inside a transaction, until whose end nobody else changes it, sets a hold or drops by it. */
export async function lockRetention(db: Queryable, profileId: number): Promise<Retention> {
  const { policy, rawDays } = DEFAULT_RETENTION;
  await db.query(
    "insert into retention (profile_id, policy, raw_days) values ($1, $2, $3) on conflict (profile_id) do nothing",
    [profileId, policy, rawDays],
  );
  await db.query("select from retention where profile_id = $1 for update", [profileId]);
  return readRetention(db, profileId);
}

export async function writeRetention(db: Queryable, profileId: number, retention: Retention): Promise<void> {
  const { policy, rawDays, quarterDays, dayDays, rollupDays, hold } = retention;
  await db.query(
    `update retention set policy = $2, raw_days = $3, quarter_days = $4, day_days = $5, rollup_days = $6,
            hold_reason = $7, held_at = $8
      where profile_id = $1`,
    [profileId, policy, rawDays, quarterDays, dayDays, rollupDays, hold?.reason ?? null, hold?.since ?? null],
  );
}

/** Inside the transaction that sets a hold: what is not deleted yet is no more to go. */
export async function takeBackDropped(db: Queryable, profileId: number): Promise<void> {
  while (await takeBackFiner(db, profileId));
  await db.query(
    `update part set state = 'live', replaced_at = null, dropped_whole_at = null
      where profile_id = $1 and state = 'replaced' and dropped_whole_at is not null and deleting_at is null
        and deleted_at is null`,
    [profileId],
  );
  await db.query(
    `update part set raw_dropped_at = null
      where profile_id = $1 and state = 'live' and raw_dropped_at is not null and raw_deleted_at is null`,
    [profileId],
  );
  await forgetNotices(db, profileId);
}

/**
 * A part of days or months goes, and those that it was made of are live again, if all of them are there yet. Of those there may
 * be some of days that were made of others: true, if any were taken back.
 */
async function takeBackFiner(db: Queryable, profileId: number): Promise<boolean> {
  // Locked, so that none of them begins to be deleted.
  const { rows } = await db.query<{ by: number; isWhole: boolean }>(
    `with finer as (
       select replaced_by, deleting_at from part
        where replaced_by in (select id from part
                               where profile_id = $1 and state = 'live' and sidecar_interval <> 'quarter')
        order by id for update)
     select replaced_by::float8 as by, bool_and(deleting_at is null) as "isWhole" from finer group by 1`,
    [profileId],
  );
  const whole = rows.filter(({ isWhole }) => isWhole).map(({ by }) => by);
  if (whole.length === 0) return false;
  await db.query(`update part set state = 'replaced', replaced_at = clock_timestamp() where id = any($1::bigint[])`, [
    whole,
  ]);
  await db.query(
    `update part set state = 'live', replaced_at = null, replaced_by = null where replaced_by = any($1::bigint[])`,
    [whole],
  );
  return true;
}

/** Parts, their bytes and readings, and the times that they span. */
export interface Doomed {
  readonly parts: number;
  readonly readings: number;
  readonly bytes: number;
  readonly fromMicros: number | null;
  readonly toMicros: number | null;
}

/** What becomes of a part: its readings go, all of it goes, its quarter-hours become days, or those months. */
export type Fate = "readings" | "rollups" | "day" | "month";
export type DoomedByRetention = Readonly<Record<Fate, Doomed>>;

/** $1: the profile, $2 to $5: the limits. Parts go whole; what becomes coarser does so a UTC month at a time. */
const MONTH_IS_OVER = `(extract(epoch from (date_trunc('month', to_timestamp(max_micros / 1000000) at time zone 'UTC')
  + interval '1 month') at time zone 'UTC') * 1000000)::bigint`;
export const IS_DUE: Readonly<Record<Fate, string>> = {
  readings: "raw_dropped_at is null and max_micros < $2",
  day: `sidecar_interval = 'quarter' and (raw_dropped_at is not null or max_micros < $2) and ${MONTH_IS_OVER} <= $3`,
  month: `sidecar_interval <> 'month' and (raw_dropped_at is not null or max_micros < $2) and ${MONTH_IS_OVER} <= $4`,
  rollups: "max_micros < $5",
};
export const FATES = `(values ('readings', ${IS_DUE.readings}), ('day', ${IS_DUE.day}), ('month', ${IS_DUE.month}),
  ('rollups', ${IS_DUE.rollups})) as fate (what, is_due)`;

/** What would go now, whatever stands in the way. */
export async function readDoomedParts(
  db: Queryable,
  profileId: number,
  retention: Retention,
  nowMicros: number,
): Promise<DoomedByRetention> {
  const { rows } = await db.query<Doomed & { what: Fate }>(
    `select what, count(*)::int as parts, coalesce(sum(readings), 0)::float8 as readings,
            coalesce(sum(case what when 'readings' then bytes
                                   when 'rollups' then sidecar_bytes + case when raw_dropped_at is null then bytes else 0 end
                                   else sidecar_bytes end), 0)::float8 as bytes,
            min(min_micros)::float8 as "fromMicros", max(max_micros)::float8 as "toMicros"
       from part cross join lateral ${FATES}
      where profile_id = $1 and state = 'live' and is_due
        -- Each part once: what goes whole needs no other end.
        and (what = 'rollups' or not (${IS_DUE.rollups})) and not (what = 'day' and ${IS_DUE.month})
      group by what`,
    [profileId, ...limits(retention, nowMicros)],
  );
  const of = (fate: Fate): Doomed => {
    const { parts, readings, bytes, fromMicros, toMicros } = rows.find(({ what }) => what === fate) ?? NOTHING;
    return { parts, readings, bytes, fromMicros, toMicros };
  };
  return { readings: of("readings"), day: of("day"), month: of("month"), rollups: of("rollups") };
}

const NOTHING: Doomed = { parts: 0, readings: 0, bytes: 0, fromMicros: null, toMicros: null };

/** Nothing is before -1: for ever. */
export function limits({ rawDays, quarterDays, dayDays, rollupDays }: Retention, nowMicros: number): number[] {
  return [rawDays, quarterDays, dayDays, rollupDays].map((days) =>
    days === null ? -1 : nowMicros - days * DAY_MICROS,
  );
}

/** Profiles that have parts, those that were deleted among them. */
export async function listProfilesWithParts(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ profileId: number }>(
    `select distinct profile_id as "profileId" from part where state = 'live' order by 1`,
  );
  return rows.map(({ profileId }) => profileId);
}

/** The earlier of this process's time and the database's: a clock that was set forward lets nothing go too early. */
export async function earlierMicros(db: Queryable, nowMicros: number): Promise<number> {
  const { rows } = await db.query<{ micros: number }>(
    "select least((extract(epoch from clock_timestamp()) * 1000000)::float8, $1::float8) as micros",
    [nowMicros],
  );
  return rows[0]!.micros;
}

export async function forgetNotices(db: Queryable, profileId: number): Promise<void> {
  await db.query("delete from retention_notice using part where part.id = part_id and profile_id = $1", [profileId]);
}

/** Notes what is due, and forgets what is not due any more. Inside a transaction that has locked the retention. */
export async function noteDue(
  db: Queryable,
  profileId: number,
  retention: Retention,
  nowMicros: number,
): Promise<void> {
  const values = [profileId, ...limits(retention, nowMicros)];
  await db.query(
    `delete from retention_notice n using part cross join lateral ${FATES}
      where part.id = n.part_id and fate.what = n.what and profile_id = $1 and (state <> 'live' or not is_due)`,
    values,
  );
  await db.query(
    `insert into retention_notice (part_id, what)
     select id, what from part cross join lateral ${FATES} where profile_id = $1 and state = 'live' and is_due
     on conflict do nothing`,
    values,
  );
}

const WAS_NOTED = `exists (select 1 from retention_notice n
   where n.part_id = part.id and n.what = $2 and n.since <= clock_timestamp() - make_interval(secs => $3))`;

/**
 * Lets go of what was noted long enough ago. Inside the transaction that noted what is due now. The files are deleted a grace
 * later, so queries under way read them to their end. Answers how many parts lost their readings, and how many went whole.
 */
export async function dropNoted(
  db: Queryable,
  profileId: number,
  noticeMs: number,
): Promise<{ readonly raw: number; readonly whole: number }> {
  const whole = await db.query(
    `update part set state = 'replaced', replaced_at = clock_timestamp(), dropped_whole_at = clock_timestamp()
      where profile_id = $1 and state = 'live' and ${WAS_NOTED}`,
    [profileId, "rollups", noticeMs / 1000],
  );
  return { raw: await dropReadings(db, profileId, noticeMs), whole: whole.rowCount ?? 0 };
}

/**
 * The earlier before the later ones: where readings are gone, what came later does not count. So readings stay for as long as
 * earlier ones of the same time do.
 */
async function dropReadings(db: Queryable, profileId: number, noticeMs: number): Promise<number> {
  for (let dropped = 0; ; ) {
    const { rowCount } = await db.query(
      `update part set raw_dropped_at = clock_timestamp()
        where profile_id = $1 and state = 'live' and raw_dropped_at is null and ${WAS_NOTED}
          and not exists (
            select 1 from part as earlier
             where earlier.profile_id = $1 and earlier.partition = part.partition and earlier.state = 'live'
               and earlier.raw_dropped_at is null and earlier.sequence < part.sequence
               and earlier.min_micros / ${QUARTER_MICROS} <= part.max_micros / ${QUARTER_MICROS}
               and earlier.max_micros / ${QUARTER_MICROS} >= part.min_micros / ${QUARTER_MICROS}
               and earlier.min_device <= part.max_device and earlier.max_device >= part.min_device)`,
      [profileId, "readings", noticeMs / 1000],
    );
    if (!rowCount) return dropped;
    dropped += rowCount;
  }
}
