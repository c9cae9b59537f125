import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { hashSecretToken } from "../platform/secret-token.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { inSigningTransaction, issueTokens, signPair, type TokenPair } from "./session.ts";
import { findSessionAccess, lockRefreshToken, markUsed, type RefreshToken, revokeSession } from "./session-store.ts";

/** So long after its exchange a token is answered again, for a reply that was lost and for two tabs that ask at once. */
export const REPLY_GRACE_MS = 30_000;

/**
 * Exchanges a refresh token for the next pair. Each token is good once; one that comes a second time was stolen from
 * somebody, so the whole session ends (RFC 9700, section 4.14.2). Throws `auth.refresh_invalid`.
 *
 * Within `REPLY_GRACE_MS`, and while its successor has not been used, the same token brings the *same* successor again. A
 * second successor would do too, but a thief within the grace would then have a line of tokens of their own, which nobody
 * would ever notice.
 */
export async function refresh(accounts: Accounts, refreshToken: string): Promise<TokenPair> {
  const hash = hashSecretToken(refreshToken);
  const now = nowOf(accounts);
  const pair = await inSigningTransaction(accounts, async (client) => {
    const token = await lockRefreshToken(client, hash);
    if (!token || token.revokedAt || token.expiresAt <= now) return undefined;
    const successor = successorToRepeat(accounts, token, now);
    if (token.usedAt && successor === undefined) return endStolenSession(client, token, now);
    if (!(await findSessionAccess(client, token, now))) return undefined;
    return successor === undefined ? exchange(accounts, client, hash, token) : signPair(accounts, token, successor);
  });
  if (pair) return pair;
  throw new SluiceError("unauthenticated", "auth.refresh_invalid", "The refresh token is not valid: sign in again.");
}

function successorToRepeat({ sealer }: Accounts, token: RefreshToken, now: Date): string | undefined {
  const { usedAt, sealedSuccessor, isSuccessorUsed } = token;
  if (usedAt === null || sealedSuccessor === null || isSuccessorUsed) return undefined;
  if (now.getTime() - usedAt.getTime() >= REPLY_GRACE_MS) return undefined;
  return sealer.unseal(sealedSuccessor).toString();
}

async function exchange(accounts: Accounts, client: PoolClient, hash: Buffer, token: RefreshToken): Promise<TokenPair> {
  const { userId, organizationId, sessionId } = token;
  const pair = await issueTokens(accounts, client, { userId, organizationId, sessionId });
  await markUsed(client, hash, {
    at: nowOf(accounts),
    successorHash: hashSecretToken(pair.refresh_token),
    sealedSuccessor: accounts.sealer.seal(Buffer.from(pair.refresh_token)),
  });
  return pair;
}

/** Returns nothing, so that the revocation commits. */
async function endStolenSession(client: PoolClient, token: RefreshToken, now: Date): Promise<undefined> {
  await revokeSession(client, token.userId, token.sessionId, now);
  await recordAuditEvent(
    client,
    { organizationId: token.organizationId, actor: "system" },
    { action: "session.revoke-reused", subject: `user:${token.userId}` },
  );
}
