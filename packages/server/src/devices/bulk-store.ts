import type { DeviceStatus } from "./device-store.ts";
import type { Queryable } from "./registry.ts";
import { SITE, type Site } from "./site-store.ts";

/** Many devices in one statement each. */

export interface BulkInsert {
  readonly uid: string;
  readonly name: string;
  readonly profileId: number;
  readonly siteId: number;
  readonly assetId: number | null;
  readonly gatewayId: number | null;
  readonly status: DeviceStatus;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Those whose uid was free, with their numbers; a uid that somebody else has registered meanwhile is not among them. */
export async function insertDevices(
  db: Queryable,
  organizationId: number,
  devices: readonly BulkInsert[],
): Promise<{ readonly id: number; readonly uid: string }[]> {
  const { rows } = await db.query<{ id: number; uid: string }>(
    `insert into device (organization_id, uid, name, profile_id, site_id, asset_id, status, properties,
                         gateway_device_id, gateway_since)
     select $1, uid, name, profile_id, site_id, asset_id, status, properties,
            gateway_id, case when gateway_id is not null then now() end
       from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[], $9::jsonb[])
            with ordinality
            as new (uid, name, profile_id, site_id, asset_id, gateway_id, status, properties, position)
      order by position
     on conflict (organization_id, uid) do nothing
     returning id, uid`,
    [
      organizationId,
      devices.map(({ uid }) => uid),
      devices.map(({ name }) => name),
      devices.map(({ profileId }) => profileId),
      devices.map(({ siteId }) => siteId),
      devices.map(({ assetId }) => assetId),
      devices.map(({ gatewayId }) => gatewayId),
      devices.map(({ status }) => status),
      devices.map(({ properties }) => JSON.stringify(properties)),
    ],
  );
  return rows;
}

export interface BulkUpdate {
  readonly id: number;
  readonly name: string;
  readonly siteId: number;
  readonly assetId: number | null;
  readonly status: DeviceStatus;
  /** All of them. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly gatewayId: number | null;
}

export async function updateDevices(db: Queryable, devices: readonly BulkUpdate[]): Promise<void> {
  await db.query(
    `update device d
        set name = new.name, site_id = new.site_id, asset_id = new.asset_id, status = new.status,
            properties = new.properties, gateway_device_id = new.gateway_id,
            gateway_since = case when new.gateway_id is null then null
                                 when new.gateway_id = d.gateway_device_id then d.gateway_since
                                 else now() end
       from unnest($1::int[], $2::text[], $3::int[], $4::int[], $5::text[], $6::jsonb[], $7::int[])
            as new (id, name, site_id, asset_id, status, properties, gateway_id)
      where d.id = new.id`,
    [
      devices.map(({ id }) => id),
      devices.map(({ name }) => name),
      devices.map(({ siteId }) => siteId),
      devices.map(({ assetId }) => assetId),
      devices.map(({ status }) => status),
      devices.map(({ properties }) => JSON.stringify(properties)),
      devices.map(({ gatewayId }) => gatewayId),
    ],
  );
}

/** Makes changes of these wait; in the order of their numbers, as everybody else does who locks several. */
export async function lockDevices(db: Queryable, organizationId: number, uids: readonly string[]): Promise<void> {
  await db.query(
    "select 1 from device where organization_id = $1 and uid = any($2::text[]) order by id for no key update",
    [organizationId, uids],
  );
}

/** Those that slugs or numbers name, and the default site. */
export async function findSitesNamed(
  db: Queryable,
  organizationId: number,
  slugs: readonly string[],
  ids: readonly number[],
): Promise<Site[]> {
  const { rows } = await db.query<Site>(
    `${SITE} where organization_id = $1 and (slug = any($2::text[]) or id = any($3::int[]) or is_default)`,
    [organizationId, slugs, ids],
  );
  return rows;
}

/** Keys of the properties that an organization's devices have, at most `limit`, in alphabetical order. */
export async function listPropertyKeys(db: Queryable, organizationId: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    `select distinct key from device, jsonb_object_keys(properties) as key where organization_id = $1 order by key limit $2`,
    [organizationId, limit],
  );
  return rows.map(({ key }) => key);
}
