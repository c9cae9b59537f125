import { inTransaction } from "../platform/postgres.ts";
import { deleteTokens } from "./credential-store.ts";
import { lockDevice, requireDevice } from "./device-store.ts";
import type { Registry, Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";

/** Ends every token of a device; its sessions end within a second. Its certificates stay. */
export async function revokeDeviceTokens(registry: Registry, by: Requester, uid: string): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    await lockDevice(client, by.organizationId, uid);
    const device = await requireDevice(client, by.organizationId, uid);
    const tokens = await deleteTokens(client, device.id);
    await notifyRegistry(client, { kind: "device", id: device.id });
    await registry.recordChange(client, by, {
      action: "device.revoke-tokens",
      subject: `device:${device.id}`,
      before: { tokens },
    });
  });
}
