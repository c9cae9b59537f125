import type { Actuation, Requester } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Command } from "./actuation-store.ts";
import { commandOfKey } from "./idempotency.ts";

export interface Release {
  readonly action: "RELEASE" | "RESET";
  readonly idempotencyKey?: string | undefined;
  /** A person's words. */
  readonly reason?: string | undefined;
  /** Ends the holds, and returns the ids of their STOPs; throws when there is nothing to end. */
  readonly let: () => Promise<string[]>;
}

/**
 * Ends holds, under the actuator's lock. The device is told which STOPs are released, so that one it hears of later still
 * holds. Nothing starts by that: rules that still fire are asked at their next reading.
 */
export async function release(
  actuation: Actuation,
  tx: ActuationTransaction,
  { id: actuatorId, organizationId, deviceId }: Actuator,
  by: Requester,
  { action, idempotencyKey, reason, let: endHolds }: Release,
): Promise<Command> {
  const executionId = actuation.newId();
  const request = { action, actuatorId, ...(reason === undefined ? {} : { reason }) };
  const whose = { id: executionId, organizationId, actuatorId, requestedBy: by.actor };
  const execution = await tx.insertRequest({ ...whose, action, parameters: {}, idempotencyKey, request });
  if (execution === undefined) return commandOfKey(tx, organizationId, idempotencyKey!, request);
  const releases = await endHolds();
  for (const some of inParts(releases)) {
    const fence = await tx.raiseFence(actuatorId);
    const id = actuation.newId();
    await tx.insertInstruction({ id, organizationId, actuatorId, executionId, kind: "SET", fence, releases: some });
    const details = { action, releases: some };
    await tx.appendEvents([{ commandId: id, what: "decided", state: "QUEUED", who: by.actor, details }]);
  }
  await tx.moveExecution(executionId, { status: "DISPATCHED" });
  const command = (await tx.commandOfExecution(executionId))!;
  await actuation.followUp.onReleased(tx, { id: actuatorId, releasedAtMicros: command.decidedMicros });
  await tx.notifyQueued(deviceId);
  return command;
}

/** STOPs that one SET releases, as the device protocol has it. */
const MAX_RELEASES = 64;

function inParts(ids: readonly string[]): readonly (readonly string[])[] {
  const parts = Math.max(1, Math.ceil(ids.length / MAX_RELEASES));
  return Array.from({ length: parts }, (_, part) => ids.slice(part * MAX_RELEASES, (part + 1) * MAX_RELEASES));
}
