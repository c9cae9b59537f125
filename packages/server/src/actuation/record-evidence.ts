import { afterEvidence, isLive, type Refund, refundOf } from "@sluice/core/commands/command.ts";
import type { EvidenceMessage } from "@sluice/core/commands/messages.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Actuation } from "./actuation.ts";
import { type Actuator, countActivation, lockActuator, observe } from "./actuator-store.ts";
import { closeExecution } from "./close-execution.ts";
import { appendEvents, type Command, findCommand, lockCommand, moveCommand } from "./command-store.ts";
import { markStarted } from "./execution-store.ts";

/**
 * recorded: it moved the command, or proved a run that had been given up. repeated: nothing new. Else it was refused, changed
 * nothing, and is not worth sending again.
 */
export type RecordedEvidence = "recorded" | "repeated" | "unknown-command" | "foreign-device" | "wrong-fence";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Takes what a device says of a command. Safe to repeat, in any order; rejects only when the database does. */
export async function recordEvidence(
  actuation: Actuation,
  deviceId: number,
  evidence: Omit<EvidenceMessage, "bootId" | "monoMs">,
): Promise<RecordedEvidence> {
  const found = UUID.test(evidence.id) ? await findCommand(actuation.pool, evidence.id) : undefined;
  if (found === undefined) return "unknown-command";
  return inTransaction(actuation.pool, async (client) => {
    const actuator = await lockActuator(client, found.actuatorId);
    if (actuator?.deviceId !== deviceId || actuator.key !== evidence.actuator) return "foreign-device";
    const command = await lockCommand(client, found.id);
    if (command === undefined || command.fence !== (evidence.fence ?? null)) return "wrong-fence";
    return recordLocked(actuation, client, actuator, command, evidence);
  });
}

async function recordLocked(
  actuation: Actuation,
  client: PoolClient,
  actuator: Actuator,
  command: Command,
  evidence: Omit<EvidenceMessage, "bootId" | "monoMs">,
): Promise<RecordedEvidence> {
  const { reason, ranMs } = evidence;
  const state = afterEvidence(command.state, evidence.state);
  const countsActivation = command.kind === "RUN" && provesRun(evidence) && !command.isActivationCounted;
  // A run given up as unknown and proven later still counts; a command that was never sent cannot have run.
  const isLate = command.state === "UNKNOWN_CLOSED" && countsActivation;
  if (state === command.state && !isLate) return "repeated";
  const moved = { state, reason, ranMs, countsActivation };
  const { nowMicros, lockEndMicros } = await moveCommand(client, command.id, moved, refundFor(evidence, state));
  const who = `device:${actuator.deviceId}`;
  const details = { evidence: evidence.state, ...(ranMs === undefined ? {} : { ranMs }) };
  await appendEvents(client, [{ commandId: command.id, what: "evidence", state, who, reason, details }]);
  if (countsActivation) await countActivation(client, actuator.id, nowMicros - (ranMs ?? 0) * 1000);
  await observeOutput(client, actuator, command, evidence, nowMicros);
  if (state === "RUNNING") await markStarted(client, command.executionId, nowMicros);
  if (!isLive(state) && !isLate) {
    if (provesRun(evidence)) await markStarted(client, command.executionId, nowMicros - (ranMs ?? 0) * 1000);
    const facts = { endedAtMicros: nowMicros, lockEndMicros };
    await closeExecution(actuation, client, command, { state, hasRun: provesRun(evidence), reason }, facts);
  }
  return "recorded";
}

/** ABORTED after 0 ms before the output went on ("expired") proves that it did not run; so does REJECTED. */
function provesRun({ state, reason }: Pick<EvidenceMessage, "state" | "reason">): boolean {
  if (state === "ACCEPTED" || state === "REJECTED") return false;
  return !(state === "ABORTED" && reason === "expired");
}

function refundFor(evidence: Pick<EvidenceMessage, "state" | "reason">, state: Command["state"]): Refund {
  const refund = refundOf(state);
  return refund === "shrink" && !provesRun(evidence) ? "whole" : refund;
}

async function observeOutput(
  client: PoolClient,
  actuator: Actuator,
  command: Command,
  { state, reason }: Pick<EvidenceMessage, "state" | "reason">,
  atMicros: number,
): Promise<void> {
  if (command.fence === null || command.kind !== "RUN" || state === "ACCEPTED" || state === "REJECTED") return;
  const fault = reason === "driver_fault" ? reason : state === "COMPLETED" ? null : undefined;
  const output = state === "RUNNING" ? "on" : "off";
  await observe(client, actuator.id, { state: output, fence: command.fence, atMicros, fault });
}
