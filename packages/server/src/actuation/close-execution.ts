import type { CommandState } from "@sluice/core/commands/command.ts";
import type { Actuation, EndFacts } from "./actuation.ts";
import type { ActuationTransaction, Command, Execution, ExecutionChange } from "./actuation-store.ts";

/**
 * A run that is proven not to have happened is tried again this often, with growing pauses, for 35 minutes in all: longer than
 * a device refuses after a boot that made it begin its cooldown again. Then it is a dead letter, for a person to look at.
 */
export const MAX_RETRIES = 12;
export const FIRST_RETRY_MS = 5_000;
export const LONGEST_RETRY_MS = 300_000;

/** Why a DISPATCHED execution is being stopped: when its command ends, it has made way, and not failed. */
export const PREEMPTED = "preempted";

/**
 * Ends or continues the execution of a command that has ended, in the same transaction, and has what waited for its end asked
 * again. The execution's row is locked before automation is asked, so that a cause folded at this moment is either seen by the
 * question or starts the next execution.
 */
export async function closeExecution(
  actuation: Actuation,
  tx: ActuationTransaction,
  command: Command,
  ended: { readonly state: CommandState; readonly hasRun: boolean; readonly reason: string | undefined },
  facts: EndFacts,
): Promise<void> {
  if (isStart(command)) await tx.wakeWaiting(command.actuatorId);
  const execution = await tx.lockExecution(command.executionId);
  if (execution?.status !== "DISPATCHED" || !isItsOwn(command, execution)) return;
  const change = changeOf(execution, ended, facts.endedAtMicros);
  if (isStartAction(execution) && (await isStopped(tx, command.actuatorId))) return endStopped(tx, execution, change);
  await tx.moveExecution(execution.id, change);
  const hasEnded = change.status === "SUCCEEDED" || change.status === "FAILED" || change.status === "SUPERSEDED";
  if (!hasEnded || execution.type === "MANUAL" || !isStartAction(execution)) return;
  await actuation.followUp.onRunEnded(tx, execution, facts);
}

/** Whoever stopped it has ended what was to come: what is retried or follows would start it after the release. */
async function isStopped(tx: ActuationTransaction, actuatorId: number): Promise<boolean> {
  const actuator = (await tx.lockActuator(actuatorId))!;
  const { isHeld, isSiteStopped, trip, mode } = (await tx.readSituation(actuator)).situation;
  return isHeld || isSiteStopped || trip !== undefined || mode === "locked-out";
}

async function endStopped(tx: ActuationTransaction, { id }: Execution, change: ExecutionChange): Promise<void> {
  if (change.status !== "WAITING") return tx.moveExecution(id, change);
  await tx.moveExecution(id, { status: "CANCELLED", reason: "held", message: "The actuator was stopped meanwhile." });
}

function isStart({ kind }: Command): boolean {
  return kind === "RUN" || kind === "DOSE";
}

function isStartAction({ action }: Execution): boolean {
  return action === "RUN" || action === "DOSE";
}

/** A STOP that made way for an execution is not what the execution is about. */
function isItsOwn(command: Command, execution: Execution): boolean {
  return isStart(command) === isStartAction(execution);
}

function changeOf(
  execution: Execution,
  { state, hasRun, reason }: { state: CommandState; hasRun: boolean; reason: string | undefined },
  nowMicros: number,
): ExecutionChange {
  if (state === "COMPLETED") return { status: "SUCCEEDED", reason };
  if (execution.reason === PREEMPTED) {
    return { status: "SUPERSEDED", reason: PREEMPTED, message: "It made way for a request of higher priority." };
  }
  if (state === "CANCELLED") return { status: "CANCELLED", reason };
  if (state === "UNKNOWN_CLOSED") {
    return { status: "FAILED", reason: "unknown", message: "The device never said whether it ran." };
  }
  const message = reason === undefined ? `The command ended ${state}.` : `The command ended ${state}: ${reason}.`;
  if (hasRun || execution.type === "MANUAL") return { status: "FAILED", reason: state.toLowerCase(), message };
  if (execution.retries >= MAX_RETRIES) return { status: "DEAD", reason: state.toLowerCase(), message };
  const untilMicros = nowMicros + retryPauseMs(execution.retries) * 1000;
  return { status: "WAITING", reason: "retry", message, untilMicros, retries: execution.retries + 1 };
}

function retryPauseMs(retries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** retries, LONGEST_RETRY_MS);
}
