import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { type Queryable, sqlStateOf } from "../platform/postgres.ts";

/** An outside party (a municipality, a plant) and the sites that it may read. */
export interface Entity {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly siteIds: readonly number[];
  readonly createdAt: Date;
}

const ENTITY = `
  select e.id, e.slug, e.name, e.created_at as "createdAt",
         array(select s.site_id from entity_site s where s.entity_id = e.id order by s.site_id) as "siteIds"
    from entity e`;

export async function listEntities(
  db: Queryable,
  organizationId: number,
  page: { readonly afterId?: number | undefined; readonly limit: number },
): Promise<Entity[]> {
  const { rows } = await db.query<Entity>(
    `${ENTITY} where e.organization_id = $1 and e.id > coalesce($2, 0) order by e.id limit $3`,
    [organizationId, page.afterId, page.limit],
  );
  return rows;
}

/**
 * By number, or by slug: one that consists of digits is a slug first. Another organization's is unknown. `for key share`: it is
 * not deleted until the transaction ends.
 */
export async function requireEntity(
  db: Queryable,
  organizationId: number,
  reference: string | number,
  lock: "for key share" | "" = "",
): Promise<Entity> {
  const { rows } = await db.query<Entity>(
    `${ENTITY} where e.organization_id = $1 and (e.slug = $2 or e.id = $3)
      order by e.slug = $2 desc nulls last limit 1 ${lock && `${lock} of e`}`,
    [organizationId, typeof reference === "string" ? reference : null, asNumber(reference)],
  );
  if (rows[0]) return rows[0];
  throw new SluiceError("not-found", "entity.unknown", "There is no such entity.", { details: { entity: reference } });
}

const FOREIGN_KEY_VIOLATION = "23503";
const MAX_SERIAL = 2_147_483_647;

function asNumber(reference: string | number): number | undefined {
  const number = Number(reference);
  return /^[1-9]\d{0,9}$/.test(String(reference)) && number <= MAX_SERIAL ? number : undefined;
}

/** Makes changes of one entity wait for each other. */
export async function lockEntity(db: PoolClient, id: number): Promise<void> {
  await db.query("select 1 from entity where id = $1 for update", [id]);
}

/** Returns its number; undefined when the slug is taken. */
export async function insertEntity(
  db: PoolClient,
  entity: { readonly organizationId: number; readonly slug: string; readonly name: string },
): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `insert into entity (organization_id, slug, name) values ($1, $2, $3)
     on conflict (organization_id, slug) do nothing
     returning id`,
    [entity.organizationId, entity.slug, entity.name],
  );
  return rows[0]?.id;
}

export async function renameEntity(db: PoolClient, id: number, name: string): Promise<void> {
  await db.query("update entity set name = $2 where id = $1", [id, name]);
}

/** The sites are of the same organization. Throws `site.unknown` for one that has just been deleted. */
export async function replaceEntitySites(
  db: PoolClient,
  organizationId: number,
  entityId: number,
  siteIds: readonly number[],
): Promise<void> {
  await db.query("delete from entity_site where entity_id = $1", [entityId]);
  try {
    await db.query(
      `insert into entity_site (organization_id, entity_id, site_id)
       select $1, $2, unnest($3::int[])`,
      [organizationId, entityId, siteIds],
    );
  } catch (cause) {
    if (sqlStateOf(cause) !== FOREIGN_KEY_VIOLATION) throw cause;
    throw new SluiceError("not-found", "site.unknown", "One of the sites has just been deleted.", { cause });
  }
}

export async function listClientIdsOf(db: PoolClient, entityId: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    "select id from api_client where entity_id = $1 and revoked_at is null",
    [entityId],
  );
  return rows.map(({ id }) => id);
}

export async function deleteEntityRow(db: PoolClient, id: number): Promise<void> {
  await db.query("delete from entity where id = $1", [id]);
}
