import type { Queryable } from "./registry.ts";

/** A device with where it counts: for whoever keeps all devices of some profiles in columns. */
export interface PlacedDevice {
  readonly id: number;
  readonly profileId: number;
  readonly siteId: number;
  readonly assetId: number | null;
  readonly isActive: boolean;
  /** Null where nobody has said one. */
  readonly capacityWattHours: number | null;
}

export interface PlacedDevicePage {
  readonly profileIds: readonly number[];
  readonly afterId: number;
  readonly limit: number;
}

const PLACED = `
  select d.id, d.profile_id as "profileId", d.site_id as "siteId", d.asset_id as "assetId",
         d.status = 'active' as "isActive",
         case when jsonb_typeof(d.properties -> 'capacityWattHours') = 'number'
              then (d.properties ->> 'capacityWattHours')::float8 end as "capacityWattHours"
    from device d`;

/** In the order of their ids. */
export async function listPlacedDevices(
  db: Queryable,
  organizationId: number,
  { profileIds, afterId, limit }: PlacedDevicePage,
): Promise<PlacedDevice[]> {
  const { rows } = await db.query<PlacedDevice>(
    `${PLACED} where d.organization_id = $1 and d.profile_id = any($2::int[]) and d.id > $3 order by d.id limit $4`,
    [organizationId, profileIds, afterId, limit],
  );
  return rows;
}

/** In the order of their ids; those that have another profile are missing. */
export async function findPlacedDevices(
  db: Queryable,
  organizationId: number,
  profileIds: readonly number[],
  ids: readonly number[],
): Promise<PlacedDevice[]> {
  const { rows } = await db.query<PlacedDevice>(
    `${PLACED} where d.organization_id = $1 and d.profile_id = any($2::int[]) and d.id = any($3::int[]) order by d.id`,
    [organizationId, profileIds, ids],
  );
  return rows;
}

/** Organization → those of the devices that are its own. */
export async function groupByOrganization(
  db: Queryable,
  deviceIds: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const { rows } = await db.query<{ organizationId: number; ids: number[] }>(
    `select organization_id as "organizationId", array_agg(id) as ids from device where id = any($1::int[]) group by 1`,
    [deviceIds],
  );
  return new Map(rows.map(({ organizationId, ids }) => [organizationId, ids]));
}

/** Each asset at or beneath one of a kind → the nearest of that kind, as pairs in columns. */
export async function listAssetsWithin(
  db: Queryable,
  organizationId: number,
  kind: string,
): Promise<{ readonly assetIds: readonly number[]; readonly withinIds: readonly number[] }> {
  const { rows } = await db.query<{ assetIds: number[] | null; withinIds: number[] | null }>(
    `with recursive line (asset_id, within_id) as (
       select id, id from asset where organization_id = $1 and kind = $2
       union all
       select a.id, l.within_id from line l join asset a on a.parent_id = l.asset_id where a.kind <> $2
     )
     select array_agg(asset_id) as "assetIds", array_agg(within_id) as "withinIds" from line`,
    [organizationId, kind],
  );
  return { assetIds: rows[0]?.assetIds ?? [], withinIds: rows[0]?.withinIds ?? [] };
}
