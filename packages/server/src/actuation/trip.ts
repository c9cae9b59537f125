import { SluiceError } from "@sluice/core/errors.ts";
import type { Actuation, Requester } from "./actuation.ts";
import { requireActuator } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Command, Execution } from "./actuation-store.ts";
import { cancelStarts } from "./cancel-starts.ts";
import { release } from "./release.ts";

/**
 * Trips an actuator for an execution: a STOP with a fence and a reason, which the device holds until the reset. Under a trip
 * that is open already the device holds as it is; the cause is counted, and the first one stays.
 */
export async function tripLocked(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
): Promise<void> {
  const cause = String(execution.parameters.cause ?? execution.requestedBy);
  const id = actuation.newId();
  const { organizationId, id: actuatorId } = actuator;
  const trip = await tx.trip({ id, organizationId, actuatorId, cause, trippedBy: execution.requestedBy });
  if (trip.id !== id) {
    const message = `It had tripped already: ${trip.cause}.`;
    await tx.moveExecution(execution.id, { status: "SUCCEEDED", reason: "tripped", message });
    return;
  }
  const fence = await tx.raiseFence(actuatorId);
  await tx.insertInstruction({
    id,
    organizationId,
    actuatorId,
    executionId: execution.id,
    kind: "STOP",
    fence,
    reason: cause,
  });
  await tx.insertHold({ id, actuatorId, heldBy: execution.requestedBy, reason: cause, tripId: id });
  const who = execution.requestedBy;
  await tx.appendEvents([{ commandId: id, what: "decided", state: "QUEUED", who, reason: cause, details: { fence } }]);
  // It has done what it is for: a cause that comes before the STOP is answered must not be absorbed by it.
  await tx.moveExecution(execution.id, { status: "SUCCEEDED", reason: "tripped", message: `It tripped: ${cause}.` });
  await cancelStarts(tx, actuatorId, who, "tripped", `The actuator has tripped: ${cause}.`);
  await tx.notifyQueued(actuator.deviceId);
}

export interface ResetOrder {
  readonly actuatorId: number;
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/**
 * A person resets a trip. Nothing starts by that: rules that still fire are asked at their next reading, and a STOP of a person
 * holds on. Throws `actuator.not_tripped`.
 */
export async function resetTrip(actuation: Actuation, by: Requester, order: ResetOrder): Promise<Command> {
  const { deviceId } = await requireActuator(actuation.store, by.organizationId, order.actuatorId);
  const command = await actuation.store.transaction(async (tx) => {
    const actuator = (await tx.lockActuator(order.actuatorId))!;
    return release(actuation, tx, actuator, by, {
      action: "RESET",
      idempotencyKey: order.idempotencyKey,
      reason: order.reason,
      let: () => endTrip(actuation, tx, actuator, by, order.reason),
    });
  });
  actuation.onQueued(deviceId);
  return command;
}

async function endTrip(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  by: Requester,
  reason: string | undefined,
): Promise<string[]> {
  const trip = await tx.openTripOf(actuator.id);
  if (trip === undefined) {
    throw new SluiceError("conflict", "actuator.not_tripped", "This actuator has not tripped.", {
      details: { actuatorId: actuator.id },
    });
  }
  await tx.resetTrip(trip.id, by.actor, reason);
  const { id: tripId, cause } = trip;
  const change = { action: "actuator.trip_reset", subject: `actuator:${actuator.id}`, before: { tripId, cause } };
  await actuation.recordChange(tx.client, by, { ...change, after: { reason } });
  return tx.releaseHolds(actuator.id, by.actor, { tripId });
}
