import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import { countProfileDevices, deleteProfileRow, lockProfile, requireProfile } from "./profile-store.ts";
import type { Registry, Requester } from "./registry.ts";

/** Deletes a profile of the organization's own that no device has. */
export async function deleteProfile(registry: Registry, by: Requester, key: string): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    await lockProfile(client, by.organizationId, key);
    const profile = await requireProfile(client, by.organizationId, key);
    by.assertSeen?.(profile);
    if (profile.isBuiltIn) {
      throw new SluiceError("conflict", "profile.is_built_in", "A built-in profile stays.");
    }
    const devices = await countProfileDevices(client, profile.id);
    if (devices > 0) {
      throw new SluiceError("conflict", "profile.in_use", `${devices} devices have this profile.`, {
        details: { devices },
      });
    }
    if (!(await deleteProfileRow(client, profile.id))) {
      const message = "The readings of this profile are under a legal hold: lift it first.";
      throw new SluiceError("conflict", "profile.held", message);
    }
    await registry.recordChange(client, by, {
      action: "profile.delete",
      subject: `profile:${profile.id}`,
      before: profile,
    });
  });
}
