import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { systemClock } from "../../platform/clock.ts";
import { installOrganization } from "../install-organization.ts";
import { insertOrganization } from "../organization-store.ts";
import type { RegisteredDevice, RegisteredProfile, Registry, RegistryChange, Requester } from "../registry.ts";

/** A registry over a real database that notes what it hands to other features. */
export interface TestRegistry extends Registry {
  readonly requester: Requester;
  readonly registered: { readonly device: RegisteredDevice; readonly profile: RegisteredProfile }[];
  readonly changes: (Requester & RegistryChange)[];
}

export async function createTestRegistry(pool: Pool): Promise<TestRegistry> {
  const organization = await installOrganization(pool, "Europe/Berlin");
  const registered: TestRegistry["registered"] = [];
  const changes: TestRegistry["changes"] = [];
  return {
    pool,
    randomBytes,
    clock: systemClock,
    requester: { organizationId: organization.id, actor: "system" },
    registered,
    changes,
    onDeviceRegistered: async (_client, device, profile) => void registered.push({ device, profile }),
    recordChange: async (_client, by, change) => void changes.push({ ...by, ...change }),
    recordChanges: async (_client, by, many) => void changes.push(...many.map((change) => ({ ...by, ...change }))),
  };
}

/** An organization that has nothing, for tests of what must stay apart. */
export async function addOrganization(pool: Pool, slug: string): Promise<Requester> {
  const id = await insertOrganization(pool, slug, slug);
  return { organizationId: id!, actor: "system" };
}
