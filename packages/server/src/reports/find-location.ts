import { SluiceError } from "@sluice/core/errors.ts";
import { findSite, listSites, type Site } from "../devices/index.ts";
import type { Queryable } from "../platform/postgres.ts";

const MAX_SEARCHED = 1_000;

/** A site by its slug, or by its name in any case. Throws `site.unknown` or `site.ambiguous`. */
export async function findLocation(db: Queryable, organizationId: number, location: string): Promise<Site> {
  const bySlug = await findSite(db, organizationId, location);
  if (bySlug !== undefined) return bySlug;
  const alike = await listSites(db, organizationId, { search: location, limit: MAX_SEARCHED });
  const named = alike.filter(({ name }) => name.toLowerCase() === location.toLowerCase());
  if (named.length === 1) return named[0]!;
  const slugs = (named.length > 1 ? named : alike).slice(0, 10).map(({ slug }) => slug);
  if (named.length > 1) {
    const message = `Several sites are called "${location}": name one by its slug, ${slugs.join(" or ")}.`;
    throw new SluiceError("conflict", "site.ambiguous", message, { details: { location, slugs } });
  }
  const hint = slugs.length === 0 ? "GET /api/v1/sites lists them" : `did you mean ${slugs.join(" or ")}?`;
  const message = `There is no site with the name or slug "${location}": ${hint}.`;
  throw new SluiceError("not-found", "site.unknown", message, { details: { site: location, alike: slugs } });
}
