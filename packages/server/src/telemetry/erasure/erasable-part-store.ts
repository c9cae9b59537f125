import { goLive, type PartSpan, type WrittenPart } from "../parts/part-store.ts";
import { MAY_BE_TRIED } from "../parts/trouble-store.ts";
import type { Queryable } from "../telemetry-store.ts";
import { AWAITS_ERASURE } from "./pending-erasures.ts";

interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly checksum: string;
}

/** A live part that may hold readings that are to go. */
export interface ErasablePart {
  readonly id: number;
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
  readonly readings: number;
  /** "2026-10" */
  readonly month: string;
  readonly raw: StoredFile;
  readonly sidecar: StoredFile;
  /** False: they were dropped, and quarter-hours or longer are all that is left. */
  readonly hasReadings: boolean;
  /** Of the files that are still needed. */
  readonly bytesStored: number;
}

/** The oldest; of a profile under a legal hold none, and none of which a look failed a moment ago. */
export async function readNextToErase(db: Queryable, partition: number): Promise<ErasablePart | undefined> {
  const { rows } = await db.query(
    `select id::float8 as id, organization_id as "organizationId", profile_id as "profileId", partition, span, generation,
            sequence::float8 as sequence, min_device as "minDevice", max_device as "maxDevice",
            min_micros::float8 as "minMicros", max_micros::float8 as "maxMicros", has_versions as "hasVersions",
            messages::float8 as messages, readings::float8 as readings, raw_dropped_at is null as "hasReadings",
            to_char(to_timestamp(min_micros / 1000000) at time zone 'UTC', 'YYYY-MM') as month,
            name, bytes::float8 as bytes, checksum, sidecar_name, sidecar_bytes::float8 as sidecar_bytes, sidecar_checksum
       from part
      where partition = $1 and state = 'live' and ${MAY_BE_TRIED}
        and ${AWAITS_ERASURE}
        and not exists (select 1 from retention where profile_id = part.profile_id and hold_reason is not null)
      order by sequence limit 1`,
    [partition],
  );
  if (rows[0] === undefined) return undefined;
  const { name, bytes, checksum, sidecar_name, sidecar_bytes, sidecar_checksum, ...part } = rows[0];
  return {
    ...part,
    raw: { name, bytes, checksum },
    sidecar: { name: sidecar_name, bytes: sidecar_bytes, checksum: sidecar_checksum },
    bytesStored: sidecar_bytes + (part.hasReadings ? bytes : 0),
  };
}

/** It holds nothing that these erasures are to take. */
export async function markErased(db: Queryable, id: number, through: number): Promise<void> {
  await db.query("update part set erased_through = greatest(erased_through, $2) where id = $1", [id, through]);
}

/**
 * The compare-and-set of an erasure, inside a transaction; `by` is undefined when nothing is left of the part. False: the part
 * has changed meanwhile, and nothing may be kept.
 */
export async function replaceErased(db: Queryable, part: ErasablePart, by: WrittenPart | undefined): Promise<boolean> {
  const { rows } = await db.query(
    `update part set state = 'replaced', replaced_at = clock_timestamp(), replaced_by = $2
      where id = $1 and state = 'live' and (raw_dropped_at is null) = $3
      returning live_at, raw_dropped_at, sidecar_interval, sidecar_zone`,
    [part.id, by?.id ?? null, part.hasReadings],
  );
  if (rows[0] === undefined) return false;
  if (by === undefined) return true;
  if ((await goLive(db, [by])) !== 1) return false;
  await db.query(
    `update part set live_at = $2, raw_dropped_at = $3::timestamptz, sidecar_interval = $4, sidecar_zone = $5,
            raw_deleted_at = case when $3::timestamptz is not null then clock_timestamp() end
      where id = $1`,
    [by.id, rows[0].live_at, rows[0].raw_dropped_at, rows[0].sidecar_interval, rows[0].sidecar_zone],
  );
  return true;
}
