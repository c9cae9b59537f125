import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken } from "../platform/secret-token.ts";
import { newClaimCode } from "./claim-code.ts";
import { type Claim, countOpenClaims, findClaim, insertClaim, revokeClaimRow, sweepClaims } from "./claim-store.ts";
import { findPlace } from "./device-place.ts";
import { findDevice } from "./device-store.ts";
import { assertDeviceUid } from "./device-uid.ts";
import { requireProfile } from "./profile-store.ts";
import { nowOf, type Registry, type Requester } from "./registry.ts";
import type { SiteReference } from "./site-store.ts";

export const MAX_CLAIM_DAYS = 30;
/** Codes of one organization that are good at once. */
export const MAX_OPEN_CLAIMS = 10_000;
const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_DAYS = 7;
/** Of a claim, from when it was made; the next one sweeps it. */
const KEPT_DAYS = 120;

export interface ClaimDraft {
  /** Key of the profile of the device to be. */
  readonly profile: string;
  readonly site?: SiteReference | undefined;
  readonly asset?: number | undefined;
  /** The only device that may be claimed; one that is registered gets a new token by it. Absent: the device says its uid. */
  readonly uid?: string | undefined;
  /** Whether whoever asks may give a registered device a new token. */
  readonly mayReplace: boolean;
  /** In 7 days when absent, in 30 at most. */
  readonly expiresAt?: Date | undefined;
}

/** Makes a code by which one device is claimed, once. It is in this answer and nowhere else. */
export async function createClaim(
  registry: Registry,
  by: Requester,
  draft: ClaimDraft,
): Promise<{ readonly claim: Claim; readonly code: string }> {
  const now = nowOf(registry);
  const expiresAt = draft.expiresAt ?? new Date(now.getTime() + DEFAULT_DAYS * DAY_MS);
  assertEnd(expiresAt, now);
  if (draft.uid !== undefined) assertDeviceUid(draft.uid);
  const code = newClaimCode(registry.randomBytes);
  const { organizationId } = by;
  return inTransaction(registry.pool, async (client) => {
    const profile = await requireProfile(client, organizationId, draft.profile);
    const place = await findPlace(client, organizationId, draft);
    const device = draft.uid === undefined ? undefined : await findDevice(client, organizationId, draft.uid);
    if (device && !draft.mayReplace) {
      const message = `The device "${device.uid}" is registered already: whoever makes a code for it needs registry:write.`;
      throw new SluiceError("forbidden", "claim.registered", message, { details: { uid: device.uid } });
    }
    if (device && device.profile !== profile.key) {
      throw new SluiceError("conflict", "claim.other_profile", `The device "${device.uid}" has another profile.`, {
        details: { uid: device.uid, profile: device.profile },
      });
    }
    await sweepClaims(client, organizationId, new Date(now.getTime() - KEPT_DAYS * DAY_MS));
    if ((await countOpenClaims(client, organizationId, now)) >= MAX_OPEN_CLAIMS) {
      const message = `At most ${MAX_OPEN_CLAIMS} codes are good at once: revoke some first.`;
      throw new SluiceError("limit", "claim.too_many", message, { details: { limit: MAX_OPEN_CLAIMS } });
    }
    const id = await insertClaim(client, {
      organizationId,
      codeHash: hashSecretToken(code),
      profileId: profile.id,
      siteId: place.siteId,
      assetId: place.assetId,
      uid: draft.uid,
      mayReplace: draft.mayReplace && draft.uid !== undefined,
      createdBy: by.actor,
      createdAt: now,
      expiresAt,
    });
    const claim = (await findClaim(client, organizationId, id))!;
    await registry.recordChange(client, by, { action: "claim.create", subject: `claim:${id}`, after: claim });
    return { claim, code };
  });
}

/** Its code opens nothing any more. One that was used stays used. */
export async function revokeClaim(registry: Registry, by: Requester, id: string): Promise<void> {
  await inTransaction(registry.pool, async (client) => {
    const before = await findClaim(client, by.organizationId, id);
    if (before === undefined) throw new SluiceError("not-found", "claim.unknown", "There is no such claim.");
    if (!(await revokeClaimRow(client, by.organizationId, id, nowOf(registry)))) {
      throw new SluiceError("conflict", "claim.ended", "The claim was used or revoked already.");
    }
    await registry.recordChange(client, by, { action: "claim.revoke", subject: `claim:${id}`, before });
  });
}

function assertEnd(expiresAt: Date, now: Date): void {
  const days = (expiresAt.getTime() - now.getTime()) / DAY_MS;
  if (days > 0 && days <= MAX_CLAIM_DAYS) return;
  const message = `A claim ends within ${MAX_CLAIM_DAYS} days from now.`;
  throw new SluiceError("invalid", "claim.end_invalid", message, { details: { limitDays: MAX_CLAIM_DAYS } });
}
