import type { PoolClient } from "pg";
import type { Queryable } from "../platform/postgres.ts";
import { deleteOpenCodes } from "./oauth/authorization-code-store.ts";
import type { Role } from "./principal.ts";

/** A *session* is a sign-in: a family of refresh tokens, of which each is used once and brings the next. */
export interface RefreshToken {
  readonly userId: string;
  readonly organizationId: number;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
  /** The token that it was exchanged for. */
  readonly sealedSuccessor: Buffer | null;
  readonly isSuccessorUsed: boolean;
}

/** A sign-in as its owner sees it. */
export interface Session {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
  /** Name of the organization's application that it was begun through. */
  readonly application: string | null;
}

export async function insertSession(
  db: Queryable,
  session: {
    readonly id: string;
    readonly userId: string;
    readonly applicationId: string | undefined;
    readonly at: Date;
    readonly address: string | undefined;
    readonly userAgent: string | undefined;
  },
): Promise<void> {
  await db.query(
    `insert into session (id, user_id, created_at, last_used_at, address, user_agent, application_id)
     values ($1, $2, $3, $3, $4, $5, $6)`,
    [session.id, session.userId, session.at, session.address, session.userAgent, session.applicationId],
  );
}

/** Answers how many tokens the session has had. */
export async function touchSession(db: Queryable, id: string, at: Date): Promise<number> {
  const { rows } = await db.query<{ tokens: number }>(
    "update session set last_used_at = $2, tokens = tokens + 1 where id = $1 returning tokens",
    [id, at],
  );
  return rows[0]!.tokens;
}

const LIVE =
  "exists (select 1 from refresh_token t where t.family = s.id and t.revoked_at is null and t.expires_at > $2)";

