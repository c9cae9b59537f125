import { inTransaction } from "../platform/postgres.ts";
import { type Organization, renameOrganization as renameRow, requireOrganization } from "./organization-store.ts";
import type { Registry, Requester } from "./registry.ts";

export async function renameOrganization(registry: Registry, by: Requester, name: string): Promise<Organization> {
  return inTransaction(registry.pool, async (client) => {
    const before = await requireOrganization(client, by.organizationId);
    await renameRow(client, before.id, name);
    const after = await requireOrganization(client, before.id);
    await registry.recordChange(client, by, {
      action: "organization.rename",
      subject: `organization:${before.id}`,
      before,
      after,
    });
    return after;
  });
}
