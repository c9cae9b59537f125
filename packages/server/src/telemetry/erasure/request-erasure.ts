import { SluiceError } from "@sluice/core/errors.ts";
import { type Registry, type Requester, requireDevice, requireProfile } from "../../devices/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Erasure, findErasure, findHolds, insertErasure, listErasures } from "./erasure-store.ts";

export interface WantedErasure {
  /** Its uid. */
  readonly device?: string | undefined;
  /** Instead: every device of the organization. */
  readonly organization?: true | undefined;
  readonly reason: string;
}

/**
 * Has readings erased for good: all that came before, and what comes until the generations that are open now are closed. What
 * comes later is kept: whoever wants no more has to deactivate the device. Throws `erasure.held` under a legal hold.
 */
export async function requestErasure(
  registry: Registry,
  by: Requester,
  { device: uid, organization, reason }: WantedErasure,
): Promise<Erasure> {
  const { organizationId } = by;
  if ((uid === undefined) === (organization === undefined)) {
    throw new SluiceError("invalid", "erasure.of_what", "Name either a device, or the organization, to be erased.");
  }
  return inTransaction(registry.pool, async (client) => {
    const device = uid === undefined ? undefined : await requireDevice(client, organizationId, uid);
    const profile = device && (await requireProfile(client, organizationId, device.profile));
    const [hold] = await findHolds(client, organizationId, profile?.id);
    if (hold !== undefined) throw erasureHeld(hold);
    const requestedBy = by.actor;
    const id = await insertErasure(client, { organizationId, deviceId: device?.id ?? null, reason, requestedBy });
    await registry.recordChange(client, by, {
      action: "telemetry.erase",
      subject: device === undefined ? `organization:${organizationId}` : `device:${device.id}`,
      after: { erasure: id, reason },
    });
    return (await findErasure(client, organizationId, id))!;
  });
}

function erasureHeld({ profile, reason }: { readonly profile: string; readonly reason: string }): SluiceError {
  const message = `Readings of the profile "${profile}" are under a legal hold (${reason}): lift it first.`;
  return new SluiceError("conflict", "erasure.held", message, { details: { profile, reason } });
}

/** Throws `erasure.unknown`. */
export async function readErasure({ pool }: Registry, organizationId: number, id: number): Promise<Erasure> {
  const found = await findErasure(pool, organizationId, id);
  if (found === undefined) throw new SluiceError("not-found", "erasure.unknown", "There is no erasure with this id.");
  return found;
}

export function readErasures(
  { pool }: Registry,
  organizationId: number,
  beforeId: number | undefined,
  limit: number,
): Promise<Erasure[]> {
  return listErasures(pool, organizationId, beforeId, limit);
}
