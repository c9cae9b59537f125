import type { CommandState } from "@sluice/core/commands/command.ts";
import { refundOf } from "@sluice/core/commands/command.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Actuation } from "./actuation.ts";
import { tryLockActuator } from "./actuator-store.ts";
import { closeExecution } from "./close-execution.ts";
import { lockOverdue, overdueCommands } from "./command-queue-store.ts";
import { appendEvents, moveCommand } from "./command-store.ts";

/** Commands whose time is up that one sweep takes; the next takes the rest. */
export const SWEEP_LIMIT = 500;

/**
 * Moves commands on when time says so and no device does:
 *
 *   QUEUED past its deadline → EXPIRED: it was never sent, and never will be
 *   DISPATCHING past its deadline, ACCEPTED or RUNNING past their worst case → UNKNOWN: silence proves nothing
 *   UNKNOWN past its worst case → UNKNOWN_CLOSED: it has ended by its own timer, and keeps its whole charge
 *
 * Returns the devices whose commands became unknown: what they remember is worth asking for.
 */
export async function sweepDeadlines(actuation: Actuation): Promise<readonly number[]> {
  const overdue = await overdueCommands(actuation.pool, SWEEP_LIMIT);
  const unknownAt = new Set<number>();
  for (const { id, actuatorId } of overdue) {
    const deviceId = await moveOn(actuation, id, actuatorId);
    if (deviceId !== undefined) unknownAt.add(deviceId);
  }
  return [...unknownAt];
}

async function moveOn(actuation: Actuation, id: string, actuatorId: number): Promise<number | undefined> {
  return inTransaction(actuation.pool, async (client) => {
    const actuator = await tryLockActuator(client, actuatorId);
    const command = actuator && (await lockOverdue(client, id));
    if (command === undefined) return undefined;
    const state = afterSilence(command.state);
    const what = state === "UNKNOWN_CLOSED" ? "closed" : "deadline";
    const { nowMicros, lockEndMicros } = await moveCommand(client, id, { state }, refundOf(state));
    await appendEvents(client, [{ commandId: id, what, state, who: "gateway" }]);
    if (state === "UNKNOWN") return actuator!.deviceId;
    const facts = { endedAtMicros: nowMicros, lockEndMicros };
    const ended = { state, hasRun: state !== "EXPIRED", reason: undefined };
    await closeExecution(actuation, client, command, ended, facts);
    return undefined;
  });
}

function afterSilence(state: CommandState): CommandState {
  if (state === "QUEUED") return "EXPIRED";
  return state === "UNKNOWN" ? "UNKNOWN_CLOSED" : "UNKNOWN";
}
