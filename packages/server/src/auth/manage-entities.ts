import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import {
  deleteEntityRow,
  type Entity,
  insertEntity,
  listClientIdsOf,
  lockEntity,
  renameEntity,
  replaceEntitySites,
  requireEntity,
} from "./entity-store.ts";
import type { Requester } from "./requester.ts";
import { revokeClientWithin } from "./revoke-client.ts";

export interface EntityDraft {
  readonly slug: string;
  readonly name: string;
  /** Of the same organization; each once. */
  readonly siteIds: readonly number[];
}

export async function createEntity(accounts: Accounts, by: Requester, draft: EntityDraft): Promise<Entity> {
  return inTransaction(accounts.pool, async (connection) => {
    const id = await insertEntity(connection, { ...draft, organizationId: by.organizationId });
    if (id === undefined) throw new SluiceError("conflict", "entity.slug_taken", "There is an entity of this slug.");
    await replaceEntitySites(connection, by.organizationId, id, draft.siteIds);
    await recordAuditEvent(connection, by, { action: "entity.create", subject: `entity:${id}`, after: draft });
    return requireEntity(connection, by.organizationId, id);
  });
}

export interface EntityChange {
  readonly name?: string | undefined;
  readonly siteIds?: readonly number[] | undefined;
}

/** What it may read changes with its next request. */
export async function updateEntity(
  accounts: Accounts,
  by: Requester,
  reference: string,
  change: EntityChange,
): Promise<Entity> {
  return inTransaction(accounts.pool, async (connection) => {
    const { id } = await requireEntity(connection, by.organizationId, reference);
    await lockEntity(connection, id);
    const before = await requireEntity(connection, by.organizationId, id);
    by.assertSeen?.(before);
    if (change.name !== undefined) await renameEntity(connection, id, change.name);
    if (change.siteIds) await replaceEntitySites(connection, by.organizationId, id, change.siteIds);
    const after = await requireEntity(connection, by.organizationId, id);
    await recordAuditEvent(connection, by, { action: "entity.update", subject: `entity:${id}`, before, after });
    return after;
  });
}

/** Its clients end with it. */
export async function deleteEntity(accounts: Accounts, by: Requester, reference: string): Promise<void> {
  await inTransaction(accounts.pool, async (connection) => {
    const { id } = await requireEntity(connection, by.organizationId, reference);
    await lockEntity(connection, id);
    const before = await requireEntity(connection, by.organizationId, id);
    by.assertSeen?.(before);
    for (const client of await listClientIdsOf(connection, id)) await revokeClientWithin(connection, by, client);
    await deleteEntityRow(connection, id);
    await recordAuditEvent(connection, by, { action: "entity.delete", subject: `entity:${id}`, before });
  });
}
