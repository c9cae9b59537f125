import { createHash, timingSafeEqual } from "node:crypto";
import type { PoolClient } from "pg";
import type { Queryable } from "../../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../../platform/secret-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { inSigningTransaction, issueTokens, shortUserAgent, type TokenPair } from "../session.ts";
import { findSessionAccess, revokeSession } from "../session-store.ts";
import {
  type AuthorizationCode,
  insertAuthorizationCode,
  lockAuthorizationCode,
  markCodeUsed,
} from "./authorization-code-store.ts";
import { type AuthorizationRequest, findSignInApplication } from "./authorization-request.ts";
import { oauthFailure } from "./oauth-failure.ts";

/** From the browser's redirect to the program's request: a second or two. RFC 6749 allows ten minutes. */
export const CODE_LIFETIME_MS = 60_000;

/** Who has signed in, and for which organization. */
export interface SignedIn {
  readonly userId: string;
  readonly organizationId: number;
}

/** Returns the code that the browser carries to the program. It is good once, for that program and where it is read. */
export async function issueAuthorizationCode(
  accounts: Accounts,
  { userId, organizationId }: SignedIn,
  { applicationId, redirectUri, challenge }: Pick<AuthorizationRequest, "applicationId" | "redirectUri" | "challenge">,
  db: Queryable = accounts.pool,
): Promise<string> {
  const code = newSecretToken("slz_", accounts.randomBytes);
  const createdAt = nowOf(accounts);
  const expiresAt = new Date(createdAt.getTime() + CODE_LIFETIME_MS);
  const row = { applicationId, userId, organizationId, redirectUri, challenge, createdAt, expiresAt };
  await insertAuthorizationCode(db, hashSecretToken(code), row);
  return code;
}

export interface CodeRedemption {
  readonly code: string;
  readonly applicationId: string;
  readonly redirectUri: string;
  /** What the challenge is the hash of (RFC 7636). */
  readonly verifier: string;
  /** By which the server is reached. */
  readonly origin: string;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
}

/**
 * Begins the session that a code stands for. A code that comes a second time was stolen, or its thief was faster: the session
 * ends (RFC 6749, section 4.1.2). Throws `oauth.invalid_grant`.
 */
export async function redeemAuthorizationCode(accounts: Accounts, redemption: CodeRedemption): Promise<TokenPair> {
  const hash = hashSecretToken(redemption.code);
  const pair = await inSigningTransaction(accounts, async (client) => {
    const code = await lockAuthorizationCode(client, hash);
    if (!code) return undefined;
    if (code.usedAt) return endSessionOf(accounts, client, code);
    if (!isFor(code, redemption) || code.expiresAt <= nowOf(accounts)) return undefined;
    // Held, so that whoever revokes it finds the session.
    const application = await findSignInApplication(client, redemption.applicationId, redemption.origin, "for share");
    if (!application) return undefined;
    const applicationId = application.isConsole ? undefined : redemption.applicationId;
    return beginSession(accounts, client, { hash, code, redemption, applicationId });
  });
  if (pair) return pair;
  throw oauthFailure("invalid_grant", "The code is not valid, has been used or has expired: sign in again.");
}

function isFor(code: AuthorizationCode, { applicationId, redirectUri, verifier }: CodeRedemption): boolean {
  const challenge = createHash("sha256").update(verifier).digest();
  const expected = Buffer.from(code.challenge, "base64url");
  return (
    code.applicationId === applicationId &&
    code.redirectUri === redirectUri &&
    expected.length === challenge.length &&
    timingSafeEqual(expected, challenge)
  );
}

async function beginSession(
  accounts: Accounts,
  client: PoolClient,
  given: {
    readonly hash: Buffer;
    readonly code: AuthorizationCode;
    readonly redemption: CodeRedemption;
    readonly applicationId: string | undefined;
  },
): Promise<TokenPair> {
  const { userId, organizationId } = given.code;
  const { address } = given.redemption;
  const userAgent = shortUserAgent(given.redemption.userAgent);
  const by = { organizationId, actor: `user:${userId}`, address };
  await recordAuditEvent(client, by, { action: "session.begin", subject: `user:${userId}`, after: { userAgent } });
  const { applicationId } = given;
  const pair = await issueTokens(accounts, client, { userId, organizationId, applicationId, address, userAgent });
  const at = nowOf(accounts);
  const refreshTokenHash = hashSecretToken(pair.refresh_token);
  const sessionId = await markCodeUsed(client, given.hash, { at, refreshTokenHash });
  if (await findSessionAccess(client, { sessionId, userId, organizationId }, at)) return pair;
  throw oauthFailure("invalid_grant", "The account may no longer act for the organization.");
}

/** Returns nothing, so that the end commits. */
async function endSessionOf(accounts: Accounts, client: PoolClient, code: AuthorizationCode): Promise<undefined> {
  const { sessionId, userId, organizationId } = code;
  if (sessionId === null) return;
  const hadNotEnded = await revokeSession(client, userId, sessionId, nowOf(accounts));
  if (!hadNotEnded) return;
  await recordAuditEvent(
    client,
    { organizationId, actor: "system" },
    { action: "session.revoke-reused-code", subject: `user:${userId}` },
  );
}
