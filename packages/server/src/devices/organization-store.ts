import { SluiceError } from "@sluice/core/errors.ts";
import { type Assignments, assignmentClause } from "./assignments.ts";
import type { Queryable } from "./registry.ts";

export interface Organization {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** ISO 4217: of tariffs and costs that name none. */
  readonly currency: string;
  /** Slug of the site that devices registered without a site join. */
  readonly defaultSite: string | null;
  readonly createdAt: Date;
}

const ORGANIZATION = `
  select id, slug, name, currency,
         (select s.slug from site s where s.organization_id = organization.id and s.is_default) as "defaultSite",
         created_at as "createdAt"
    from organization`;

export async function findOrganizationBySlug(db: Queryable, slug: string): Promise<Organization | undefined> {
  const { rows } = await db.query<Organization>(`${ORGANIZATION} where slug = $1`, [slug]);
  return rows[0];
}

export async function requireOrganization(db: Queryable, id: number): Promise<Organization> {
  const { rows } = await db.query<Organization>(`${ORGANIZATION} where id = $1`, [id]);
  if (rows[0]) return rows[0];
  throw new SluiceError("not-found", "organization.unknown", "There is no such organization.");
}

/** The oldest, which every installation has: whose people are told of what concerns all of it. */
export async function firstOrganizationId(db: Queryable): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>("select id from organization order by id limit 1");
  return rows[0]?.id;
}

/** Returns the organization's number; undefined when the slug is taken. */
export async function insertOrganization(db: Queryable, slug: string, name: string): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    "insert into organization (slug, name) values ($1, $2) on conflict (slug) do nothing returning id",
    [slug, name],
  );
  return rows[0]?.id;
}

/** Makes changes of one organization wait for each other; nothing else waits for this. */
export async function lockOrganization(db: Queryable, id: number): Promise<void> {
  await db.query("select 1 from organization where id = $1 for no key update", [id]);
}

export type OrganizationColumn = "name" | "currency";

export async function updateOrganizationRow(
  db: Queryable,
  id: number,
  columns: Assignments<OrganizationColumn>,
): Promise<void> {
  const set = assignmentClause(columns, 1);
  if (set) await db.query(`update organization set ${set.clause} where id = $1`, [id, ...set.values]);
}
