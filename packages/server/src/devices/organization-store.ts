import { SluiceError } from "@sluice/core/errors.ts";
import type { Queryable } from "./registry.ts";

export interface Organization {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly createdAt: Date;
}

const ORGANIZATION = `select id, slug, name, created_at as "createdAt" from organization`;

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

export async function renameOrganization(db: Queryable, id: number, name: string): Promise<void> {
  await db.query("update organization set name = $2 where id = $1", [id, name]);
}
