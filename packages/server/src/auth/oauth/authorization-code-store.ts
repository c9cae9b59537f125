import type { PoolClient } from "pg";
import type { Queryable } from "../../platform/postgres.ts";

/**
 * One sign-in through a browser, on its way to the program that asked for it.
 *
 *   issued   → redeemed once, before it expires
 *   redeemed → a session was begun; coming again, it ends that session
 */
export interface AuthorizationCode {
  readonly applicationId: string;
  readonly userId: string;
  readonly organizationId: number;
  readonly redirectUri: string;
  /** Base64url of the SHA-256 of the program's verifier (RFC 7636, S256). */
  readonly challenge: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly sessionId: string | null;
}

export async function insertAuthorizationCode(
  db: Queryable,
  hash: Buffer,
  code: Omit<AuthorizationCode, "usedAt" | "sessionId"> & { readonly createdAt: Date },
): Promise<void> {
  await db.query(
    `insert into authorization_code
       (code_hash, application_id, user_id, organization_id, redirect_uri, challenge, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      hash,
      code.applicationId,
      code.userId,
      code.organizationId,
      code.redirectUri,
      code.challenge,
      code.createdAt,
      code.expiresAt,
    ],
  );
}

/** Of two requests with one code, one comes first. */
export async function lockAuthorizationCode(client: PoolClient, hash: Buffer): Promise<AuthorizationCode | undefined> {
  const { rows } = await client.query<AuthorizationCode>(
    `select application_id as "applicationId", user_id as "userId", organization_id as "organizationId",
            redirect_uri as "redirectUri", challenge, expires_at as "expiresAt", used_at as "usedAt",
            session_id as "sessionId"
       from authorization_code where code_hash = $1 for update`,
    [hash],
  );
  return rows[0];
}

/** Answers the session that the refresh token belongs to. */
export async function markCodeUsed(
  client: PoolClient,
  hash: Buffer,
  use: { readonly at: Date; readonly refreshTokenHash: Buffer },
): Promise<string> {
  const { rows } = await client.query<{ sessionId: string }>(
    `update authorization_code
        set used_at = $2, session_id = (select family from refresh_token where token_hash = $3)
      where code_hash = $1
     returning session_id as "sessionId"`,
    [hash, use.at, use.refreshTokenHash],
  );
  return rows[0]!.sessionId;
}

/** Sign-ins of a person that no program has redeemed yet. */
export async function deleteOpenCodes(client: PoolClient, userId: string): Promise<void> {
  await client.query("delete from authorization_code where user_id = $1 and used_at is null", [userId]);
}

/** Those that were never redeemed and cannot be any more. Redeemed ones go with their session. */
export async function sweepAuthorizationCodes(db: Queryable, at: Date): Promise<void> {
  await db.query(
    `with expired as (
       select code_hash from authorization_code where session_id is null and expires_at < $1 for update skip locked
     )
     delete from authorization_code c using expired where c.code_hash = expired.code_hash`,
    [at],
  );
}
