import { isSluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type AccessClaims, verifyAccessToken } from "../access-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { logout } from "../logout.ts";
import { revokeSession } from "../session-store.ts";
import { oauthFailure } from "./oauth-failure.ts";

/**
 * Ends the session that a refresh token or a person's access token is of (RFC 7009). A token that is not known, or has ended,
 * ends nothing and is no error. Throws `oauth.unsupported_token_type` for what ends with its client alone.
 */
export async function revokeToken(accounts: Accounts, token: string, address?: string): Promise<void> {
  if (token.startsWith("slr_")) return logout(accounts, token, address);
  if (token.startsWith("slc_")) throw ofClient();
  const claims = await claimsOf(accounts, token);
  if (!claims) return;
  if ("clientId" in claims) throw ofClient();
  const { userId, sessionId, organizationId } = claims;
  await inTransaction(accounts.pool, async (client) => {
    if (!(await revokeSession(client, userId, sessionId, nowOf(accounts)))) return;
    const by = { organizationId, actor: `user:${userId}`, address };
    await recordAuditEvent(client, by, {
      action: "session.end",
      subject: `user:${userId}`,
      after: { session: sessionId },
    });
  });
}

async function claimsOf({ signingKeys, clock }: Accounts, token: string): Promise<AccessClaims | undefined> {
  try {
    return await verifyAccessToken(signingKeys, clock, token);
  } catch (error) {
    if (isSluiceError(error) && error.kind === "unauthenticated") return undefined;
    throw error;
  }
}

function ofClient() {
  return oauthFailure("unsupported_token_type", "A client's token ends with the client: an administrator revokes it.");
}