/** Those that have not ended, the one used last first. */
export async function listSessions(db: Queryable, userId: string, at: Date): Promise<Session[]> {
  const { rows } = await db.query<Session>(
    `select s.id, s.created_at as "createdAt", s.last_used_at as "lastUsedAt", s.address, s.user_agent as "userAgent",
            a.name as application
       from session s
       left join application a on a.id = s.application_id
      where s.user_id = $1 and ${LIVE}
      order by s.last_used_at desc, s.id`,
    [userId, at],
  );
  return rows;
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

/**
 * Locks the session and then the token, so that of two requests with it one comes first. Everything that ends a session or
 * lengthens it locks in this order; a token made while its session ends would outlive it.
 */
export async function lockRefreshToken(client: PoolClient, hash: Buffer): Promise<RefreshToken | undefined> {
  await client.query(
    "select 1 from session where id = (select family from refresh_token where token_hash = $1) for no key update",
    [hash],
  );
  const { rows } = await client.query<RefreshToken>(
    `select user_id as "userId", organization_id as "organizationId", family as "sessionId",
            expires_at as "expiresAt", used_at as "usedAt", revoked_at as "revokedAt",
            sealed_successor as "sealedSuccessor",
            exists (select 1 from refresh_token s where s.token_hash = t.successor_hash and s.used_at is not null)
              as "isSuccessorUsed"
       from refresh_token t where token_hash = $1
        for update`,
    [hash],
  );
  return rows[0];
}

export async function markUsed(
  client: PoolClient,
  hash: Buffer,
  use: { readonly at: Date; readonly successorHash: Buffer; readonly sealedSuccessor: Buffer },
): Promise<void> {
  await client.query(
    "update refresh_token set used_at = $2, successor_hash = $3, sealed_successor = $4 where token_hash = $1",
    [hash, use.at, use.successorHash, use.sealedSuccessor],
  );
}

export async function lockSession(client: PoolClient, id: string): Promise<void> {
  await client.query("select 1 from session where id = $1 for no key update", [id]);
}

/** Answers whether it was a session of the user that had not ended. */
export async function revokeSession(client: PoolClient, userId: string, sessionId: string, at: Date): Promise<boolean> {
  await lockSession(client, sessionId);
  const { rowCount } = await client.query(
    "update refresh_token set revoked_at = $3 where family = $1 and user_id = $2 and revoked_at is null and expires_at > $3",
    [sessionId, userId, at],
  );
  return rowCount !== 0;
}

/** Ends all that were begun through an application. */
export async function revokeSessionsThrough(client: PoolClient, applicationId: string, at: Date): Promise<void> {
  await client.query("select 1 from session where application_id = $1 order by id for no key update", [applicationId]);
  await client.query(
    `update refresh_token t set revoked_at = $2
       from session s
      where s.application_id = $1 and t.family = s.id and t.revoked_at is null`,
    [applicationId, at],
  );
}

/** And the sign-ins that are on their way to a program: first, so that one which is being redeemed is waited for, and ended. */
export async function revokeSessionsOf(
  client: PoolClient,
  userId: string,
  at: Date,
  only: { readonly organizationId?: number; readonly exceptSessionId?: string } = {},
): Promise<void> {
  await deleteOpenCodes(client, userId);
  await client.query("select 1 from session where user_id = $1 order by id for no key update", [userId]);
  await client.query(
    `update refresh_token set revoked_at = $2
      where user_id = $1 and revoked_at is null
        and ($3::int is null or organization_id = $3) and ($4::uuid is null or family <> $4)`,
    [userId, at, only.organizationId, only.exceptSessionId],
  );
}

/**
 * Of more than `maxSessions` sign-ins those that were used longest ago end. Rows that another sign-in of the same person holds
 * are its business.
 */
export async function endSurplusSessions(db: Queryable, userId: string, maxSessions: number): Promise<void> {
  await db.query(
    `with surplus as (
       select id from session where user_id = $1 order by last_used_at desc, id offset $2
     ), free as (
       select s.id from session s join surplus using (id) for update of s skip locked
     )
     delete from session s using free where s.id = free.id`,
    [userId, maxSessions],
  );
}

/** Keeps the newest tokens of a session; one that is gone is as good as expired. */
export async function deleteSurplusTokens(db: Queryable, sessionId: string, maxTokens: number): Promise<void> {
  await db.query(
    `delete from refresh_token where token_hash in (
       select token_hash from refresh_token where family = $1 order by created_at desc, token_hash offset $2)`,
    [sessionId, maxTokens],
  );
}

/**
 * Tokens that expired, which are kept until then to recognise one that is used again, and sessions that have ended. `before` lies
 * in the past by longer than any request takes, so that none which is being refreshed just before its end is taken for ended.
 */
export async function sweepSessions(db: Queryable, before: Date): Promise<void> {
  await db.query("delete from refresh_token where expires_at < $1", [before]);
  await db.query(
    `delete from session s
      where s.last_used_at < $1
        and not exists (select 1 from refresh_token t where t.family = s.id and t.revoked_at is null)`,
    [before],
  );
}

/** Whether an organization has ended the sessions of this person in it since this one began. */
export async function isEndedIn(db: Queryable, sessionId: string, organizationId: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from session s join membership m on m.user_id = s.user_id and m.organization_id = $2
      where s.id = $1 and s.created_at <= m.sessions_ended_at`,
    [sessionId, organizationId],
  );
  return rowCount !== 0;
}

/** What a session gives now. */
export interface SessionAccess {
  readonly roles: readonly Role[];
  /** The organization's application that it was begun through. */
  readonly applicationId: string | null;
}

/** Undefined when it ended, or its user may no longer act for the organization. */
export async function findSessionAccess(
  db: Queryable,
  session: { readonly sessionId: string; readonly userId: string; readonly organizationId: number },
  at: Date,
): Promise<SessionAccess | undefined> {
  const { rows } = await db.query<SessionAccess>(
    `select m.roles, s.application_id as "applicationId"
       from membership m
       join app_user u on u.id = m.user_id
       join session s on s.id = $1
      where m.user_id = $2 and m.organization_id = $3 and m.is_active and u.is_active
        and exists (
          select 1 from refresh_token t
           where t.family = $1 and t.user_id = $2 and t.organization_id = $3
             and t.revoked_at is null and t.expires_at > $4
        )`,
    [session.sessionId, session.userId, session.organizationId, at],
  );
  return rows[0];
}
