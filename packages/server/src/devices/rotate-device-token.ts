import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { requireDevice, updateDeviceRow } from "./device-store.ts";
import type { Registry, Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";

/** Gives a device a new token; the old one stops working within a second, on every node. */
export async function rotateDeviceToken(
  registry: Registry,
  by: Requester,
  uid: string,
): Promise<{ readonly id: number; readonly uid: string; readonly token: string }> {
  const token = newSecretToken("sld_", registry.randomBytes);
  const id = await inTransaction(registry.pool, async (client) => {
    const device = await requireDevice(client, by.organizationId, uid);
    await updateDeviceRow(client, device.id, { token_hash: hashSecretToken(token) });
    await notifyRegistry(client, { kind: "device", id: device.id });
    await registry.recordChange(client, by, { action: "device.rotate-token", subject: `device:${device.id}` });
    return device.id;
  });
  return { id, uid, token };
}
