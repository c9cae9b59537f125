import { SluiceError } from "@sluice/core/errors.ts";
import { sqlStateOf } from "../platform/postgres.ts";
import { type Assignments, assignmentClause } from "./assignments.ts";
import type { Queryable } from "./registry.ts";

export interface Site {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly region: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** IANA name: days and schedules of the site follow it. */
  readonly timeZone: string;
  /** Of what is written about it for people, such as its reports: "en", "de". */
  readonly language: string;
  /** Devices registered without a site join it. */
  readonly isDefault: boolean;
  readonly createdAt: Date;
}

export interface SiteFilter {
  /** Part of the slug or the name, in any case. */
  readonly search?: string | undefined;
  readonly region?: string | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

/** A site's slug, or its number. */
export type SiteReference = string | number;

export const SITE = `
  select id, slug, name, region, latitude, longitude, time_zone as "timeZone", language, is_default as "isDefault",
         created_at as "createdAt"
    from site`;

export async function listSites(
  db: Queryable,
  organizationId: number,
  { search, region, afterId, limit }: SiteFilter,
): Promise<Site[]> {
  const { rows } = await db.query<Site>(
    `${SITE}
      where organization_id = $1
        and id > coalesce($2, 0)
        and ($3::text is null or strpos(lower(slug), lower($3)) > 0 or strpos(lower(name), lower($3)) > 0)
        and ($4::text is null or region = $4)
      order by id
      limit $5`,
    [organizationId, afterId, search, region, limit],
  );
  return rows;
}

export async function findSite(
  db: Queryable,
  organizationId: number,
  reference: SiteReference,
): Promise<Site | undefined> {
  const column = typeof reference === "number" ? "id" : "slug";
  const { rows } = await db.query<Site>(`${SITE} where organization_id = $1 and ${column} = $2`, [
    organizationId,
    reference,
  ]);
  return rows[0];
}

export async function requireSite(db: Queryable, organizationId: number, reference: SiteReference): Promise<Site> {
  const site = await findSite(db, organizationId, reference);
  if (site) return site;
  throw new SluiceError("not-found", "site.unknown", "There is no such site.", { details: { site: reference } });
}

/** Makes changes of one site wait for each other; what joins the site does not wait for this. */
export async function lockSite(db: Queryable, organizationId: number, reference: SiteReference): Promise<void> {
  const column = typeof reference === "number" ? "id" : "slug";
  await db.query(`select 1 from site where organization_id = $1 and ${column} = $2 for no key update`, [
    organizationId,
    reference,
  ]);
}

export async function findDefaultSite(db: Queryable, organizationId: number): Promise<Site | undefined> {
  const { rows } = await db.query<Site>(`${SITE} where organization_id = $1 and is_default`, [organizationId]);
  return rows[0];
}

export interface NewSite {
  readonly organizationId: number;
  readonly slug: string;
  readonly name: string;
  readonly region?: string | null | undefined;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
  readonly timeZone: string;
  /** English when absent. */
  readonly language?: string | undefined;
  readonly isDefault: boolean;
}

/** Returns the site's number; undefined when the slug is taken, or when there is a default site and this would be another. */
export async function insertSite(db: Queryable, site: NewSite): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `insert into site (organization_id, slug, name, region, latitude, longitude, time_zone, is_default, language)
     values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, 'en'))
     on conflict do nothing
     returning id`,
    [
      site.organizationId,
      site.slug,
      site.name,
      site.region,
      site.latitude,
      site.longitude,
      site.timeZone,
      site.isDefault,
      site.language,
    ],
  );
  return rows[0]?.id;
}

export type SiteColumn = "name" | "region" | "latitude" | "longitude" | "time_zone" | "language";

export async function updateSiteRow(db: Queryable, id: number, columns: Assignments<SiteColumn>): Promise<void> {
  const set = assignmentClause(columns, 1);
  if (set) await db.query(`update site set ${set.clause} where id = $1`, [id, ...set.values]);
}

export async function clearDefaultSite(db: Queryable, organizationId: number): Promise<void> {
  await db.query("update site set is_default = false where organization_id = $1 and is_default", [organizationId]);
}

export async function setDefaultSite(db: Queryable, id: number): Promise<void> {
  await db.query("update site set is_default = true where id = $1", [id]);
}

/** How much stands at a site. Locks the site, so that nothing joins it before the transaction ends. */
export async function countSiteContents(db: Queryable, id: number): Promise<{ devices: number; assets: number }> {
  await db.query("select 1 from site where id = $1 for update", [id]);
  const { rows } = await db.query<{ devices: number; assets: number }>(
    `select (select count(*)::int from device where site_id = $1) as devices,
            (select count(*)::int from asset where site_id = $1) as assets`,
    [id],
  );
  return rows[0]!;
}

/** False, and nothing is deleted, when anything still refers to the site. Call it last in a transaction. */
export async function deleteSiteRow(db: Queryable, id: number): Promise<boolean> {
  try {
    await db.query("delete from site where id = $1", [id]);
    return true;
  } catch (error) {
    if (sqlStateOf(error) === FOREIGN_KEY_VIOLATION) return false;
    throw error;
  }
}

const FOREIGN_KEY_VIOLATION = "23503";
