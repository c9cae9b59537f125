import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { ACCESS_TOKEN_LIFETIME_S, signAccessToken } from "./access-token.ts";
import type { Accounts } from "./accounts.ts";
import { deleteExpired, insertRefreshToken } from "./session-store.ts";

/** A session lives this long after it was last refreshed. */
export const REFRESH_TOKEN_LIFETIME_MS = 30 * 24 * 3600 * 1000;

/** The answer of OAuth 2.0 (RFC 6749, section 5.1), which clients' libraries know. */
export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: "Bearer";
  /** Seconds that the access token lives. */
  readonly expires_in: number;
}

export interface SessionOwner {
  readonly userId: string;
  readonly organizationId: number;
  /** Of the session that goes on; a new one begins without it. */
  readonly sessionId?: string;
}

export async function issueTokens(accounts: Accounts, client: PoolClient, owner: SessionOwner): Promise<TokenPair> {
  const { clock, randomBytes, signingKeys } = accounts;
  const sessionId = owner.sessionId ?? randomUUID();
  const refreshToken = newSecretToken("slr_", randomBytes);
  const now = clock.nowMicros() / 1000;
  await deleteExpired(client, owner.userId, new Date(now));
  await insertRefreshToken(client, {
    hash: hashSecretToken(refreshToken),
    userId: owner.userId,
    organizationId: owner.organizationId,
    sessionId,
    createdAt: new Date(now),
    expiresAt: new Date(now + REFRESH_TOKEN_LIFETIME_MS),
  });
  return {
    access_token: await signAccessToken(signingKeys, clock, { ...owner, sessionId }),
    refresh_token: refreshToken,
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_LIFETIME_S,
  };
}
