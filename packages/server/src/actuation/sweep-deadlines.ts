import type { CommandState } from "@sluice/core/commands/command.ts";
import { refundOf } from "@sluice/core/commands/command.ts";
import type { Actuation } from "./actuation.ts";
import type { ClockReading, Command } from "./actuation-store.ts";
import { closeExecution } from "./close-execution.ts";

/** Commands whose time is up that one sweep takes; the next takes the rest. */
export const SWEEP_LIMIT = 500;

/**
 * Moves commands on when time says so and no device does:
 *
 *   QUEUED past its deadline → EXPIRED: it was never sent, and never will be
 *   DISPATCHING past its deadline, ACCEPTED or RUNNING past their worst case → UNKNOWN: silence proves nothing
 *   UNKNOWN past its worst case → UNKNOWN_CLOSED: it has ended by its own timer, and keeps its whole charge
 *
 * The worst case passes by the clock at a look at it: a jump since then is not seen, and one before it is made up for.
 *
 * Returns the devices whose commands became unknown: what they remember is worth asking for.
 */
export async function sweepDeadlines(actuation: Actuation, at: ClockReading): Promise<readonly number[]> {
  const overdue = await actuation.store.overdueCommands(at, SWEEP_LIMIT);
  const unknownAt = new Set<number>();
  const errors: unknown[] = [];
  for (const { id, actuatorId } of overdue) {
    const deviceId = await moveOn(actuation, at, id, actuatorId).catch((error) => void errors.push(error));
    if (deviceId !== undefined) unknownAt.add(deviceId);
  }
  // One that fails keeps no other from being moved on.
  if (errors.length > 0) throw errors[0];
  return [...unknownAt];
}

async function moveOn(
  actuation: Actuation,
  at: ClockReading,
  id: string,
  actuatorId: number,
): Promise<number | undefined> {
  return actuation.store.transaction(async (tx) => {
    const actuator = await tx.tryLockActuator(actuatorId);
    const command = actuator && (await tx.lockOverdue(id, at));
    if (command === undefined) return undefined;
    const state = afterSilence(command.state);
    const what = state === "UNKNOWN_CLOSED" ? "closed" : "deadline";
    const { nowMicros, lockEndMicros } = await tx.moveCommand(
      id,
      { state, reason: reasonOf(command) },
      refundOf(state),
    );
    await tx.appendEvents([{ commandId: id, what, state, who: "gateway", reason: reasonOf(command) }]);
    if (state === "UNKNOWN") return actuator!.deviceId;
    const facts = { endedAtMicros: nowMicros, lockEndMicros };
    const ended = { state, hasRun: state !== "EXPIRED", reason: reasonOf(command) };
    await closeExecution(actuation, tx, command, ended, facts);
    return undefined;
  });
}

function afterSilence(state: CommandState): CommandState {
  if (state === "QUEUED") return "EXPIRED";
  return state === "UNKNOWN" ? "UNKNOWN_CLOSED" : "UNKNOWN";
}

/** A start is not sent where its device has no session, or says no hello in it. */
function reasonOf({ state }: Command): string | undefined {
  return state === "QUEUED" ? "not_sent" : undefined;
}
