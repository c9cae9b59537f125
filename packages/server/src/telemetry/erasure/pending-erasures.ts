import type { Queryable } from "../telemetry-store.ts";

/** Whose readings of a profile are to go. */
export interface PendingErasures {
  /** The newest of them; 0: there are none. */
  readonly through: number;
  /** The erasure that takes a device; undefined: it stays. */
  readonly erasureOf: (deviceId: number) => number | undefined;
}

export const NO_ERASURES: PendingErasures = { through: 0, erasureOf: () => undefined };

export interface ErasureScope {
  readonly partition: number;
  readonly generation: number;
  readonly organizationId: number;
  readonly profileId: number;
}

/** What is to be erased from readings of a generation and profile. Under a legal hold, nothing: it waits. */
export async function readPendingErasures(
  db: Queryable,
  { partition, generation, organizationId, profileId }: ErasureScope,
): Promise<PendingErasures> {
  const { rows } = await db.query<{ id: number; deviceId: number | null; devices: number[] }>(
    `select id::float8 as id, device_id as "deviceId",
            case when device_id is null and $3 = 0
                 then array(select device.id from device where device.organization_id = erasure.organization_id)
                 else '{}' end as devices
       from erasure join erasure_partition on erasure_id = id
      where state <> 'done' and partition = $1 and until_generation >= $2
        and (device_id is not null or organization_id = $3 or $3 = 0)
        and not exists (select 1 from retention where profile_id = $4 and hold_reason is not null)
      order by id`,
    [partition, generation, organizationId, profileId],
  );
  if (rows.length === 0) return NO_ERASURES;
  // What is nobody's profile's any more is still its devices'.
  const ofDevices = new Map(rows.flatMap(({ id, devices }) => devices.map((deviceId) => [deviceId, id])));
  for (const { id, deviceId } of rows) if (deviceId !== null) ofDevices.set(deviceId, id);
  const ofAll = organizationId === 0 ? undefined : rows.findLast(({ deviceId }) => deviceId === null)?.id;
  return { through: rows.at(-1)!.id, erasureOf: (deviceId) => ofDevices.get(deviceId) ?? ofAll };
}

/** True of an erasure of an organization, and a part that may hold readings of it. */
export const OF_ORGANIZATION = `(device_id is null and (erasure.organization_id = part.organization_id
  or part.organization_id = 0 and exists (
       select 1 from device where device.organization_id = erasure.organization_id
          and device.id between part.min_device and part.max_device)))`;

/** True of a live part that some erasure has not looked through yet. */
export const AWAITS_ERASURE = `exists (
  select 1 from erasure join erasure_partition on erasure_id = erasure.id
   where erasure.state <> 'done' and erasure_partition.partition = part.partition
     and until_generation >= part.generation and erasure.id > part.erased_through
     and (device_id between part.min_device and part.max_device or ${OF_ORGANIZATION}))`;
