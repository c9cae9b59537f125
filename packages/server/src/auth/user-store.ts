import type { Pool, PoolClient } from "pg";
import type { Role } from "./principal.ts";

type Queryable = Pool | PoolClient;

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly isActive: boolean;
}

export interface UserWithPassword extends User {
  readonly passwordHash: string;
}

const USER = `select id, email, name, is_active as "isActive", password_hash as "passwordHash" from app_user`;

/** An e-mail address is one account in any letter case. */
export async function findUserByEmail(db: Queryable, email: string): Promise<UserWithPassword | undefined> {
  const { rows } = await db.query<UserWithPassword>(`${USER} where lower(email) = lower($1)`, [email]);
  return rows[0];
}

export async function findUser(db: Queryable, id: string): Promise<UserWithPassword | undefined> {
  const { rows } = await db.query<UserWithPassword>(`${USER} where id = $1`, [id]);
  return rows[0];
}

export async function hasUsers(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>("select exists (select 1 from app_user) as has");
  return rows[0]!.has;
}

/** Lets one process at a time decide whether the first user is still missing. */
export async function lockUsers(client: PoolClient): Promise<void> {
  await client.query("lock table app_user in share row exclusive mode");
}

/** Returns the user's id; undefined when the address is taken. */
export async function insertUser(
  db: Queryable,
  user: { readonly email: string; readonly name: string; readonly passwordHash: string },
): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `insert into app_user (email, name, password_hash) values ($1, $2, $3)
     on conflict (lower(email)) do nothing
     returning id`,
    [user.email, user.name, user.passwordHash],
  );
  return rows[0]?.id;
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

export async function updatePasswordHash(db: Queryable, userId: string, passwordHash: string): Promise<void> {
  await db.query("update app_user set password_hash = $2 where id = $1", [userId, passwordHash]);
}

/** The organization that a sign-in makes active: of several, the one that is longest there. */
export async function findHomeOrganization(db: Queryable, userId: string): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    "select organization_id as id from membership where user_id = $1 order by organization_id limit 1",
    [userId],
  );
  return rows[0]?.id;
}
