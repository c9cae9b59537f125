import type { PoolClient } from "pg";
import type { Queryable } from "../platform/postgres.ts";
import type { Role } from "./principal.ts";

/** What a person may do in one of their organizations. */
export interface Membership {
  readonly organization: { readonly id: number; readonly slug: string; readonly name: string };
  readonly roles: readonly Role[];
}

/** A person as the administrators of an organization see them. */
export interface Member {
  readonly id: string;
  readonly email: string;
  readonly username: string | null;
  readonly name: string;
  readonly roles: readonly Role[];
  /** False: may not act for this organization; elsewhere perhaps. */
  readonly isActive: boolean;
  readonly hasSecondFactor: boolean;
  readonly emailConfirmedAt: Date | null;
  readonly joinedAt: Date;
  /** When a session of theirs was last begun or refreshed. */
  readonly lastUsedAt: Date | null;
}

const MEMBER = `
  select u.id, u.email, u.username, u.name, m.roles, m.is_active and u.is_active as "isActive",
         exists (select 1 from second_factor f where f.user_id = u.id and f.confirmed_at is not null)
           as "hasSecondFactor",
         u.email_confirmed_at as "emailConfirmedAt", m.created_at as "joinedAt",
         (select max(t.created_at) from refresh_token t
           where t.user_id = u.id and t.organization_id = m.organization_id) as "lastUsedAt"
    from membership m
    join app_user u on u.id = m.user_id`;

/** By address. */
export async function listMembers(
  db: Queryable,
  organizationId: number,
  page: { readonly afterEmail?: string | undefined; readonly limit: number },
): Promise<Member[]> {
  const { rows } = await db.query<Member>(
    `${MEMBER}
      where m.organization_id = $1 and ($2::text is null or lower(u.email) > lower($2))
      order by lower(u.email)
      limit $3`,
    [organizationId, page.afterEmail, page.limit],
  );
  return rows;
}

/** Which of the addresses are confirmed ones of active members, in lower case. */
export async function findMemberAddresses(
  db: Queryable,
  organizationId: number,
  addresses: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ address: string }>(
    `select lower(u.email) as address
       from membership m
       join app_user u on u.id = m.user_id
      where m.organization_id = $1 and m.is_active and u.is_active and u.email_confirmed_at is not null
        and lower(u.email) in (select lower(address) from unnest($2::text[]) as named (address))`,
    [organizationId, addresses],
  );
  return rows.map(({ address }) => address);
}

export async function findMember(db: Queryable, organizationId: number, userId: string): Promise<Member | undefined> {
  const { rows } = await db.query<Member>(`${MEMBER} where m.organization_id = $1 and m.user_id = $2`, [
    organizationId,
    userId,
  ]);
  return rows[0];
}

export async function listMemberships(db: Queryable, userId: string): Promise<Membership[]> {
  const { rows } = await db.query<Membership>(
    `select json_build_object('id', o.id, 'slug', o.slug, 'name', o.name) as organization, m.roles
       from membership m join organization o on o.id = m.organization_id
      where m.user_id = $1 and m.is_active
      order by o.id`,
    [userId],
  );
  return rows;
}

/** Those that are switched off, too. */
export async function countMemberships(db: Queryable, userId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from membership where user_id = $1",
    [userId],
  );
  return rows[0]!.count;
}

/**
 * Locks the person's memberships, so that two that are added or removed at once count each other. Not their key: a refresh that
 * holds a session would wait for it, and this for the session.
 */
export async function lockMemberships(client: PoolClient, userId: string): Promise<void> {
  await client.query("select 1 from app_user where id = $1 for no key update", [userId]);
}

export async function insertMembership(
  db: Queryable,
  userId: string,
  organizationId: number,
  roles: readonly Role[],
): Promise<void> {
  await db.query("insert into membership (user_id, organization_id, roles) values ($1, $2, $3)", [
    userId,
    organizationId,
    roles,
  ]);
}

export async function hasMembership(db: Queryable, userId: string, organizationId: number): Promise<boolean> {
  const { rowCount } = await db.query("select 1 from membership where user_id = $1 and organization_id = $2", [
    userId,
    organizationId,
  ]);
  return rowCount !== 0;
}

export async function updateMembership(
  db: Queryable,
  userId: string,
  organizationId: number,
  change: { readonly roles?: readonly Role[] | undefined; readonly isActive?: boolean | undefined },
): Promise<void> {
  await db.query(
    `update membership set roles = coalesce($3, roles), is_active = coalesce($4, is_active)
      where user_id = $1 and organization_id = $2`,
    [userId, organizationId, change.roles, change.isActive],
  );
}

/** Sessions that began until then may not act for the organization any more. */
export async function markSessionsEnded(
  db: Queryable,
  userId: string,
  organizationId: number,
  at: Date,
): Promise<void> {
  await db.query("update membership set sessions_ended_at = $3 where user_id = $1 and organization_id = $2", [
    userId,
    organizationId,
    at,
  ]);
}

export async function deleteMembership(db: Queryable, userId: string, organizationId: number): Promise<void> {
  await db.query("delete from membership where user_id = $1 and organization_id = $2", [userId, organizationId]);
}

/**
 * Locks the administrators of an organization, always in one order, and answers those who can act. Of two who remove each other
 * at once the second waits here, and finds the first gone.
 */
export async function lockAdministrators(client: PoolClient, organizationId: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select m.user_id as id
       from membership m join app_user u on u.id = m.user_id
      where m.organization_id = $1 and 'admin' = any(m.roles) and m.is_active and u.is_active
      order by m.user_id
        for update of m`,
    [organizationId],
  );
  return rows.map(({ id }) => id);
}

/** Undefined when the person may not act for the organization. */
export async function findRoles(db: Queryable, userId: string, organizationId: number): Promise<Role[] | undefined> {
  const { rows } = await db.query<{ roles: Role[] }>(
    `select m.roles from membership m join app_user u on u.id = m.user_id
      where m.user_id = $1 and m.organization_id = $2 and m.is_active and u.is_active`,
    [userId, organizationId],
  );
  return rows[0]?.roles;
}
