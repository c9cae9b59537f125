import { afterEvidence, isLive, type Refund, refundOf } from "@sluice/core/commands/command.ts";
import type { EvidenceMessage } from "@sluice/core/commands/messages.ts";
import { DRIFT_PER_MILLE, TIMER_TOLERANCE_MS } from "@sluice/core/safety/windows.ts";
import { allEnded } from "../platform/all-ended.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, ActuatorPlace, Command, Observation } from "./actuation-store.ts";
import { closeExecution } from "./close-execution.ts";

/**
 * recorded: it moved the command, or proved a run that had been given up. repeated: nothing new. Else it was refused, changed
 * nothing, and is not worth sending again.
 */
export type RecordedEvidence = "recorded" | "repeated" | "unknown-command" | "foreign-device" | "wrong-fence";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What of an evidence message, or of an entry in a journal, says how a command went. */
export type Evidence = Omit<EvidenceMessage, "bootId" | "monoMs">;

/** What a device says. */
export interface DeviceEvidence {
  readonly deviceId: number;
  readonly evidence: Evidence;
}

/** Takes what a device says of a command. Safe to repeat, in any order; rejects only when the database does. */
export async function recordEvidence(
  actuation: Actuation,
  deviceId: number,
  evidence: Evidence,
): Promise<RecordedEvidence> {
  const found = UUID.test(evidence.id) ? await actuation.store.findCommand(evidence.id) : undefined;
  if (found === undefined) return "unknown-command";
  const { outcome, isAnyDue } = await actuation.store.transaction(async (tx) => {
    const actuator = await tx.lockActuator(found.actuatorId);
    return recordOf(actuation, tx, actuator, await tx.lockCommand(found.id), { deviceId, evidence });
  });
  if (isAnyDue) actuation.onExecutionDue();
  return outcome;
}

/**
 * The same of several devices, in one transaction. Undefined: left, because somebody else has locked what it is about. Nothing
 * is waited for, since what is locked here belongs to several actuators, and others lock it in an order of their own. Rejects
 * when any of it cannot be recorded, and then nothing is.
 */
export async function recordTogether(
  actuation: Actuation,
  all: readonly DeviceEvidence[],
): Promise<readonly (RecordedEvidence | undefined)[]> {
  const outcomes = await actuation.store.transaction((tx) => recordReported(actuation, tx, all));
  if (outcomes.some((recorded) => recorded?.isAnyDue)) actuation.onExecutionDue();
  return outcomes.map((recorded) => recorded?.outcome);
}

async function recordReported(
  actuation: Actuation,
  tx: ActuationTransaction,
  all: readonly DeviceEvidence[],
): Promise<(Recorded | undefined)[]> {
  const ids = all.map(({ evidence: { id } }) => id.toLowerCase());
  const known = await tx.tryLockReported(ids.filter((id) => UUID.test(id)));
  const reported = new Map(known.map((each) => [each.id, each]));
  const outcomes = ids.map((id) => (reported.has(id) ? undefined : refused("unknown-command")));
  const moved = new Set<string>();
  const recordAll = async (actuatorId: number): Promise<void> => {
    for (const [index, id] of ids.entries()) {
      const about = reported.get(id);
      if (about?.actuatorId !== actuatorId) continue;
      // What comes after something that is left waits as well, and keeps its place.
      if (about.command === undefined) return;
      const command = moved.has(id) ? await tx.lockCommand(id) : about.command;
      moved.add(id);
      outcomes[index] = await recordOf(actuation, tx, about, command, all[index]!);
    }
  };
  await allEnded([...new Set(known.map(({ actuatorId }) => actuatorId))].map(recordAll));
  return outcomes;
}

interface Recorded {
  readonly outcome: RecordedEvidence;
  /** An execution may be due now. */
  readonly isAnyDue: boolean;
}

/** What has been said of a command, once it and its actuator are locked. */
async function recordOf(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Pick<ActuatorPlace, "deviceId" | "key"> | undefined,
  command: Command | undefined,
  { deviceId, evidence }: DeviceEvidence,
): Promise<Recorded> {
  if (actuator?.deviceId !== deviceId || actuator.key !== evidence.actuator) return refused("foreign-device");
  if (command === undefined || command.fence !== (evidence.fence ?? null)) return refused("wrong-fence");
  const state = afterEvidence(command.state, evidence.state);
  return recordLocked(actuation, tx, deviceId, command, evidence, state);
}

function refused(outcome: RecordedEvidence): Recorded {
  return { outcome, isAnyDue: false };
}

async function recordLocked(
  actuation: Actuation,
  tx: ActuationTransaction,
  deviceId: number,
  command: Command,
  said: Evidence,
  state: Command["state"],
): Promise<Recorded> {
  const countsActivation = isStart(command) && provesRun(said) && !command.isActivationCounted;
  // A run given up as unknown and proven later still counts; a command that was never sent cannot have run.
  const isLate = command.state === "UNKNOWN_CLOSED" && countsActivation;
  if (state === command.state && !isLate) return { outcome: "repeated", isAnyDue: false };
  const evidence = plausible(command, said);
  const { reason, ranMs, amount } = evidence;
  const hasEnded = !isLive(state) && !isLate;
  const hasRun = provesRun(evidence);
  const { nowMicros, lockEndMicros } = await tx.recordProof(command.id, {
    moved: { state, reason, ranMs, amount, countsActivation },
    refund: refundFor(evidence, state),
    who: `device:${deviceId}`,
    details: detailsOf(said),
    observed: observationOf(command, evidence),
    startedMsAgo: state === "RUNNING" ? 0 : hasEnded && hasRun ? (ranMs ?? 0) : undefined,
  });
  if (!hasEnded) return { outcome: "recorded", isAnyDue: false };
  const facts = { endedAtMicros: nowMicros, lockEndMicros };
  const isAnyDue = await closeExecution(actuation, tx, command, { state, hasRun, reason }, facts);
  return { outcome: "recorded", isAnyDue };
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

function observationOf(
  command: Command,
  { state, reason }: Pick<EvidenceMessage, "state" | "reason">,
): Observation | undefined {
  if (command.fence === null || !isStart(command) || state === "ACCEPTED" || state === "REJECTED") return undefined;
  const fault = reason === "driver_fault" ? reason : state === "COMPLETED" ? null : undefined;
  return { state: state === "RUNNING" ? "on" : "off", fence: command.fence, fault };
}
