import { SluiceError } from "@sluice/core/errors.ts";
import { type Assignments, assignmentClause } from "./assignments.ts";
import type { Queryable } from "./registry.ts";

/** A place or thing that devices watch and act on: a zone, a pond, a home. Assets of a site form a tree. */
export interface Asset {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  /** Slug of its site. */
  readonly site: string;
  readonly siteId: number;
  readonly parent: number | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export interface AssetFilter {
  /** Slug. */
  readonly site?: string | undefined;
  readonly kind?: string | undefined;
  readonly parent?: number | undefined;
  /** Part of the name, in any case. */
  readonly search?: string | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

export const ASSET = `
  select a.id, a.kind, a.name, s.slug as site, a.site_id as "siteId", a.parent_id as parent, a.properties,
         a.created_at as "createdAt"
    from asset a
    join site s on s.id = a.site_id`;

export async function listAssets(db: Queryable, organizationId: number, filter: AssetFilter): Promise<Asset[]> {
  const { rows } = await db.query<Asset>(
    `${ASSET}
      where a.organization_id = $1
        and a.id > coalesce($2, 0)
        and ($3::text is null or s.slug = $3)
        and ($4::text is null or a.kind = $4)
        and ($5::int is null or a.parent_id = $5)
        and ($6::text is null or strpos(lower(a.name), lower($6)) > 0)
      order by a.id
      limit $7`,
    [organizationId, filter.afterId, filter.site, filter.kind, filter.parent, filter.search, filter.limit],
  );
  return rows;
}

export async function requireAsset(db: Queryable, organizationId: number, id: number): Promise<Asset> {
  const { rows } = await db.query<Asset>(`${ASSET} where a.organization_id = $1 and a.id = $2`, [organizationId, id]);
  if (rows[0]) return rows[0];
  throw new SluiceError("not-found", "asset.unknown", "There is no such asset.", { details: { asset: id } });
}

export interface NewAsset {
  readonly organizationId: number;
  readonly siteId: number;
  readonly parentId: number | null;
  readonly kind: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export async function insertAsset(db: Queryable, asset: NewAsset): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into asset (organization_id, site_id, parent_id, kind, name, properties)
     values ($1, $2, $3, $4, $5, $6)
     returning id`,
    [asset.organizationId, asset.siteId, asset.parentId, asset.kind, asset.name, JSON.stringify(asset.properties)],
  );
  return rows[0]!.id;
}

export type AssetColumn = "name" | "kind" | "parent_id" | "properties";

export async function updateAssetRow(db: Queryable, id: number, columns: Assignments<AssetColumn>): Promise<void> {
  const set = assignmentClause(columns, 1);
  if (set) await db.query(`update asset set ${set.clause} where id = $1`, [id, ...set.values]);
}

/**
 * How many generations of assets stand above `id`, itself included, and whether `ancestor` is one of them. Walks at most
 * `limit` generations.
 */
export async function ancestry(
  db: Queryable,
  id: number,
  ancestor: number,
  limit: number,
): Promise<{ generations: number; includes: boolean }> {
  const { rows } = await db.query<{ generations: number; includes: boolean }>(
    `with recursive line (id, generation) as (
       select $1::int, 1
       union all
       select a.parent_id, l.generation + 1
         from line l
         join asset a on a.id = l.id
        where a.parent_id is not null and l.generation < $3
     )
     select max(generation) as generations, bool_or(id = $2) as includes from line`,
    [id, ancestor, limit],
  );
  return rows[0]!;
}

export interface TreeAsset extends Asset {
  /** 0 at the top of what was asked for. */
  readonly depth: number;
  /** That stand at it, and not below it. */
  readonly devices: number;
}

/** Assets of a site, or at and below one of them, depth first. */
export async function listAssetTree(
  db: Queryable,
  organizationId: number,
  {
    site,
    root,
    limit,
  }: { readonly site?: string | undefined; readonly root?: number | undefined; readonly limit: number },
): Promise<TreeAsset[]> {
  const { rows } = await db.query<TreeAsset>(
    `with recursive tree (id, depth, path) as (
       select a.id, 0, array[a.id]
         from asset a
         join site s on s.id = a.site_id
        where a.organization_id = $1
          and case when $3::int is null then a.parent_id is null else a.id = $3 end
          and ($2::text is null or s.slug = $2)
       union all
       select a.id, t.depth + 1, t.path || a.id from tree t join asset a on a.parent_id = t.id
     )
     select asset.*, tree.depth, (select count(*)::int from device d where d.asset_id = tree.id) as devices
       from tree
       join (${ASSET}) as asset on asset.id = tree.id
      order by tree.path
      limit $4`,
    [organizationId, site, root, limit],
  );
  return rows;
}

/** Makes changes of one organization's asset tree wait for each other, so that two of them cannot close a circle. */
export async function lockAssetTree(db: Queryable, organizationId: number): Promise<void> {
  await db.query("select 1 from organization where id = $1 for no key update", [organizationId]);
}

export async function countAssetContents(
  db: Queryable,
  id: number,
): Promise<{ devices: number; children: number; events: number }> {
  await db.query("select 1 from asset where id = $1 for update", [id]);
  const { rows } = await db.query<{ devices: number; children: number; events: number }>(
    `select (select count(*)::int from device where asset_id = $1) as devices,
            (select count(*)::int from asset where parent_id = $1) as children,
            (select count(*)::int from asset_event where asset_id = $1) as events`,
    [id],
  );
  return rows[0]!;
}

export async function deleteAssetRow(db: Queryable, id: number): Promise<void> {
  await db.query("delete from asset where id = $1", [id]);
}
