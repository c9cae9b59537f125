import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Registry, Requester } from "./registry.ts";
import { countSiteContents, deleteSiteRow, lockSite, requireSite, type SiteReference } from "./site-store.ts";

/** Deletes an empty site that is not the default one. */
export async function deleteSite(registry: Registry, by: Requester, reference: SiteReference): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    await lockSite(client, by.organizationId, reference);
    const site = await requireSite(client, by.organizationId, reference);
    by.assertSeen?.(site);
    if (site.isDefault) {
      throw new SluiceError("conflict", "site.is_default", "The default site stays: devices without a site join it.");
    }
    const contents = await countSiteContents(client, site.id);
    if (contents.devices + contents.assets > 0) {
      throw new SluiceError(
        "conflict",
        "site.not_empty",
        `The site still has ${contents.devices} devices and ${contents.assets} assets; move them first.`,
        { details: contents },
      );
    }
    await registry.recordChange(client, by, { action: "site.delete", subject: `site:${site.id}`, before: site });
    if (await deleteSiteRow(client, site.id)) return;
    throw new SluiceError(
      "conflict",
      "site.has_history",
      "What was done there stays: the site was stopped before, or has tariffs.",
    );
  });
}
