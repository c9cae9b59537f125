import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import {
  lockOrganization,
  type Organization,
  requireOrganization,
  updateOrganizationRow,
} from "./organization-store.ts";
import type { Registry, Requester } from "./registry.ts";
import { clearDefaultSite, requireSite, setDefaultSite } from "./site-store.ts";

/** What is absent stays as it is. */
export interface OrganizationChange {
  readonly name?: string | undefined;
  /** ISO 4217. */
  readonly currency?: string | undefined;
  /** Slug of the site that devices registered without a site join. */
  readonly defaultSite?: string | undefined;
}

/** Throws `organization.currency_unknown` and `site.unknown`. */
export async function updateOrganization(
  registry: Registry,
  by: Requester,
  { name, currency, defaultSite }: OrganizationChange,
): Promise<Organization> {
  if (currency !== undefined) assertCurrency(currency);
  return inTransaction(registry.pool, async (client) => {
    await lockOrganization(client, by.organizationId);
    const before = await requireOrganization(client, by.organizationId);
    by.assertSeen?.(before);
    await updateOrganizationRow(client, before.id, { name, currency });
    if (defaultSite !== undefined) await moveDefault(client, by.organizationId, defaultSite);
    const after = await requireOrganization(client, before.id);
    await registry.recordChange(client, by, {
      action: "organization.update",
      subject: `organization:${before.id}`,
      before,
      after,
    });
    return after;
  });
}

async function moveDefault(client: PoolClient, organizationId: number, slug: string): Promise<void> {
  const { id } = await requireSite(client, organizationId, slug);
  await clearDefaultSite(client, organizationId);
  await setDefaultSite(client, id);
}

/** Throws `organization.currency_unknown`. */
export function assertCurrency(code: string): void {
  if (Intl.supportedValuesOf("currency").includes(code)) return;
  throw new SluiceError("invalid", "organization.currency_unknown", `"${code}" is no ISO 4217 currency, such as EUR.`);
}
