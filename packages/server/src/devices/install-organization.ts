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
import { isTimeZone } from "./time-zone.ts";

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

/** Adds the built-in profiles that an organization does not have yet. */
export async function installBuiltInProfiles(client: PoolClient, organizationId: number): Promise<void> {
  for (const template of builtInProfiles) await writeProfile(client, organizationId, template, true);
}

async function ensureOrganization(client: PoolClient): Promise<number> {
  const inserted = await insertOrganization(client, DEFAULT_ORGANIZATION_SLUG, "Default organization");
  if (inserted !== undefined) return inserted;
  return (await findOrganizationBySlug(client, DEFAULT_ORGANIZATION_SLUG))!.id;
}
