import { AWAITS_ERASURE } from "../erasure/pending-erasures.ts";
import { MAY_BE_TRIED } from "../parts/trouble-store.ts";
import type { Queryable } from "../telemetry-store.ts";
import type { Retention } from "./policies.ts";
import { FATES, limits } from "./retention-store.ts";

/** A part whose quarter-hours, or days, are to become coarser. */
export interface FinePart {
  readonly id: number;
  readonly organizationId: number;
  readonly generation: number;
  readonly sequence: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  readonly hasVersions: boolean;
  readonly messages: number;
  readonly readings: number;
  readonly erasedThrough: number;
  readonly sidecarName: string;
  readonly sidecarBytes: number;
  readonly sidecarChecksum: string;
  readonly interval: "quarter" | "day" | "month";
  readonly zone: string;
}

/** All that is live of a profile and UTC month, in one partition. */
export interface FineMonth {
  readonly profileId: number;
  readonly wanted: "day" | "month";
  /** In the order of arrival. */
  readonly parts: readonly FinePart[];
}

/** Files that are open at once; a month of more stays as it is. */
const MAX_PARTS = 512;
const WIDTHS = "array['quarter', 'day', 'month']";
const UTC_MONTH = "date_trunc('month', to_timestamp(min_micros / 1000000) at time zone 'UTC')";

/**
 * The next one that may become coarser: the readings of all its parts are gone, all are to become as wide, and none is in
 * trouble or waits for an erasure.
 */
export async function findFineMonth(
  db: Queryable,
  partition: number,
  noticeMs: number,
): Promise<FineMonth | undefined> {
  const { rows } = await db.query<{ profileId: number; wanted: "day" | "month"; ids: number[] }>(
    `with notice as (
       select part_id, max(array_position(${WIDTHS}, what)) as wanted from retention_notice
        where what in ('day', 'month') and since <= clock_timestamp() - make_interval(secs => $2) group by part_id),
     live as (
       select part.*, ${UTC_MONTH} as month, array_position(${WIDTHS}, sidecar_interval) as width,
              greatest(array_position(${WIDTHS}, sidecar_interval), coalesce(wanted, 1)) as wanted
         from part left join notice on part_id = id
        where partition = $1 and state = 'live'),
     due as (select distinct profile_id, month from live where wanted > width)
     select profile_id as "profileId", (${WIDTHS})[min(wanted)] as wanted,
            array_agg(id::float8 order by sequence, id) as ids
       from live as part join due using (profile_id, month)
      group by profile_id, month
     having bool_and(raw_dropped_at is not null and ${MAY_BE_TRIED}
                     and not ${AWAITS_ERASURE})
        and min(wanted) > min(width) and min(wanted) >= max(width) and count(*) <= ${MAX_PARTS}
        and count(distinct sidecar_zone) filter (where width > 1) <= 1
      order by profile_id, month limit 1`,
    [partition, noticeMs / 1000],
  );
  if (rows[0] === undefined) return undefined;
  const { profileId, wanted, ids } = rows[0];
  return { profileId, wanted, parts: await readFineParts(db, ids) };
}

async function readFineParts(db: Queryable, ids: readonly number[]): Promise<FinePart[]> {
  const { rows } = await db.query<FinePart>(
    `select id::float8 as id, organization_id as "organizationId", generation, sequence::float8 as sequence,
            min_device as "minDevice", max_device as "maxDevice", min_micros::float8 as "minMicros",
            max_micros::float8 as "maxMicros", has_versions as "hasVersions", messages::float8 as messages,
            readings::float8 as readings, erased_through::float8 as "erasedThrough", sidecar_name as "sidecarName",
            sidecar_bytes::float8 as "sidecarBytes", sidecar_checksum as "sidecarChecksum",
            sidecar_interval as interval, sidecar_zone as zone
       from part where id = any($1::bigint[]) order by sequence, id`,
    [ids],
  );
  return rows;
}

/** Inside a transaction that has locked the retention. */
export async function isStillDue(
  db: Queryable,
  { profileId, wanted, parts }: FineMonth,
  retention: Retention,
  nowMicros: number,
): Promise<boolean> {
  const finer = parts.filter(({ interval }) => interval !== wanted).map(({ id }) => id);
  const { rows } = await db.query<{ due: number }>(
    `select count(*)::int as due from part cross join lateral ${FATES}
      where profile_id = $1 and id = any($6::bigint[]) and what = $7 and is_due`,
    [profileId, ...limits(retention, nowMicros), finer, wanted],
  );
  return rows[0]!.due === finer.length;
}
