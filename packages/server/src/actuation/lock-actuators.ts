import type { ActuationTransaction } from "./actuation-store.ts";

/**
 * Locks actuators in the order of their ids. Whoever opens executions of several in one transaction does that first: rows of
 * executions are only ever waited for under the lock of their actuator, so that nobody waits in a circle.
 */
export async function lockActuators(
  tx: Pick<ActuationTransaction, "lockActuator">,
  actuatorIds: readonly number[],
): Promise<void> {
  const ordered = [...new Set(actuatorIds)].sort((a, b) => a - b);
  for (const id of ordered) await tx.lockActuator(id);
}
