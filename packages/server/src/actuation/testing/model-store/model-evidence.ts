import type { Ended, Proof, Reported } from "../../actuation-store.ts";
import { change, countActivation } from "./model-actuators.ts";
import { appendEvents, assertMayMove, moveCommand } from "./model-commands.ts";
import type { ModelTransaction } from "./model-database.ts";
import { updateExecution } from "./model-executions.ts";
import { commandOf } from "./model-rows.ts";

/** What devices say. */
type Tx = ModelTransaction;

export function tryLockReported(tx: Tx, ids: readonly string[]): Reported[] {
  const { actuators, commands, executions } = tx.database.tables;
  const known = commands.select(tx, ({ id }) => ids.includes(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const byActuator = [...known].sort((a, b) => a.actuatorId - b.actuatorId);
  const withActuator = byActuator.filter((row) => tx.tryLock(actuators.find(row.actuatorId)!, false));
  const withExecution = withActuator.filter((row) => tx.tryLock(executions.find(row.executionId)!, true));
  const locked = new Set(withExecution.filter((row) => tx.tryLock(commands.find(row.id)!, true)).map(({ id }) => id));
  return known.map((row) => {
    const { deviceId, key } = actuators.get(tx, row.actuatorId)!;
    const command = locked.has(row.id) ? commandOf(commands.get(tx, row.id)!) : undefined;
    return { id: row.id, actuatorId: row.actuatorId, deviceId, key, command };
  });
}

export function recordProof(tx: Tx, id: string, proof: Proof): Ended {
  const { moved, refund, who, details, observed, startedMsAgo } = proof;
  const { commands, executions } = tx.database.tables;
  const { actuatorId, executionId } = commands.get(tx, id)!;
  // Whatever waits does so before anything is written.
  tx.lock(commands.find(id)!, false);
  assertMayMove(tx, id, moved, refund);
  const isNews =
    observed !== undefined && tx.database.tables.actuators.get(tx, actuatorId)!.observedFence <= observed.fence;
  if (isNews || moved.countsActivation) tx.lock(tx.database.tables.actuators.find(actuatorId)!, false);
  if (startedMsAgo !== undefined) tx.lock(executions.find(executionId)!, false);
  const ended = moveCommand(tx, id, moved, refund);
  const { nowMicros } = ended;
  appendEvents(tx, [{ commandId: id, what: "evidence", state: moved.state, who, reason: moved.reason, details }]);
  if (moved.countsActivation) countActivation(tx, actuatorId, nowMicros - (moved.ranMs ?? 0) * 1000);
  if (isNews) {
    const { state: observedState, fence: observedFence, fault } = observed;
    change(tx, actuatorId, (row) => {
      return {
        observedState,
        observedFence,
        observedMicros: nowMicros,
        fault: fault === undefined ? row.fault : fault,
      };
    });
  }
  if (startedMsAgo !== undefined) {
    updateExecution(tx, executionId, ({ startedMicros }) => {
      return { startedMicros: startedMicros ?? nowMicros - startedMsAgo * 1000 };
    });
  }
  return ended;
}
