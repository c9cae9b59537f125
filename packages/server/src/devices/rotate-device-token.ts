import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { deleteTokensBut, findTokenInUse, insertCredential, limitToken } from "./credential-store.ts";
import { lockDevice, requireDevice } from "./device-store.ts";
import { nowOf, type Registry, type Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";

export const MAX_TOKEN_OVERLAP_SECONDS = 30 * 24 * 3600;

export interface TokenRotation {
  /** How long the old token goes on working; 0 when absent. */
  readonly overlapSeconds?: number | undefined;
  /** Whether the overlap is over as soon as the new token is used; true when absent. */
  readonly endsOldOnFirstUse?: boolean | undefined;
}

export interface RotatedToken {
  readonly id: number;
  readonly uid: string;
  readonly token: string;
  /** When the old token ends at the latest; null when it has ended, or there was none. */
  readonly oldTokenEndsAt: Date | null;
}

/**
 * Gives a device a new token. The old one stops working within a second, on every node, or after an overlap in which the device
 * can be given the new one. Of a device there are never more than two: in an overlap the token that is in use stays.
 */
export async function rotateDeviceToken(
  registry: Registry,
  by: Requester,
  uid: string,
  { overlapSeconds = 0, endsOldOnFirstUse = true }: TokenRotation = {},
): Promise<RotatedToken> {
  const token = newSecretToken("sld_", registry.randomBytes);
  return inTransaction(registry.pool, async (client) => {
    await lockDevice(client, by.organizationId, uid);
    const device = await requireDevice(client, by.organizationId, uid);
    const now = nowOf(registry);
    const old = overlapSeconds === 0 ? undefined : await findTokenInUse(client, device.id, now);
    const issued = await issueToken(client, device.id, token);
    await deleteTokensBut(client, device.id, old === undefined ? [issued] : [issued, old]);
    const end = {
      expiresAt: new Date(now.getTime() + overlapSeconds * 1000),
      endsOnUseOf: endsOldOnFirstUse ? issued : undefined,
    };
    const oldTokenEndsAt = old === undefined ? null : await limitToken(client, old, end);
    await notifyRegistry(client, { kind: "device", id: device.id });
    await registry.recordChange(client, by, {
      action: "device.rotate-token",
      subject: `device:${device.id}`,
      after: { oldTokenEndsAt, endsOldOnFirstUse: old === undefined ? undefined : endsOldOnFirstUse },
    });
    return { id: device.id, uid, token, oldTokenEndsAt };
  });
}

/** Adds a token, of which only the hash is stored. */
export async function issueToken(client: PoolClient, deviceId: number, token: string): Promise<string> {
  const id = await insertCredential(client, { deviceId, kind: "token", hash: hashSecretToken(token) });
  if (id === undefined) throw new Error("a random token came twice");
  return id;
}
