import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { markRevoked } from "./client-store.ts";
import type { Requester } from "./requester.ts";

/** Ends an API client: its token, and every access token made of its secret, opens nothing from a second on. */
export async function revokeClient(accounts: Accounts, by: Requester, id: string): Promise<void> {
  await inTransaction(accounts.pool, (connection) => revokeClientWithin(connection, by, id));
}

export async function revokeClientWithin(connection: PoolClient, by: Requester, id: string): Promise<void> {
  const revokedAt = await markRevoked(connection, by.organizationId, id);
  if (!revokedAt) throw unknownClient();
  await recordAuditEvent(connection, by, { action: "client.revoke", subject: `client:${id}`, after: { revokedAt } });
}

export function unknownClient(): SluiceError {
  return new SluiceError("not-found", "client.unknown", "There is no such API client.");
}
