import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import type { Accounts } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { countMemberships, insertMembership, lockMemberships } from "../membership-store.ts";
import type { Person } from "../profile/profile.ts";
import type { Requester } from "../requester.ts";

/** Organizations that one person may belong to. */
export const MAX_MEMBERSHIPS = 100;

/** Makes an organization, whose first administrator is the person who asks. `install` makes it, with what every one begins with. */
export async function createOrganization<Organization extends { readonly id: number; readonly name: string }>(
  accounts: Accounts,
  by: Requester,
  { userId }: Person,
  install: (client: PoolClient) => Promise<Organization>,
): Promise<Organization> {
  return inTransaction(accounts.pool, async (client) => {
    await lockMemberships(client, userId);
    await assertMayJoin(client, userId);
    const organization = await install(client);
    await insertMembership(client, userId, organization.id, ["admin"]);
    const { id: organizationId, name } = organization;
    const audit = { action: "organization.create", subject: `organization:${organizationId}`, after: { name } };
    await recordAuditEvent(client, { ...by, organizationId }, audit);
    return organization;
  });
}

/** Throws `user.too_many_organizations`. */
export async function assertMayJoin(client: PoolClient, userId: string): Promise<void> {
  if ((await countMemberships(client, userId)) < MAX_MEMBERSHIPS) return;
  const message = `A person may belong to ${MAX_MEMBERSHIPS} organizations.`;
  throw new SluiceError("conflict", "user.too_many_organizations", message, { details: { limit: MAX_MEMBERSHIPS } });
}
