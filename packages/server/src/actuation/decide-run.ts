import { type Decision, decide } from "@sluice/core/safety/decide.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import type { PoolClient } from "pg";
import type { Actuation } from "./actuation.ts";
import { type Actuator, raiseFence, readSituation } from "./actuator-store.ts";
import { notifyQueued } from "./command-notices.ts";
import { appendEvents, insertRun } from "./command-store.ts";
import { type Execution, moveExecution } from "./execution-store.ts";

/**
 * The one atomic decision. The caller's transaction holds the actuator's lock and the execution's; what is decided, reserved
 * and written here commits together, or not at all.
 */
export async function decideRun(
  actuation: Actuation,
  client: PoolClient,
  actuator: Actuator,
  execution: Execution,
  readingMicros: number | undefined,
): Promise<Decision> {
  const { nowMicros, situation } = await readSituation(client, actuator.id);
  const durationMs = Number(execution.parameters.durationMs);
  const request = {
    durationMs,
    priority: execution.priority,
    readingMicros,
    readingNeededAfterMicros: execution.readingNeededAfterMicros ?? undefined,
  };
  const decision = decide(actuator.envelope, situation, request, nowMicros);
  if (decision.outcome === "accept") await commitRun(actuation, client, actuator, execution, durationMs, nowMicros);
  else if (decision.outcome === "refuse") {
    await moveExecution(client, execution.id, {
      status: "CANCELLED",
      reason: decision.limit,
      message: decision.message,
    });
  } else {
    await moveExecution(client, execution.id, {
      status: "WAITING",
      reason: decision.limit,
      message: decision.message,
      untilMicros: decision.untilMicros,
    });
  }
  return decision;
}

async function commitRun(
  actuation: Actuation,
  client: PoolClient,
  actuator: Actuator,
  execution: Execution,
  durationMs: number,
  nowMicros: number,
): Promise<void> {
  const { maxRunMs, cooldownMs } = actuator.envelope;
  const id = actuation.newId();
  const fence = await raiseFence(client, actuator.id);
  await insertRun(client, {
    id,
    organizationId: actuator.organizationId,
    actuatorId: actuator.id,
    executionId: execution.id,
    fence,
    durationMs,
    maxRunMs,
    cooldownMs,
    decidedMicros: nowMicros,
    reservation: reserve(nowMicros, durationMs, cooldownMs),
  });
  await appendEvents(client, [
    { commandId: id, what: "decided", state: "QUEUED", who: execution.requestedBy, details: { fence, durationMs } },
  ]);
  await moveExecution(client, execution.id, { status: "DISPATCHED" });
  await notifyQueued(client, actuator.deviceId);
}
