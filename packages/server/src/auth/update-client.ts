import { inTransaction, isUniqueViolation } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { assertClientExpiry, checkedScopes } from "./client-scopes.ts";
import {
  type ApiClient,
  type ClientColumns,
  type ClientLimits,
  findClient,
  lockClient,
  updateClientRow,
} from "./client-store.ts";
import { nameTaken } from "./create-client.ts";
import type { Scope } from "./permissions.ts";
import type { Requester } from "./requester.ts";
import { unknownClient } from "./revoke-client.ts";

export interface ClientChange {
  readonly name?: string | undefined;
  readonly scopes?: readonly Scope[] | undefined;
  readonly limits?: ClientLimits | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** Changes what a client may do. Its entity stays: another party has another client. */
export async function updateClient(
  accounts: Accounts,
  by: Requester,
  id: string,
  change: ClientChange,
): Promise<ApiClient> {
  return inTransaction(accounts.pool, async (connection) => {
    if (!(await lockClient(connection, by.organizationId, id))) throw unknownClient();
    const before = (await findClient(connection, by.organizationId, id))!;
    by.assertSeen?.(before);
    if (change.expiresAt !== undefined) assertClientExpiry(accounts, change.expiresAt);
    const columns: ClientColumns = {
      name: change.name ?? before.name,
      scopes: checkedScopes(change.scopes ?? before.scopes, before.entity !== null),
      limits: change.limits === undefined ? before.limits : change.limits,
      expiresAt: change.expiresAt === undefined ? before.expiresAt : change.expiresAt,
    };
    await updateClientRow(connection, id, columns).catch((error: unknown) => {
      throw isUniqueViolation(error, "api_client_name") ? nameTaken() : error;
    });
    await recordAuditEvent(connection, by, {
      action: "client.update",
      subject: `client:${id}`,
      before: { name: before.name, scopes: before.scopes, limits: before.limits, expiresAt: before.expiresAt },
      after: columns,
    });
    return { ...before, ...columns };
  });
}
