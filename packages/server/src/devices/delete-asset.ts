import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import { countAssetContents, deleteAssetRow, lockAssetTree, requireAsset } from "./asset-store.ts";
import type { Registry, Requester } from "./registry.ts";

/** Deletes an asset that has neither devices nor children nor events. */
export async function deleteAsset(registry: Registry, by: Requester, id: number): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    await lockAssetTree(client, by.organizationId);
    const asset = await requireAsset(client, by.organizationId, id);
    by.assertSeen?.(asset);
    const contents = await countAssetContents(client, id);
    if (contents.devices + contents.children > 0) {
      throw new SluiceError(
        "conflict",
        "asset.not_empty",
        `The asset still has ${contents.devices} devices and ${contents.children} assets below it; move them first.`,
        { details: contents },
      );
    }
    if (contents.events > 0) {
      const message = `What happened at the asset stays with it: ${contents.events} events. Delete them first, or keep it.`;
      throw new SluiceError("conflict", "asset.has_history", message, { details: contents });
    }
    await deleteAssetRow(client, id);
    await registry.recordChange(client, by, { action: "asset.delete", subject: `asset:${id}`, before: asset });
  });
}
