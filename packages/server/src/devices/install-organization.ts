import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { builtInProfiles } from "./built-in-profiles.ts";
import { writeProfile } from "./create-profile.ts";
import {
  findOrganizationBySlug,
  insertOrganization,
  type Organization,
  requireOrganization,
} from "./organization-store.ts";
import { insertSite } from "./site-store.ts";
import { slugOf } from "./slug.ts";
import { assertTimeZone, isTimeZone } from "./time-zone.ts";

export const DEFAULT_ORGANIZATION_SLUG = "default";
const DEFAULT_SITE_SLUG = "default";

/**
 * Makes sure that there is the default organization with its default site and the built-in profiles. Runs at every start,
 * also in two processes at once, and changes nothing that is there: an operator's edits stay.
 * `systemTimeZone` is the machine's own; UTC when that is no IANA name.
 */
export async function installOrganization(pool: Pool, systemTimeZone: string): Promise<Organization> {
  return inTransaction(pool, async (client) => {
    const id = await ensureOrganization(client);
    await insertSite(client, {
      organizationId: id,
      slug: DEFAULT_SITE_SLUG,
      name: "Default site",
      timeZone: isTimeZone(systemTimeZone) ? systemTimeZone : "UTC",
      isDefault: true,
    });
    await installBuiltInProfiles(client, id);
    return requireOrganization(client, id);
  });
}

/** Another organization, with what every one begins with. Throws `organization.slug_taken` or `time_zone.unknown`. */
export async function installNewOrganization(
  client: PoolClient,
  draft: { readonly name: string; readonly slug?: string | undefined; readonly timeZone?: string | undefined },
): Promise<Organization> {
  const slug = draft.slug ?? slugOf(draft.name);
  const { timeZone = "UTC" } = draft;
  assertTimeZone(timeZone);
  if (slug === "") {
    throw new SluiceError("invalid", "organization.slug_missing", "No slug can be made of the name: give one.");
  }
  const organizationId = await insertOrganization(client, slug, draft.name);
  if (organizationId === undefined) {
    throw new SluiceError("conflict", "organization.slug_taken", `The slug "${slug}" is taken: choose another.`);
  }
  const site = { organizationId, slug: DEFAULT_SITE_SLUG, name: "Default site", timeZone, isDefault: true };
  await insertSite(client, site);
  await installBuiltInProfiles(client, organizationId);
  return requireOrganization(client, organizationId);
}

/** Adds the built-in profiles that an organization does not have yet. */
export async function installBuiltInProfiles(client: PoolClient, organizationId: number): Promise<void> {
  for (const template of builtInProfiles) await writeProfile(client, organizationId, template, true);
}

async function ensureOrganization(client: PoolClient): Promise<number> {
  const inserted = await insertOrganization(client, DEFAULT_ORGANIZATION_SLUG, "Default organization");
  if (inserted !== undefined) return inserted;
  return (await findOrganizationBySlug(client, DEFAULT_ORGANIZATION_SLUG))!.id;
}
