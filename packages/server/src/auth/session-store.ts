import type { Pool, PoolClient } from "pg";
import type { Role } from "./principal.ts";

type Queryable = Pool | PoolClient;

/** A *session* is a family of refresh tokens: each is used once and brings the next. */
export interface RefreshToken {
  readonly userId: string;
  readonly organizationId: number;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
}

export async function insertRefreshToken(
  db: Queryable,
  token: {
    readonly hash: Buffer;
    readonly userId: string;
    readonly organizationId: number;
    readonly sessionId: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await db.query(
    `insert into refresh_token (token_hash, user_id, organization_id, family, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [token.hash, token.userId, token.organizationId, token.sessionId, token.createdAt, token.expiresAt],
  );
}

/** Locks the token, so that of two requests with it one comes first. */
export async function lockRefreshToken(client: PoolClient, hash: Buffer): Promise<RefreshToken | undefined> {
  const { rows } = await client.query<RefreshToken>(
    `select user_id as "userId", organization_id as "organizationId", family as "sessionId",
            expires_at as "expiresAt", used_at as "usedAt", revoked_at as "revokedAt"
       from refresh_token where token_hash = $1
        for update`,
    [hash],
  );
  return rows[0];
}

export async function markUsed(client: PoolClient, hash: Buffer, at: Date): Promise<void> {
  await client.query("update refresh_token set used_at = $2 where token_hash = $1", [hash, at]);
}

export async function revokeSession(db: Queryable, sessionId: string, at: Date): Promise<void> {
  await db.query("update refresh_token set revoked_at = $2 where family = $1 and revoked_at is null", [sessionId, at]);
}

export async function revokeSessionsOf(db: Queryable, userId: string, at: Date): Promise<void> {
  await db.query("update refresh_token set revoked_at = $2 where user_id = $1 and revoked_at is null", [userId, at]);
}

/** Used tokens are kept until they expire, to recognise one that is used again. */
export async function deleteExpired(db: Queryable, userId: string, at: Date): Promise<void> {
  await db.query("delete from refresh_token where user_id = $1 and expires_at < $2", [userId, at]);
}

/** The roles that a session gives now; undefined when it ended, or its user may no longer act for the organization. */
export async function findSessionRoles(
  db: Queryable,
  session: { readonly sessionId: string; readonly userId: string; readonly organizationId: number },
  at: Date,
): Promise<readonly Role[] | undefined> {
  const { rows } = await db.query<{ roles: Role[] }>(
    `select m.roles
       from membership m
       join app_user u on u.id = m.user_id
      where m.user_id = $2 and m.organization_id = $3 and u.is_active
        and exists (
          select 1 from refresh_token t
           where t.family = $1 and t.user_id = $2 and t.organization_id = $3
             and t.revoked_at is null and t.expires_at > $4
        )`,
    [session.sessionId, session.userId, session.organizationId, at],
  );
  return rows[0]?.roles;
}
