import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import type { PoolClient } from "pg";
import { inTransaction, isTransient } from "../platform/postgres.ts";
import type { Actuation, Requester } from "./actuation.ts";
import { type Actuator, insertHold, lockActuator, requireActuator } from "./actuator-store.ts";
import { notifyQueued, notifyStop } from "./command-notices.ts";
import {
  appendEvents,
  type Command,
  commandOfExecution,
  findCommand,
  insertInstruction,
  lockQueuedRuns,
  moveCommand,
} from "./command-store.ts";
import { cancelWaiting, findByIdempotencyKey, insertRequest, moveExecution } from "./execution-store.ts";
import { commandOfKey } from "./request-run.ts";

export interface StopOrder {
  readonly actuatorId: number;
  readonly reason?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Somebody paused in mid-transaction may hold the actuator's row this many lock timeouts long; the device stops meanwhile. */
export const RECORD_ATTEMPTS = 3;

/**
 * A person stops an actuator: it stops at once and is held until a person releases it. The device is told before anything is
 * recorded, so that neither a lock nor a slow disk stands between a person and a pump.
 */
export async function requestStop(actuation: Actuation, by: Requester, order: StopOrder): Promise<Command> {
  const { stopPool } = actuation;
  const actuator = await requireActuator(stopPool, by.organizationId, order.actuatorId);
  const request = { action: "STOP", actuatorId: order.actuatorId };
  const { idempotencyKey } = order;
  if (idempotencyKey !== undefined) {
    const earlier = await findByIdempotencyKey(stopPool, by.organizationId, idempotencyKey, request);
    const command = earlier?.isSame ? await commandOfExecution(stopPool, earlier.id) : undefined;
    if (command !== undefined) return command;
  }
  const id = actuation.newId();
  const payload = encodeCommand({ id, actuator: actuator.key, kind: "STOP" });
  if (!(await actuation.sendStopNow(actuator.deviceId, payload)))
    await notifyStop(stopPool, actuator.deviceId, payload);
  const command = await recordPatiently(actuation, (client) =>
    record(actuation, client, actuator, by, order, id, request),
  );
  actuation.onQueued(actuator.deviceId);
  return command;
}

async function recordPatiently(actuation: Actuation, work: (client: PoolClient) => Promise<Command>): Promise<Command> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(actuation.stopPool, work);
    } catch (error) {
      if (attempt === RECORD_ATTEMPTS || !isTransient(error)) throw error;
    }
  }
}

async function record(
  actuation: Actuation,
  client: PoolClient,
  actuator: Actuator,
  by: Requester,
  order: StopOrder,
  id: string,
  request: Readonly<Record<string, unknown>>,
): Promise<Command> {
  await lockActuator(client, actuator.id);
  const recorded = await findCommand(client, id);
  if (recorded !== undefined) return recorded;
  const execution = await insertRequest(client, {
    id: actuation.newId(),
    organizationId: by.organizationId,
    actuatorId: actuator.id,
    action: "STOP",
    parameters: {},
    requestedBy: by.actor,
    idempotencyKey: order.idempotencyKey,
    request,
  });
  // The device has heard this STOP, so it holds, and can be released, even where an earlier one answers for it.
  await insertHold(client, { id, actuatorId: actuator.id, heldBy: by.actor, reason: order.reason });
  if (execution === undefined) return commandOfKey(client, by.organizationId, order.idempotencyKey!, request);
  const { organizationId } = by;
  const stop = { id, organizationId, actuatorId: actuator.id, executionId: execution.id, fence: undefined };
  await insertInstruction(client, { ...stop, kind: "STOP", reason: order.reason });
  await appendEvents(client, [
    { commandId: id, what: "decided", state: "QUEUED", who: by.actor, reason: order.reason },
  ]);
  await moveExecution(client, execution.id, { status: "DISPATCHED" });
  await cancelQueuedRuns(client, actuator.id, by.actor);
  await cancelWaiting(client, actuator.id, "held", "A person stopped the actuator.");
  await notifyQueued(client, actuator.deviceId);
  return (await commandOfExecution(client, execution.id))!;
}

/** A RUN that no gateway has taken yet is not sent any more. */
async function cancelQueuedRuns(client: PoolClient, actuatorId: number, who: string): Promise<void> {
  for (const run of await lockQueuedRuns(client, actuatorId)) {
    await moveCommand(client, run.id, { state: "CANCELLED", reason: "held" }, "whole");
    await appendEvents(client, [{ commandId: run.id, what: "cancelled", state: "CANCELLED", who, reason: "held" }]);
    const message = "A person stopped the actuator before the run was sent.";
    await moveExecution(client, run.executionId, { status: "CANCELLED", reason: "held", message });
  }
}
