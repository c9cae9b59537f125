import { afterEvidence, isLive, type Refund, refundOf } from "@sluice/core/commands/command.ts";
import type { EvidenceMessage } from "@sluice/core/commands/messages.ts";
import { DRIFT_PER_MILLE, TIMER_TOLERANCE_MS } from "@sluice/core/safety/windows.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Command } from "./actuation-store.ts";
import { closeExecution } from "./close-execution.ts";

/**
 * recorded: it moved the command, or proved a run that had been given up. repeated: nothing new. Else it was refused, changed
 * nothing, and is not worth sending again.
 */
export type RecordedEvidence = "recorded" | "repeated" | "unknown-command" | "foreign-device" | "wrong-fence";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What of an evidence message, or of an entry in a journal, says how a command went. */
export type Evidence = Omit<EvidenceMessage, "bootId" | "monoMs">;

/** Takes what a device says of a command. Safe to repeat, in any order; rejects only when the database does. */
export async function recordEvidence(
  actuation: Actuation,
  deviceId: number,
  evidence: Evidence,
): Promise<RecordedEvidence> {
  const found = UUID.test(evidence.id) ? await actuation.store.findCommand(evidence.id) : undefined;
  if (found === undefined) return "unknown-command";
  let hasEnded = false;
  const outcome = await actuation.store.transaction(async (tx): Promise<RecordedEvidence> => {
    const actuator = await tx.lockActuator(found.actuatorId);
    if (actuator?.deviceId !== deviceId || actuator.key !== evidence.actuator) return "foreign-device";
    const command = await tx.lockCommand(found.id);
    if (command === undefined || command.fence !== (evidence.fence ?? null)) return "wrong-fence";
    const state = afterEvidence(command.state, evidence.state);
    hasEnded = !isLive(state);
    return recordLocked(actuation, tx, actuator, command, evidence, state);
  });
  if (outcome === "recorded" && hasEnded) actuation.onExecutionDue();
  return outcome;
}

async function recordLocked(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  command: Command,
  said: Evidence,
  state: Command["state"],
): Promise<RecordedEvidence> {
  const countsActivation = isStart(command) && provesRun(said) && !command.isActivationCounted;
  // A run given up as unknown and proven later still counts; a command that was never sent cannot have run.
  const isLate = command.state === "UNKNOWN_CLOSED" && countsActivation;
  if (state === command.state && !isLate) return "repeated";
  const evidence = plausible(command, said);
  const { reason, ranMs, amount } = evidence;
  const moved = { state, reason, ranMs, amount, countsActivation };
  const { nowMicros, lockEndMicros } = await tx.moveCommand(command.id, moved, refundFor(evidence, state));
  const who = `device:${actuator.deviceId}`;
  await tx.appendEvents([{ commandId: command.id, what: "evidence", state, who, reason, details: detailsOf(said) }]);
  const startedMicros = nowMicros - (ranMs ?? 0) * 1000;
  if (countsActivation) await tx.countActivation(actuator.id, startedMicros);
  await observeOutput(tx, actuator, command, evidence, nowMicros);
  if (state === "RUNNING") await tx.markStarted(command.executionId, nowMicros);
  if (!isLive(state) && !isLate) {
    if (provesRun(evidence)) await tx.markStarted(command.executionId, startedMicros);
    const facts = { endedAtMicros: nowMicros, lockEndMicros };
    await closeExecution(actuation, tx, command, { state, hasRun: provesRun(evidence), reason }, facts);
  }
  return "recorded";
}

function isStart({ kind }: Command): boolean {
  return kind === "RUN" || kind === "DOSE";
}

/** A run that is said to have lasted longer than it may at the most has no length that is worth keeping. */
function plausible({ durationMs }: Command, { ranMs, ...evidence }: Evidence): Evidence {
  const longestMs = (durationMs ?? 0) + Math.ceil(((durationMs ?? 0) * DRIFT_PER_MILLE) / 1000) + TIMER_TOLERANCE_MS;
  return ranMs === undefined || ranMs > longestMs ? evidence : { ...evidence, ranMs };
}

function detailsOf({ state: evidence, ranMs, amount }: Evidence): Record<string, unknown> {
  return { evidence, ...(ranMs === undefined ? {} : { ranMs }), ...(amount === undefined ? {} : { amount }) };
}

/** ABORTED after 0 ms before the output went on ("expired") proves that it did not run; so does REJECTED. */
export function provesRun({ state, reason }: Pick<EvidenceMessage, "state" | "reason">): boolean {
  if (state === "ACCEPTED" || state === "REJECTED") return false;
  return !(state === "ABORTED" && reason === "expired");
}

function refundFor(evidence: Pick<EvidenceMessage, "state" | "reason">, state: Command["state"]): Refund {
  const refund = refundOf(state);
  return refund === "shrink" && !provesRun(evidence) ? "whole" : refund;
}

async function observeOutput(
  tx: ActuationTransaction,
  actuator: Actuator,
  command: Command,
  { state, reason }: Pick<EvidenceMessage, "state" | "reason">,
  atMicros: number,
): Promise<void> {
  if (command.fence === null || !isStart(command) || state === "ACCEPTED" || state === "REJECTED") return;
  const fault = reason === "driver_fault" ? reason : state === "COMPLETED" ? null : undefined;
  const output = state === "RUNNING" ? "on" : "off";
  await tx.observe(actuator.id, { state: output, fence: command.fence, atMicros, fault });
}
