import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { type Asset, lockAssetTree, requireAsset, updateAssetRow } from "./asset-store.ts";
import { assertMayStandBelow } from "./create-asset.ts";
import type { Registry, Requester } from "./registry.ts";

/** What is absent stays as it is; an asset keeps its site, because its children and devices stand there too. */
export interface AssetChange {
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  /** `null` puts it at the top of its site. */
  readonly parent?: number | null | undefined;
  /** Replaces all properties. */
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

export async function updateAsset(registry: Registry, by: Requester, id: number, change: AssetChange): Promise<Asset> {
  return inTransaction(registry.pool, async (client) => {
    await lockAssetTree(client, by.organizationId);
    const before = await requireAsset(client, by.organizationId, id);
    by.assertSeen?.(before);
    if (typeof change.parent === "number") await assertParent(client, by.organizationId, before, change.parent);
    await updateAssetRow(client, id, {
      name: change.name,
      kind: change.kind,
      parent_id: change.parent,
      properties: change.properties && JSON.stringify(change.properties),
    });
    const after = await requireAsset(client, by.organizationId, id);
    await registry.recordChange(client, by, { action: "asset.update", subject: `asset:${id}`, before, after });
    return after;
  });
}

async function assertParent(client: PoolClient, organizationId: number, asset: Asset, parent: number): Promise<void> {
  const above = await requireAsset(client, organizationId, parent);
  await assertMayStandBelow(client, above, asset.siteId, asset.id);
}
