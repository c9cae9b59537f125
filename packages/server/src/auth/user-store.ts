import type { PoolClient } from "pg";
import type { Queryable } from "../platform/postgres.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly username: string | null;
  readonly name: string;
  readonly isActive: boolean;
  readonly emailConfirmedAt: Date | null;
  readonly createdAt: Date;
}

export interface UserWithPassword extends User {
  readonly passwordHash: string;
}

const USER = `select id, email, username, name, is_active as "isActive", email_confirmed_at as "emailConfirmedAt",
                     created_at as "createdAt", password_hash as "passwordHash"
                from app_user`;

/** An e-mail address is one account in any letter case. */
export async function findUserByEmail(db: Queryable, email: string): Promise<UserWithPassword | undefined> {
  const { rows } = await db.query<UserWithPassword>(`${USER} where lower(email) = lower($1)`, [email]);
  return rows[0];
}

export async function findUser(db: Queryable, id: string): Promise<UserWithPassword | undefined> {
  const { rows } = await db.query<UserWithPassword>(`${USER} where id = $1`, [id]);
  return rows[0];
}

/** What a sign-in has to know, in one query. */
export interface SignInUser {
  readonly id: string;
  readonly email: string;
  readonly isActive: boolean;
  readonly passwordHash: string;
  readonly hasSecondFactor: boolean;
  /** When the account last signed in from the network, to a day; null when it never did. */
  readonly networkSeenAt: Date | null;
  /** The organization that a sign-in makes active: of several, the one that is longest there. */
  readonly organizationId: number | null;
}

/** By e-mail address or user name, which never has an "@". */
export async function findForSignIn(
  db: Queryable,
  name: string,
  network: string,
  networkSeenAfter: Date,
): Promise<SignInUser | undefined> {
  const { rows } = await db.query<SignInUser>(
    `select u.id, u.email, u.is_active as "isActive", u.password_hash as "passwordHash",
            exists (select 1 from second_factor f where f.user_id = u.id and f.confirmed_at is not null)
              as "hasSecondFactor",
            (select a.last_seen_at from known_address a
              where a.user_id = u.id and a.network = $2 and a.last_seen_at > $3) as "networkSeenAt",
            (select min(m.organization_id) from membership m where m.user_id = u.id and m.is_active)
              as "organizationId"
       from app_user u
      where lower(u.email) = lower($1) or lower(u.username) = lower($1)`,
    [name, network, networkSeenAfter],
  );
  return rows[0];
}

/** In whose audit it is kept what people do to their own account; of somebody who is switched off everywhere, too. */
export async function findHomeOrganization(db: Queryable, userId: string): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    "select organization_id as id from membership where user_id = $1 order by is_active desc, organization_id limit 1",
    [userId],
  );
  return rows[0]?.id;
}

export async function hasUsers(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>("select exists (select 1 from app_user) as has");
  return rows[0]!.has;
}

/** Lets one process at a time decide whether the first user is still missing. */
export async function lockUsers(client: PoolClient): Promise<void> {
  await client.query("lock table app_user in share row exclusive mode");
}

export interface NewUser {
  /** Chosen by the database when absent. */
  readonly id?: string;
  readonly email: string;
  readonly username?: string | undefined;
  readonly name: string;
  readonly passwordHash: string;
  readonly emailConfirmedAt?: Date;
}

/** Returns the user's id; undefined when the address or the user name is taken. */
export async function insertUser(db: Queryable, user: NewUser): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `insert into app_user (id, email, username, name, password_hash, email_confirmed_at)
     values (coalesce($1, gen_random_uuid()), $2, $3, $4, $5, $6)
     on conflict do nothing
     returning id`,
    [user.id, user.email, user.username, user.name, user.passwordHash, user.emailConfirmedAt],
  );
  return rows[0]?.id;
}

export async function isUsernameTaken(db: Queryable, username: string): Promise<boolean> {
  const { rowCount } = await db.query("select 1 from app_user where lower(username) = lower($1)", [username]);
  return rowCount !== 0;
}

export async function updatePasswordHash(db: Queryable, userId: string, passwordHash: string): Promise<void> {
  await db.query("update app_user set password_hash = $2 where id = $1", [userId, passwordHash]);
}

/** Unless the password was changed meanwhile. */
export async function replacePasswordHash(db: Queryable, userId: string, from: string, to: string): Promise<boolean> {
  const { rowCount } = await db.query("update app_user set password_hash = $3 where id = $1 and password_hash = $2", [
    userId,
    from,
    to,
  ]);
  return rowCount !== 0;
}

/** Answers whether the password is still this one, and keeps it so until the transaction ends. */
export async function holdPassword(client: PoolClient, userId: string, passwordHash: string): Promise<boolean> {
  const { rowCount } = await client.query("select 1 from app_user where id = $1 and password_hash = $2 for share", [
    userId,
    passwordHash,
  ]);
  return rowCount !== 0;
}

/** Throws a unique violation when the user name is taken. */
export async function updateUser(
  db: Queryable,
  id: string,
  change: { readonly name?: string | undefined; readonly username?: string | null | undefined },
): Promise<void> {
  await db.query(
    `update app_user set name = coalesce($2, name), username = case when $3 then $4 else username end where id = $1`,
    [id, change.name, change.username !== undefined, change.username],
  );
}

/** Throws a unique violation when the address is taken. */
export async function updateEmail(db: Queryable, id: string, email: string, confirmedAt: Date): Promise<void> {
  await db.query("update app_user set email = $2, email_confirmed_at = $3 where id = $1", [id, email, confirmedAt]);
}

/** Answers whether it was the first time. */
export async function markEmailConfirmed(db: Queryable, id: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    "update app_user set email_confirmed_at = $2 where id = $1 and email_confirmed_at is null",
    [id, at],
  );
  return rowCount !== 0;
}

export async function deleteUser(db: Queryable, id: string): Promise<void> {
  await db.query("delete from app_user where id = $1", [id]);
}

/** Networks remembered of one person: home, work, phone, and some journeys. */
const MAX_KNOWN_ADDRESSES = 20;

export async function rememberAddress(db: Queryable, userId: string, network: string, at: Date): Promise<void> {
  await db.query(
    `insert into known_address (user_id, network, last_seen_at) values ($1, $2, $3)
     on conflict (user_id, network) do update set last_seen_at = excluded.last_seen_at`,
    [userId, network, at],
  );
  await db.query(
    `delete from known_address a
      where a.user_id = $1
        and a.network in (select network from known_address where user_id = $1 order by last_seen_at desc, network offset $2)`,
    [userId, MAX_KNOWN_ADDRESSES],
  );
}

export async function forgetAddresses(db: Queryable, lastSeenBefore: Date): Promise<void> {
  await db.query("delete from known_address where last_seen_at < $1", [lastSeenBefore]);
}
