import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken } from "../platform/secret-token.ts";
import type { Accounts } from "./accounts.ts";
import { lockRefreshToken, revokeSession } from "./session-store.ts";

/** Ends the session of a refresh token, its access tokens within a second. A token that is not known ends nothing. */
export async function logout(accounts: Accounts, refreshToken: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    const token = await lockRefreshToken(client, hashSecretToken(refreshToken));
    if (token) await revokeSession(client, token.sessionId, new Date(accounts.clock.nowMicros() / 1000));
  });
}
