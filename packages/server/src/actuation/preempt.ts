import type { LiveRun } from "@sluice/core/safety/decide.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Command, Execution } from "./actuation-store.ts";
import { closeExecution, PREEMPTED } from "./close-execution.ts";

/**
 * Makes runs of lower priority yield to an execution. What nobody has sent yet is cancelled; what may be on is stopped with a
 * fence above its own, and the execution waits until that is proven, or until the worst case has passed.
 *
 * Returns the devices that were sent a STOP.
 */
export async function preempt(
  actuation: Actuation,
  tx: ActuationTransaction,
  execution: Execution,
  victims: readonly LiveRun[],
): Promise<{ readonly stopped: readonly number[] }> {
  const stopped: number[] = [];
  for (const victim of victims) {
    const command = await tx.lockCommand(victim.commandId);
    if (command === undefined) continue;
    await noteYielding(tx, command, execution);
    if (command.state === "QUEUED") await cancelUnsent(actuation, tx, command, execution);
    else stopped.push(await stop(actuation, tx, command, execution));
  }
  return { stopped };
}

async function noteYielding(tx: ActuationTransaction, command: Command, { priority }: Execution): Promise<void> {
  const message = `A request of priority ${priority} needs the actuator, or one of its group.`;
  await tx.moveExecution(command.executionId, { status: "DISPATCHED", reason: PREEMPTED, message });
}

async function cancelUnsent(
  actuation: Actuation,
  tx: ActuationTransaction,
  command: Command,
  { id, requestedBy: who }: Execution,
): Promise<void> {
  const state = "CANCELLED";
  const { nowMicros, lockEndMicros } = await tx.moveCommand(command.id, { state, reason: PREEMPTED }, "whole");
  const details = { by: id };
  await tx.appendEvents([{ commandId: command.id, what: "preempted", state, who, reason: PREEMPTED, details }]);
  const ended = { state, hasRun: false, reason: PREEMPTED } as const;
  await closeExecution(actuation, tx, command, ended, { endedAtMicros: nowMicros, lockEndMicros });
}

async function stop(
  actuation: Actuation,
  tx: ActuationTransaction,
  command: Command,
  { id: executionId, requestedBy: who }: Execution,
): Promise<number> {
  const { deviceId } = (await tx.lockActuator(command.actuatorId))!;
  const id = actuation.newId();
  const fence = await tx.raiseFence(command.actuatorId);
  const { organizationId, actuatorId } = command;
  await tx.insertInstruction({ id, organizationId, actuatorId, executionId, kind: "STOP", fence });
  const details = { by: executionId, stop: id };
  await tx.appendEvents([
    { commandId: command.id, what: "preempted", state: command.state, who, reason: PREEMPTED, details },
    { commandId: id, what: "decided", state: "QUEUED", who, reason: PREEMPTED, details: { stops: command.id } },
  ]);
  await tx.notifyQueued(deviceId);
  return deviceId;
}
