import type { CommandState } from "@sluice/core/commands/command.ts";
import type { Actuation, EndFacts } from "./actuation.ts";
import type { ActuationTransaction, Command, Execution, ExecutionChange } from "./actuation-store.ts";
import { MAX_RETRIES, retryPauseMs } from "./retry-pause.ts";

/** Why a DISPATCHED execution is being stopped: when its command ends, it has made way, and not failed. */
export const PREEMPTED = "preempted";

/**
 * Ends or continues the execution of a command that has ended, in the same transaction, and has what waited for its end asked
 * again. The execution's row is locked before automation is asked, so that a cause folded at this moment is either seen by the
 * question or starts the next execution. Answers whether an execution may be due now.
 */
export async function closeExecution(
  actuation: Actuation,
  tx: ActuationTransaction,
  command: Command,
  ended: { readonly state: CommandState; readonly hasRun: boolean; readonly reason: string | undefined },
  facts: EndFacts,
): Promise<boolean> {
  const [execution, woken] = await Promise.all([
    tx.lockExecution(command.executionId),
    isStart(command) ? tx.wakeWaiting(command.actuatorId) : 0,
  ]);
  if (execution?.status !== "DISPATCHED" || !isItsOwn(command, execution)) return woken > 0;
  const change = changeOf(execution, command, ended, facts.endedAtMicros);
  if (execution.type === "MANUAL" || !isStartAction(execution)) {
    // Nothing is to come after a person's run, whoever has stopped the actuator meanwhile.
    await tx.moveExecution(execution.id, change);
    return woken > 0;
  }
  await closeAutomatic(actuation, tx, execution, change, facts);
  return true;
}

async function closeAutomatic(
  actuation: Actuation,
  tx: ActuationTransaction,
  execution: Execution,
  change: ExecutionChange,
  facts: EndFacts,
): Promise<void> {
  if (await isStopped(tx, execution.actuatorId)) return endStopped(tx, execution, change);
  await tx.moveExecution(execution.id, change);
  const hasEnded = change.status === "SUCCEEDED" || change.status === "FAILED" || change.status === "SUPERSEDED";
  if (hasEnded) await actuation.followUp.onRunEnded(tx, execution, facts);
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
  { cooldownMs }: Command,
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
  const { id: executionId, retries } = execution;
  const pauseMs = retryPauseMs({ executionId, retries, reason, cooldownMs });
  if (pauseMs === undefined) return { status: "DEAD", reason: state.toLowerCase(), message };
  const again = `${message} It did not run, and is tried again (${retries + 1} of ${MAX_RETRIES}).`;
  const untilMicros = nowMicros + pauseMs * 1000;
  return { status: "WAITING", reason: "retry", message: again, untilMicros, retries: retries + 1 };
}
