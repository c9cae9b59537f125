import { SluiceError } from "@sluice/core/errors.ts";
import { type Actuation, type Requester, requireActuator } from "./actuation.ts";
import type { Command } from "./actuation-store.ts";
import { commandOfKey } from "./idempotency.ts";

export interface SetOrder {
  readonly actuatorId: number;
  readonly value: number;
  readonly unit?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Gives an actuator a set-point, which holds whenever it is on; nothing starts by it. Throws `actuator.locked_out`. */
export async function requestSet(actuation: Actuation, by: Requester, order: SetOrder): Promise<Command> {
  const { actuatorId, value, unit, idempotencyKey } = order;
  const { organizationId } = by;
  const { deviceId } = await requireActuator(actuation.store, organizationId, actuatorId);
  const command = await actuation.store.transaction(async (tx) => {
    const actuator = (await tx.lockActuator(actuatorId))!;
    const { situation } = await tx.readSituation(actuator);
    if (situation.mode === "locked-out") {
      const message = `The actuator is locked out by ${situation.lockedBy}.`;
      throw new SluiceError("conflict", "actuator.locked_out", message, { details: { actuatorId } });
    }
    const executionId = actuation.newId();
    const parameters = { value, ...(unit === undefined ? {} : { unit }) };
    const request = { action: "SET", actuatorId, ...parameters };
    const whose = { id: executionId, organizationId, actuatorId, requestedBy: by.actor };
    const execution = await tx.insertRequest({ ...whose, action: "SET", parameters, idempotencyKey, request });
    if (execution === undefined) return commandOfKey(tx, organizationId, idempotencyKey!, request);
    const fence = await tx.raiseFence(actuatorId);
    const id = actuation.newId();
    await tx.insertInstruction({ id, organizationId, actuatorId, executionId, kind: "SET", fence, value, unit });
    await tx.setPoint(actuatorId, value, unit);
    await tx.appendEvents([{ commandId: id, what: "decided", state: "QUEUED", who: by.actor, details: parameters }]);
    await tx.moveExecution(executionId, { status: "DISPATCHED" });
    await tx.notifyQueued(deviceId);
    return (await tx.commandOfExecution(executionId))!;
  });
  actuation.onQueued(deviceId);
  return command;
}
