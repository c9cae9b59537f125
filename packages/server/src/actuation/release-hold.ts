import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Actuation, Requester } from "./actuation.ts";
import { lockActuator, raiseFence, readSituation, releaseHolds, requireActuator } from "./actuator-store.ts";
import { notifyQueued } from "./command-notices.ts";
import { appendEvents, type Command, commandOfExecution, insertInstruction } from "./command-store.ts";
import { insertRequest, moveExecution } from "./execution-store.ts";

/**
 * A person lets a held actuator run again. Nothing starts by that: rules that still fire are asked at their next reading. The
 * device is told which STOPs are released, so that one it hears of later still holds.
 *
 * Throws `actuator.not_held`.
 */
export async function releaseHold(actuation: Actuation, by: Requester, actuatorId: number): Promise<Command> {
  const { deviceId } = await requireActuator(actuation.pool, by.organizationId, actuatorId);
  const command = await inTransaction(actuation.pool, async (client) => {
    await lockActuator(client, actuatorId);
    const releases = await releaseHolds(client, actuatorId, by.actor);
    if (releases.length === 0) {
      throw new SluiceError("conflict", "actuator.not_held", "Nothing holds this actuator.", {
        details: { actuatorId },
      });
    }
    const executionId = actuation.newId();
    const { organizationId } = by;
    const request = { action: "RELEASE", actuatorId };
    const shared = { id: executionId, organizationId, actuatorId, idempotencyKey: undefined };
    await insertRequest(client, {
      ...shared,
      action: "RELEASE",
      parameters: { releases },
      requestedBy: by.actor,
      request,
    });
    const fence = await raiseFence(client, actuatorId);
    const id = actuation.newId();
    await insertInstruction(client, { id, organizationId, actuatorId, executionId, kind: "SET", fence, releases });
    await appendEvents(client, [
      { commandId: id, what: "decided", state: "QUEUED", who: by.actor, details: { releases } },
    ]);
    await moveExecution(client, executionId, { status: "DISPATCHED" });
    const { nowMicros } = await readSituation(client, actuatorId);
    await actuation.followUp.onReleased(client, { id: actuatorId, releasedAtMicros: nowMicros });
    await notifyQueued(client, deviceId);
    return (await commandOfExecution(client, executionId))!;
  });
  actuation.onQueued(deviceId);
  return command;
}
