import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import type { Person } from "../profile/profile.ts";
import type { Requester } from "../requester.ts";
import { revokeSessionsOf } from "../session-store.ts";
import { deleteExternalIdentity, listExternalIdentities, type OwnIdentity } from "./external-identity-store.ts";

export function listOwnIdentities({ pool }: Accounts, { userId }: Person): Promise<OwnIdentity[]> {
  return listExternalIdentities(pool, userId);
}

/**
 * Takes an external identity off one's account. All other sessions end, since nobody knows any more which of them began with it.
 * Throws `identity.unknown`.
 */
export async function unlinkIdentity(
  accounts: Accounts,
  by: Requester,
  { userId, sessionId }: Person,
  id: string,
): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    const before = await deleteExternalIdentity(client, userId, id);
    if (!before) throw new SluiceError("not-found", "identity.unknown", "You have no such external identity.");
    await revokeSessionsOf(client, userId, nowOf(accounts), { exceptSessionId: sessionId });
    await recordAuditEvent(client, by, { action: "user.unlink-identity", subject: `user:${userId}`, before });
  });
}
