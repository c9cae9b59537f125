import type { Queryable, ReadingRange } from "../telemetry-store.ts";

/** A part that holds readings, as a query sees it. */
export interface QueryPart {
  readonly id: number;
  readonly profileId: number;
  readonly name: string;
  readonly bytes: number;
  readonly footerChecksum: string;
  readonly sidecarName: string;
  readonly sidecarBytes: number;
  readonly sidecarFooterChecksum: string;
  readonly messages: number;
  readonly minDevice: number;
  readonly maxDevice: number;
  readonly minMicros: number;
  readonly maxMicros: number;
  /** False: retention has taken them, and only the rows of the sidecar are left. */
  readonly hasReadings: boolean;
  /** How wide those are; days and months are of this zone. */
  readonly sidecarInterval: SidecarInterval;
  readonly sidecarZone: string;
}

export type SidecarInterval = "quarter" | "day" | "month";

/** Live parts that may hold readings of a range, in the order of arrival. */
export async function findLiveParts(db: Queryable, partition: number, range: ReadingRange): Promise<QueryPart[]> {
  const { rows } = await db.query(
    `select id, profile_id, name, bytes, footer_checksum, sidecar_name, sidecar_bytes, sidecar_footer_checksum, messages,
            min_device, max_device, min_micros, max_micros, raw_dropped_at is null as has_readings, sidecar_interval, sidecar_zone
       from part
      where partition = $1 and state = 'live' and max_micros >= $2 and min_micros < $3
        and ($4::int is null or profile_id = $4)
        and ($5::int[] is null
             or exists (select 1 from unnest($5::int[]) as device where device between min_device and max_device))
        and ($6::int is null or organization_id = $6)
      order by sequence, id`,
    [
      partition,
      range.fromMicros,
      range.toMicros,
      range.profileId ?? null,
      range.deviceIds ?? null,
      range.organizationId ?? null,
    ],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    profileId: row.profile_id,
    name: row.name,
    bytes: Number(row.bytes),
    footerChecksum: row.footer_checksum,
    sidecarName: row.sidecar_name,
    sidecarBytes: Number(row.sidecar_bytes),
    sidecarFooterChecksum: row.sidecar_footer_checksum,
    messages: Number(row.messages),
    minDevice: row.min_device,
    maxDevice: row.max_device,
    minMicros: Number(row.min_micros),
    maxMicros: Number(row.max_micros),
    hasReadings: row.has_readings,
    sidecarInterval: row.sidecar_interval,
    sidecarZone: row.sidecar_zone,
  }));
}
