import { inTransaction } from "../platform/postgres.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { endCredentials, findClient, lockClient } from "./client-store.ts";
import { type CreatedClient, issueCredentials } from "./create-client.ts";
import type { Requester } from "./requester.ts";
import { unknownClient } from "./revoke-client.ts";

/** Time to bring the new credentials to where the old ones are used. */
export const DEFAULT_ROTATION_OVERLAP_S = 24 * 3600;
export const MAX_ROTATION_OVERLAP_S = 30 * 24 * 3600;

/** Gives a client another token and another secret; the last ones stay good for `overlapS`, those before them end now. */
export async function rotateClient(
  accounts: Accounts,
  by: Requester,
  id: string,
  overlapS: number = DEFAULT_ROTATION_OVERLAP_S,
): Promise<CreatedClient & { readonly previousUntil: Date }> {
  const previousUntil = new Date(nowOf(accounts).getTime() + overlapS * 1000);
  return inTransaction(accounts.pool, async (connection) => {
    if (!(await lockClient(connection, by.organizationId, id))) throw unknownClient();
    await endCredentials(connection, id, previousUntil);
    const credentials = await issueCredentials(accounts, connection, id);
    await recordAuditEvent(connection, by, {
      action: "client.rotate",
      subject: `client:${id}`,
      after: { previousUntil },
    });
    return { client: (await findClient(connection, by.organizationId, id))!, ...credentials, previousUntil };
  });
}
