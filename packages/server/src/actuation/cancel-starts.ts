import type { ActuationTransaction } from "./actuation-store.ts";

/** A hold or trip ends what waits to start the actuator; a start that no gateway has taken yet is not sent any more. */
export async function cancelStarts(
  tx: ActuationTransaction,
  actuatorId: number,
  who: string,
  reason: string,
  message: string,
): Promise<void> {
  for (const start of await tx.lockQueuedStarts(actuatorId)) {
    await tx.moveCommand(start.id, { state: "CANCELLED", reason }, "whole");
    await tx.appendEvents([{ commandId: start.id, what: "cancelled", state: "CANCELLED", who, reason }]);
    await tx.moveExecution(start.executionId, { status: "CANCELLED", reason, message });
    await tx.wakeWaiting(actuatorId);
  }
  await tx.cancelWaiting(actuatorId, reason, message);
}
