import { SluiceError } from "@sluice/core/errors.ts";
import { requireAsset } from "./asset-store.ts";
import type { Queryable } from "./registry.ts";
import { findDefaultSite, requireSite, type SiteReference } from "./site-store.ts";

/** Where a device stands: an asset decides its site, and a site given besides must be the same. */
export async function findPlace(
  db: Queryable,
  organizationId: number,
  wanted: { readonly site?: SiteReference | undefined; readonly asset?: number | undefined },
): Promise<{ readonly siteId: number; readonly assetId: number | undefined }> {
  const site = wanted.site === undefined ? undefined : await requireSite(db, organizationId, wanted.site);
  if (wanted.asset !== undefined) {
    const asset = await requireAsset(db, organizationId, wanted.asset);
    if (site && site.id !== asset.siteId) {
      throw new SluiceError("conflict", "device.asset_elsewhere", "The asset belongs to another site.", {
        details: { asset: asset.id, site: asset.site },
      });
    }
    return { siteId: asset.siteId, assetId: asset.id };
  }
  const chosen = site ?? (await findDefaultSite(db, organizationId));
  if (chosen) return { siteId: chosen.id, assetId: undefined };
  throw new SluiceError("conflict", "site.no_default", "Name a site: the organization has no default site.");
}
