import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Registry, Requester } from "./registry.ts";
import { insertSite, requireSite, type Site } from "./site-store.ts";
import { slugOf } from "./slug.ts";
import { assertTimeZone } from "./time-zone.ts";

export interface SiteDraft {
  readonly name: string;
  /** Made from the name when absent. */
  readonly slug?: string | undefined;
  readonly region?: string | null | undefined;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
  /** IANA name. */
  readonly timeZone: string;
  /** English when absent. */
  readonly language?: string | undefined;
}

export async function createSite(registry: Registry, by: Requester, draft: SiteDraft): Promise<Site> {
  assertTimeZone(draft.timeZone);
  const slug = draft.slug ?? slugOf(draft.name);
  if (slug === "") {
    throw new SluiceError(
      "invalid",
      "site.slug_needed",
      "Give a slug: the name has no letter or digit of a to z, 0 to 9.",
    );
  }
  return inTransaction(registry.pool, async (client) => {
    const id = await insertSite(client, { ...draft, slug, organizationId: by.organizationId, isDefault: false });
    if (id === undefined) {
      throw new SluiceError("conflict", "site.slug_taken", `There is a site with the slug "${slug}".`, {
        details: { slug },
      });
    }
    const site = await requireSite(client, by.organizationId, id);
    await registry.recordChange(client, by, { action: "site.create", subject: `site:${id}`, after: site });
    return site;
  });
}
