import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken } from "../platform/secret-token.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { lockRefreshToken, revokeSession } from "./session-store.ts";

/** Ends the session of a refresh token, its access tokens within a second. A token that is not known ends nothing. */
export async function logout(accounts: Accounts, refreshToken: string, address?: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    const token = await lockRefreshToken(client, hashSecretToken(refreshToken));
    if (!token) return;
    const { userId, organizationId, sessionId } = token;
    if (!(await revokeSession(client, userId, sessionId, nowOf(accounts)))) return;
    const by = { organizationId, actor: `user:${userId}`, address };
    await recordAuditEvent(client, by, { action: "session.end", subject: `user:${userId}` });
  });
}
