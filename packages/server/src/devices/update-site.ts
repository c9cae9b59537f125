import { inTransaction } from "../platform/postgres.ts";
import type { Registry, Requester } from "./registry.ts";
import { lockSite, requireSite, type Site, type SiteReference, updateSiteRow } from "./site-store.ts";
import { assertTimeZone } from "./time-zone.ts";

/** What is absent stays as it is; `null` empties. */
export interface SiteChange {
  readonly name?: string | undefined;
  readonly region?: string | null | undefined;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
  readonly timeZone?: string | undefined;
  readonly language?: string | undefined;
}

export async function updateSite(
  registry: Registry,
  by: Requester,
  reference: SiteReference,
  change: SiteChange,
): Promise<Site> {
  if (change.timeZone !== undefined) assertTimeZone(change.timeZone);
  return inTransaction(registry.pool, async (client) => {
    await lockSite(client, by.organizationId, reference);
    const before = await requireSite(client, by.organizationId, reference);
    by.assertSeen?.(before);
    const { name, region, latitude, longitude, timeZone, language } = change;
    await updateSiteRow(client, before.id, { name, region, latitude, longitude, time_zone: timeZone, language });
    const after = await requireSite(client, by.organizationId, before.id);
    await registry.recordChange(client, by, { action: "site.update", subject: `site:${before.id}`, before, after });
    return after;
  });
}
