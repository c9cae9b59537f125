import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken } from "../platform/secret-token.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { issueTokens, type TokenPair } from "./session.ts";
import { findSessionRoles, lockRefreshToken, markUsed, type RefreshToken, revokeSession } from "./session-store.ts";

/**
 * Exchanges a refresh token for the next pair. Each token is good once; one that comes a second time was stolen from
 * somebody, so the whole session ends (RFC 9700, section 4.14.2). Throws `auth.refresh_invalid`.
 */
export async function refresh(accounts: Accounts, refreshToken: string): Promise<TokenPair> {
  const hash = hashSecretToken(refreshToken);
  const now = new Date(accounts.clock.nowMicros() / 1000);
  const pair = await inTransaction(accounts.pool, async (client) => {
    const token = await lockRefreshToken(client, hash);
    if (!token || token.revokedAt || token.expiresAt <= now) return undefined;
    if (token.usedAt) return endStolenSession(client, token, now);
    if (!(await findSessionRoles(client, token, now))) return undefined;
    await markUsed(client, hash, now);
    return issueTokens(accounts, client, token);
  });
  if (pair) return pair;
  throw new SluiceError("unauthenticated", "auth.refresh_invalid", "The refresh token is not valid: sign in again.");
}

/** Returns nothing, so that the revocation commits. */
async function endStolenSession(client: PoolClient, token: RefreshToken, now: Date): Promise<undefined> {
  await revokeSession(client, token.sessionId, now);
  await recordAuditEvent(
    client,
    { organizationId: token.organizationId, actor: "system" },
    { action: "session.revoke-reused", subject: `user:${token.userId}` },
  );
}
