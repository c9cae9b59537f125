import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { builtInProfiles, coreProfiles } from "./built-in-profiles.ts";
import { writeProfile } from "./create-profile.ts";
import {
  findOrganizationBySlug,
  insertOrganization,
  type Organization,
  requireOrganization,
} from "./organization-store.ts";
import type { ProfileTemplate } from "./profile-template.ts";
import { insertSite } from "./site-store.ts";
import { slugOf } from "./slug.ts";
import { assertTimeZone, isTimeZone } from "./time-zone.ts";

export const DEFAULT_ORGANIZATION_SLUG = "default";
const DEFAULT_SITE_SLUG = "default";

/**
 * Makes sure that there is the default organization with its default site and, when it is new, the built-in profiles. Runs at
 * every start, also in two processes at once, and changes nothing that is there: an operator's edits stay, and a solution that
 * was removed does not come back.
 * `systemTimeZone` is the machine's own; UTC when that is no IANA name.
 */
export async function installOrganization(pool: Pool, systemTimeZone: string): Promise<Organization> {
  return inTransaction(pool, async (client) => {
    const { id, isNew } = await ensureOrganization(client);
    await insertSite(client, {
      organizationId: id,
      slug: DEFAULT_SITE_SLUG,
      name: "Default site",
      timeZone: isTimeZone(systemTimeZone) ? systemTimeZone : "UTC",
      isDefault: true,
    });
    await writeProfiles(client, id, isNew ? builtInProfiles : coreProfiles);
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
  await writeProfiles(client, organizationId, builtInProfiles);
  return requireOrganization(client, organizationId);
}

/** Adds those that the organization does not have yet. */
async function writeProfiles(
  client: PoolClient,
  organizationId: number,
  profiles: readonly ProfileTemplate[],
): Promise<void> {
  for (const template of profiles) await writeProfile(client, organizationId, template, true);
}

async function ensureOrganization(client: PoolClient): Promise<{ readonly id: number; readonly isNew: boolean }> {
  const inserted = await insertOrganization(client, DEFAULT_ORGANIZATION_SLUG, "Default organization");
  if (inserted !== undefined) return { id: inserted, isNew: true };
  return { id: (await findOrganizationBySlug(client, DEFAULT_ORGANIZATION_SLUG))!.id, isNew: false };
}
