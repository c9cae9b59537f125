import type { Queryable } from "../../platform/postgres.ts";

/** What somebody asked for who is no user until it is confirmed. */
export interface Registration {
  /** Of the account that it becomes. */
  readonly userId: string;
  readonly organizationId: number;
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const COLUMNS = `user_id as "userId", organization_id as "organizationId", username, email,
                 password_hash as "passwordHash", created_at as "createdAt", expires_at as "expiresAt"`;

export async function insertRegistration(
  db: Queryable,
  registration: Registration & { readonly tokenHash: Buffer },
): Promise<void> {
  await db.query(
    `insert into registration (user_id, organization_id, token_hash, username, email, password_hash, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      registration.userId,
      registration.organizationId,
      registration.tokenHash,
      registration.username,
      registration.email,
      registration.passwordHash,
      registration.createdAt,
      registration.expiresAt,
    ],
  );
}

/** Takes it away: of two who confirm it one does. */
export async function takeRegistration(
  db: Queryable,
  which: { readonly tokenHash: Buffer } | { readonly userId: string; readonly organizationId: number },
  at: Date,
): Promise<Registration | undefined> {
  const byToken = "tokenHash" in which;
  const { rows } = await db.query<Registration>(
    `delete from registration
      where expires_at > $1 and (token_hash = $2 or (user_id = $3 and organization_id = $4))
     returning ${COLUMNS}`,
    [at, byToken ? which.tokenHash : null, byToken ? null : which.userId, byToken ? null : which.organizationId],
  );
  return rows[0];
}

/** Those that can become accounts: not of an address that has one. */
export async function listRegistrations(
  db: Queryable,
  organizationId: number,
  page: { readonly afterId?: string | undefined; readonly limit: number; readonly at: Date },
): Promise<Omit<Registration, "passwordHash">[]> {
  const { rows } = await db.query<Registration>(
    `select user_id as "userId", organization_id as "organizationId", username, email,
            created_at as "createdAt", expires_at as "expiresAt"
       from registration r
      where organization_id = $1 and expires_at > $4 and ($2::uuid is null or user_id > $2)
        and not exists (select 1 from app_user u where lower(u.email) = lower(r.email))
      order by user_id limit $3`,
    [organizationId, page.afterId, page.limit, page.at],
  );
  return rows;
}

/** Makes place for one more: beyond `maxCount` the oldest go, which have had the longest time to be confirmed. */
export async function dropOldestRegistrations(db: Queryable, maxCount: number): Promise<void> {
  await db.query(
    `delete from registration where user_id in (
       select user_id from registration order by expires_at desc, user_id offset $1 for update skip locked)`,
    [maxCount - 1],
  );
}

export async function deleteExpiredRegistrations(db: Queryable, at: Date): Promise<void> {
  await db.query("delete from registration where expires_at <= $1", [at]);
}

/** The one that newcomers join: the oldest. */
export async function defaultOrganizationId(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ id: number }>("select id from organization order by id limit 1");
  return rows[0]!.id;
}
