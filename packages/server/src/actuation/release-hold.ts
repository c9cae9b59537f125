import { SluiceError } from "@sluice/core/errors.ts";
import { type Actuation, type Requester, requireActuator } from "./actuation.ts";
import type { ActuationTransaction, Command } from "./actuation-store.ts";
import { release } from "./release.ts";

export interface ReleaseOrder {
  readonly actuatorId: number;
  readonly idempotencyKey?: string | undefined;
}

/**
 * A person lets a held actuator run again. What a trip holds ends with its reset, and what a site's stop holds with the stop.
 * Throws `actuator.not_held`, and `actuator.tripped` where nothing but a trip holds.
 */
export async function releaseHold(actuation: Actuation, by: Requester, order: ReleaseOrder): Promise<Command> {
  const { actuatorId, idempotencyKey } = order;
  const { deviceId } = await requireActuator(actuation.store, by.organizationId, actuatorId);
  const command = await actuation.store.transaction(async (tx) => {
    const actuator = (await tx.lockActuator(actuatorId))!;
    return release(actuation, tx, actuator, by, {
      action: "RELEASE",
      idempotencyKey,
      let: () => endHolds(tx, actuatorId, by),
    });
  });
  actuation.onQueued(deviceId);
  return command;
}

async function endHolds(tx: ActuationTransaction, actuatorId: number, by: Requester): Promise<string[]> {
  const released = await tx.releaseHolds(actuatorId, by.actor, { by: "person" });
  if (released.length > 0) return released;
  const trip = await tx.openTripOf(actuatorId);
  const details = { actuatorId };
  if (trip === undefined)
    throw new SluiceError("conflict", "actuator.not_held", "Nothing holds this actuator.", { details });
  const message = `The actuator has tripped (${trip.cause}): reset the trip.`;
  throw new SluiceError("conflict", "actuator.tripped", message, { details });
}
