import { SluiceError } from "@sluice/core/errors.ts";
import type { Actuation, Requester } from "./actuation.ts";
import type { ActuationTransaction, Execution } from "./actuation-store.ts";
import { requireExecution } from "./execution-view-store.ts";

/**
 * A person calls off what has not started: what waits, and what no gateway has taken yet. Its rules or schedule start nothing by
 * that before their next episode or occurrence. Throws `execution.unknown`, `execution.started` and `execution.ended`.
 */
export async function cancelExecution(actuation: Actuation, by: Requester, id: string): Promise<void> {
  await actuation.store.transaction(async (tx) => {
    const { actuator } = await requireExecution(tx.client, by.organizationId, id);
    await tx.lockActuator(actuator);
    const execution = (await tx.lockExecution(id))!;
    if (!isWaiting(execution)) await cancelUnsent(tx, execution, by);
    const message = "A person has cancelled it.";
    await tx.moveExecution(id, { status: "CANCELLED", reason: "cancelled", message, cancelledBy: by.actor });
    const { status, reason } = execution;
    const change = { action: "execution.cancel", subject: `execution:${id}`, before: { status, reason } };
    await actuation.recordChange(tx.client, by, change);
  });
  actuation.onExecutionDue();
}

function isWaiting({ status }: Execution): boolean {
  return status === "PENDING" || status === "WAITING";
}

async function cancelUnsent(tx: ActuationTransaction, execution: Execution, by: Requester): Promise<void> {
  const { id, actuatorId, status } = execution;
  if (status !== "DISPATCHED") {
    throw refusal("execution.ended", `It has ended already: ${status}. There is nothing left to cancel.`, execution);
  }
  const unsent = (await tx.lockQueuedStarts(actuatorId)).find(({ executionId }) => executionId === id);
  if (unsent === undefined) {
    throw refusal("execution.started", "It has been sent to its device: STOP its actuator instead.", execution);
  }
  const reason = "cancelled";
  await tx.moveCommand(unsent.id, { state: "CANCELLED", reason }, "whole");
  const event = { commandId: unsent.id, what: "cancelled", state: "CANCELLED", who: by.actor, reason } as const;
  await tx.appendEvents([event]);
  await tx.wakeWaiting(actuatorId);
}

function refusal(code: string, message: string, { id, status }: Execution): SluiceError {
  return new SluiceError("conflict", code, message, { details: { id, status } });
}
