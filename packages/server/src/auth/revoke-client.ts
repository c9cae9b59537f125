import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { markRevoked } from "./client-store.ts";
import type { Requester } from "./requester.ts";

/** Ends an API client: its token opens nothing from a second on. */
export async function revokeClient(accounts: Accounts, by: Requester, id: string): Promise<void> {
  await inTransaction(accounts.pool, async (connection) => {
    const client = await markRevoked(connection, by.organizationId, id);
    if (!client) throw new SluiceError("not-found", "client.unknown", "There is no such API client.");
    await recordAuditEvent(connection, by, { action: "client.revoke", subject: `client:${id}`, before: client });
  });
}
