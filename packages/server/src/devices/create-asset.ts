import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { type Asset, ancestry, insertAsset, lockAssetTree, requireAsset } from "./asset-store.ts";
import type { Registry, Requester } from "./registry.ts";
import { findDefaultSite, requireSite, type SiteReference } from "./site-store.ts";

/** Generations of assets below a site: farm, greenhouse, bay, bed and row are five. */
export const MAX_ASSET_DEPTH = 16;

export interface AssetDraft {
  /** "zone", "pond", "home", "plant": the field's own word. */
  readonly kind: string;
  readonly name: string;
  /** The parent's site when absent, else the default site. */
  readonly site?: SiteReference | undefined;
  readonly parent?: number | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

export async function createAsset(registry: Registry, by: Requester, draft: AssetDraft): Promise<Asset> {
  return inTransaction(registry.pool, async (client) => {
    await lockAssetTree(client, by.organizationId);
    const siteId = await siteOf(client, by.organizationId, draft);
    const id = await insertAsset(client, {
      organizationId: by.organizationId,
      siteId,
      parentId: draft.parent ?? null,
      kind: draft.kind,
      name: draft.name,
      properties: draft.properties ?? {},
    });
    const asset = await requireAsset(client, by.organizationId, id);
    await registry.recordChange(client, by, { action: "asset.create", subject: `asset:${id}`, after: asset });
    return asset;
  });
}

async function siteOf(client: PoolClient, organizationId: number, { site, parent }: AssetDraft): Promise<number> {
  const named = site === undefined ? undefined : await requireSite(client, organizationId, site);
  if (parent !== undefined) {
    const above = await requireAsset(client, organizationId, parent);
    await assertMayStandBelow(client, above, named?.id ?? above.siteId);
    return above.siteId;
  }
  const chosen = named ?? (await findDefaultSite(client, organizationId));
  if (chosen) return chosen.id;
  throw new SluiceError("conflict", "site.no_default", "Name a site: the organization has no default site.");
}

/** A child stands at its parent's site, and the tree has at most `MAX_ASSET_DEPTH` generations above a leaf. */
export async function assertMayStandBelow(client: PoolClient, parent: Asset, siteId: number, child?: number) {
  if (parent.siteId !== siteId) {
    throw new SluiceError("conflict", "asset.parent_elsewhere", "The parent belongs to another site.", {
      details: { parent: parent.id, site: parent.site },
    });
  }
  const { generations, includes } = await ancestry(client, parent.id, child ?? 0, MAX_ASSET_DEPTH);
  if (includes) {
    throw new SluiceError("conflict", "asset.circle", "An asset cannot stand below itself.");
  }
  if (generations >= MAX_ASSET_DEPTH) {
    throw new SluiceError("conflict", "asset.too_deep", `Assets stand at most ${MAX_ASSET_DEPTH} deep.`, {
      details: { limit: MAX_ASSET_DEPTH },
    });
  }
}
