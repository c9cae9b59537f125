import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { ACCESS_TOKEN_LIFETIME_S, signAccessToken } from "./access-token.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import {
  deleteSurplusTokens,
  endSurplusSessions,
  insertRefreshToken,
  insertSession,
  touchSession,
} from "./session-store.ts";

/** A session lives this long after it was last refreshed. */
export const REFRESH_TOKEN_LIFETIME_MS = 30 * 24 * 3600 * 1000;
/** Of one person; with one more the one that was used longest ago ends. */
export const MAX_SESSIONS = 100;
/** Of one session: those of thirty days, of which each lives a quarter of an hour, fit. More are looked for now and then. */
export const MAX_TOKENS = 3_000;
const TRIM_EVERY = 100;
/** What browsers say of themselves fits; more is cut. */
const MAX_USER_AGENT_LENGTH = 400;

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
  /** The organization's application that it begins through; absent: the console, or the API itself. */
  readonly applicationId?: string | undefined;
  /** Where and with what it began, for the list of one's sessions. */
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
}

/**
 * A transaction that issues tokens. The key is looked for before it: within it, that would wait for a second connection while
 * others hold theirs and wait for this one's locks.
 */
export async function inSigningTransaction<T>(
  accounts: Accounts,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  await accounts.signingKeys.current();
  return inTransaction(accounts.pool, work);
}

export async function issueTokens(accounts: Accounts, client: PoolClient, owner: SessionOwner): Promise<TokenPair> {
  const { userId, organizationId } = owner;
  const now = nowOf(accounts);
  const sessionId = owner.sessionId ?? (await beginSession(client, owner, now));
  if (owner.sessionId === undefined) await endSurplusSessions(client, userId, MAX_SESSIONS);
  else await goOn(client, sessionId, now);
  const refreshToken = newSecretToken("slr_", accounts.randomBytes);
  await insertRefreshToken(client, {
    hash: hashSecretToken(refreshToken),
    userId,
    organizationId,
    sessionId,
    createdAt: now,
    expiresAt: new Date(now.getTime() + REFRESH_TOKEN_LIFETIME_MS),
  });
  return signPair(accounts, { userId, organizationId, sessionId }, refreshToken);
}

export async function signPair(
  { signingKeys, clock }: Accounts,
  claims: { readonly userId: string; readonly organizationId: number; readonly sessionId: string },
  refreshToken: string,
): Promise<TokenPair> {
  return {
    access_token: await signAccessToken(signingKeys, clock, claims),
    refresh_token: refreshToken,
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_LIFETIME_S,
  };
}

async function goOn(client: PoolClient, sessionId: string, now: Date): Promise<void> {
  const tokens = await touchSession(client, sessionId, now);
  if (tokens > MAX_TOKENS && tokens % TRIM_EVERY === 0) await deleteSurplusTokens(client, sessionId, MAX_TOKENS);
}

/** As it is kept. */
export function shortUserAgent(userAgent: string | undefined): string | undefined {
  return userAgent?.slice(0, MAX_USER_AGENT_LENGTH);
}

async function beginSession(client: PoolClient, owner: SessionOwner, at: Date) {
  const id = randomUUID();
  const { userId, applicationId, address } = owner;
  const userAgent = shortUserAgent(owner.userAgent);
  await insertSession(client, { id, userId, applicationId, at, address, userAgent });
  return id;
}
