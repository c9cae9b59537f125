import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { placeOf } from "../platform/address-place.ts";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { TokenBuckets } from "../platform/token-buckets.ts";
import { readClaimCode } from "./claim-code.ts";
import { type Claim, findClaim, noteClaimedDevice, takeClaim } from "./claim-store.ts";
import { deleteTokens } from "./credential-store.ts";
import { addCertificate } from "./device-certificates.ts";
import { type Device, findDevice, lockDevice } from "./device-store.ts";
import { registerInTransaction } from "./register-device.ts";
import { nowOf, type Registry, type Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";
import { issueToken } from "./rotate-device-token.ts";

/**
 * Of one address (of an IPv6 network /64). A million of them that try for 30 days find one of 10,000 open codes of 80 bits in
 * less than one of a thousand million cases.
 */
const ATTEMPTS_AT_ONCE = 10;
const ATTEMPTS_PER_SECOND = 1 / 30;
const MAX_ADDRESSES = 100_000;

export interface DeviceClaim {
  readonly code: string;
  /** The device's own; the claim may know it better. */
  readonly uid?: string | undefined;
  /** One X.509 certificate in PEM, by which the device will prove itself besides its token. */
  readonly certificate?: string | undefined;
  /** Where it comes from. */
  readonly address: string;
}

export interface ClaimedDevice {
  readonly device: Device;
  readonly token: string;
}

/** Lets a device that has nothing but a code become one of ours. */
export class DeviceClaims {
  readonly #registry: Registry;
  readonly #attempts = new TokenBuckets<string>(MAX_ADDRESSES);

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Throws `claim.refused` for every code that opens nothing, whyever, and `claim.too_many_attempts`. */
  async claim(wanted: DeviceClaim): Promise<ClaimedDevice> {
    this.#attempt(wanted.address);
    const code = readClaimCode(wanted.code);
    if (code === undefined) throw refused();
    const registry = this.#registry;
    const claimed = await inTransaction(registry.pool, async (client) => {
      const now = nowOf(registry);
      const taken = await takeClaim(client, hashSecretToken(code), now);
      if (taken === undefined) throw refused();
      const { id, organizationId } = taken;
      const by = { organizationId, actor: `claim:${id}`, address: wanted.address };
      const claim = (await findClaim(client, organizationId, id))!;
      const result = await admit(client, registry, by, claim, uidOf(claim, wanted));
      await noteClaimedDevice(client, id, result.device.id);
      if (wanted.certificate !== undefined) await addCertificate(client, result.device.id, wanted.certificate, now);
      await registry.recordChange(client, by, {
        action: "device.claim",
        subject: `device:${result.device.id}`,
        after: { claim: id, hasCertificate: wanted.certificate !== undefined },
      });
      return result;
    });
    await registry.afterDeviceRegistered?.(claimed.device.id);
    return claimed;
  }

  #attempt(address: string): void {
    const nowMs = this.#registry.clock.monotonicMs();
    const waitMs = this.#attempts.take(placeOf(address), 1, ATTEMPTS_PER_SECOND, ATTEMPTS_AT_ONCE, nowMs);
    if (waitMs === 0) return;
    throw new SluiceError("limit", "claim.too_many_attempts", "Too many codes were tried; wait before the next one.", {
      retryable: true,
      retryAfterMs: waitMs,
    });
  }
}

function refused(): SluiceError {
  return new SluiceError("forbidden", "claim.refused", "The code opens nothing: it is wrong, used up or has ended.");
}

function uidOf(claim: Claim, { uid }: DeviceClaim): string {
  const wanted = claim.uid ?? uid;
  if (wanted === undefined) {
    throw new SluiceError("invalid", "claim.uid_missing", "Say the uid of the device: the code names none.");
  }
  if (claim.uid === null || uid === undefined || uid === claim.uid) return wanted;
  throw new SluiceError("conflict", "claim.other_uid", "The code is for a device with another uid.");
}

/**
 * A device that is registered already begins anew, if the code was made for it by somebody who may do that: its earlier tokens
 * end. Whether it was registered before or after the code was made does not matter.
 */
async function admit(
  client: PoolClient,
  registry: Registry,
  by: Requester,
  claim: Claim,
  uid: string,
): Promise<ClaimedDevice> {
  if (claim.mayReplace) await lockDevice(client, by.organizationId, uid);
  const known = claim.mayReplace ? await findDevice(client, by.organizationId, uid) : undefined;
  if (known === undefined) {
    const { profile, site, asset } = claim;
    return registerInTransaction(client, registry, by, { uid, profile, site, asset: asset ?? undefined });
  }
  if (known.status === "inactive") {
    throw new SluiceError(
      "conflict",
      "device.inactive",
      "The device is deactivated: an administrator can change that.",
    );
  }
  const token = newSecretToken("sld_", registry.randomBytes);
  await deleteTokens(client, known.id);
  await issueToken(client, known.id, token);
  await notifyRegistry(client, { kind: "device", id: known.id });
  return { device: known, token };
}
