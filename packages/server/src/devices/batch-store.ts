import { ASSET, type Asset } from "./asset-store.ts";
import { DEVICE, type Device } from "./device-store.ts";
import { METRIC_COLUMNS, type Metric, PROFILE, type Profile } from "./profile-store.ts";
import type { Queryable } from "./registry.ts";
import { SITE, type Site } from "./site-store.ts";

/** Many things of the registry by what names them, each kind in one statement. What is not there is missing in the answer. */

export async function findSitesByIds(db: Queryable, organizationId: number, ids: readonly number[]): Promise<Site[]> {
  const { rows } = await db.query<Site>(`${SITE} where organization_id = $1 and id = any($2::int[])`, [
    organizationId,
    ids,
  ]);
  return rows;
}

export async function findAssetsByIds(db: Queryable, organizationId: number, ids: readonly number[]): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(`${ASSET} where a.organization_id = $1 and a.id = any($2::int[])`, [
    organizationId,
    ids,
  ]);
  return rows;
}

export async function findProfilesByKeys(
  db: Queryable,
  organizationId: number,
  keys: readonly string[],
): Promise<Profile[]> {
  const { rows } = await db.query<Profile>(`${PROFILE} where organization_id = $1 and key = any($2::text[])`, [
    organizationId,
    keys,
  ]);
  return rows;
}

/** In the order of their numbers. */
export async function findMetricsOfProfiles(
  db: Queryable,
  organizationId: number,
  profileIds: readonly number[],
): Promise<(Metric & { readonly profileId: number })[]> {
  const { rows } = await db.query<Metric & { readonly profileId: number }>(
    `select profile_id as "profileId", ${METRIC_COLUMNS}
       from profile_metric
      where profile_id in (select id from device_profile where organization_id = $1 and id = any($2::int[]))
      order by profile_id, number`,
    [organizationId, profileIds],
  );
  return rows;
}

export async function findDevicesByUids(
  db: Queryable,
  organizationId: number,
  uids: readonly string[],
): Promise<Device[]> {
  const { rows } = await db.query<Device>(`${DEVICE} where d.organization_id = $1 and d.uid = any($2::text[])`, [
    organizationId,
    uids,
  ]);
  return rows;
}

export async function findDevicesByIds(
  db: Queryable,
  organizationId: number,
  ids: readonly number[],
): Promise<Device[]> {
  const { rows } = await db.query<Device>(`${DEVICE} where d.organization_id = $1 and d.id = any($2::int[])`, [
    organizationId,
    ids,
  ]);
  return rows;
}
