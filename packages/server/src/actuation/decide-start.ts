import type { Dose } from "@sluice/core/commands/messages.ts";
import { type Decision, decide, type LiveRun, type RunRequest } from "@sluice/core/safety/decide.ts";
import { pauseMs } from "@sluice/core/safety/envelope.ts";
import { isPassedOver } from "@sluice/core/safety/right-of-way.ts";
import { reserve } from "@sluice/core/safety/windows.ts";
import type { Actuation, Requester } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Command, Execution, NewRequest } from "./actuation-store.ts";
import type { PermissiveReadings } from "./permissive-readings.ts";
import { preempt } from "./preempt.ts";

/** What a decision led to, and the devices for which it queued something. */
export interface Decided {
  readonly decision: Decision;
  /** Of what was accepted. */
  readonly command?: Command;
  readonly queuedFor: readonly number[];
}

/** What a decision rests on, read before its locks. */
export interface Readings {
  readonly readingMicros: number | undefined;
  readonly permissiveReadings: PermissiveReadings;
}

/**
 * The one atomic decision over a RUN or DOSE. The caller's transaction holds the locks of the actuator, of its interlock
 * group and of the execution; what is decided, reserved and written here commits together, or not at all.
 */
export async function decideStart(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
  readings: Readings,
): Promise<Decided> {
  const { nowMicros, situation } = await tx.readSituation(actuator);
  if (hasWaitedTooLong(execution, nowMicros)) return giveUp(tx, execution);
  const asked = requestOf(execution, readings);
  const request = { ...asked, isPassedOver: isPassedOver(execution.passedOverMicros, nowMicros) };
  const decision = decide(actuator.envelope, situation, request, nowMicros);
  return writeDecision(actuation, tx, actuator, execution, { decision, request, nowMicros });
}

/**
 * Nothing starts long after a person asked for it: they may have gone, or done it by hand. What a person asks is decided at
 * once; a schedule's run may not have been looked at for long.
 */
export function hasWaitedTooLong({ status, type, waitLimitMicros }: Execution, nowMicros: number): boolean {
  const hasWaited = status === "WAITING" || type === "SCHEDULED";
  return hasWaited && waitLimitMicros !== null && nowMicros > waitLimitMicros;
}

export async function giveUp(tx: ActuationTransaction, { id, type, reason }: Execution): Promise<Decided> {
  const what = type === "SCHEDULED" && reason !== null ? ` What stood against it last: ${reason}.` : "";
  const message = `It could not start within the time that it might wait.${what}`;
  const refusal = { limit: "waited_too_long", message } as const;
  await tx.moveExecution(id, { status: "CANCELLED", reason: refusal.limit, message: refusal.message });
  return { decision: { outcome: "refuse", ...refusal }, queuedFor: [] };
}

/** A decision that has been taken, and what it was taken about. */
export interface TakenDecision {
  readonly decision: Decision;
  readonly request: RunRequest;
  readonly nowMicros: number;
}

export async function writeDecision(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
  { decision, request, nowMicros }: TakenDecision,
): Promise<Decided> {
  switch (decision.outcome) {
    case "accept": {
      const command = await commitStart(actuation, tx, actuator, execution, request, nowMicros);
      return { decision, command, queuedFor: [actuator.deviceId] };
    }
    case "preempt":
      return makeWay(actuation, tx, actuator, execution, request, decision);
    case "defer":
      await wait(tx, execution, decision.limit, decision.message, untilLimit(execution, decision.untilMicros));
      return { decision, queuedFor: [] };
    case "refuse": {
      const { limit: reason, message } = decision;
      await tx.moveExecution(execution.id, { status: "CANCELLED", reason, message });
      return { decision, queuedFor: [] };
    }
  }
}

/** What an execution asks for, with the readings that it rests on. */
export function requestOf(
  execution: Pick<
    Execution,
    "parameters" | "priority" | "overrideReason" | "waitLimitMicros" | "readingNeededAfterMicros"
  >,
  readings: Readings,
): RunRequest {
  const { parameters, priority, overrideReason, waitLimitMicros, readingNeededAfterMicros } = execution;
  return {
    durationMs: Number(parameters.durationMs),
    dose: doseOf(parameters),
    priority,
    isOverride: overrideReason !== null,
    waitUntilMicros: waitLimitMicros ?? undefined,
    readingNeededAfterMicros: readingNeededAfterMicros ?? undefined,
    ...readings,
  };
}

function doseOf({ amount, unit }: Execution["parameters"]): Dose | undefined {
  return typeof amount === "number" && typeof unit === "string" ? { amount, unit } : undefined;
}

/** Whose start it is: a person's request that is not on record yet, or an execution that is. */
export type Asker = Pick<Execution, "id" | "overrideReason" | "requestedBy" | "requestedFrom"> & {
  readonly request?: NewRequest;
};

export async function commitStart(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  asker: Asker,
  { durationMs, dose }: RunRequest,
  nowMicros: number,
): Promise<Command> {
  const { maxRunMs, interlockGroup } = actuator.envelope;
  const cooldownMs = pauseMs(actuator.envelope);
  const isOverride = await overrideCooldown(actuation, tx, actuator, asker, nowMicros);
  return tx.commitStart({
    id: actuation.newId(),
    request: asker.request,
    organizationId: actuator.organizationId,
    actuatorId: actuator.id,
    executionId: asker.id,
    deviceId: actuator.deviceId,
    interlockGroup,
    durationMs,
    maxRunMs,
    cooldownMs,
    dose,
    isOverride,
    decidedMicros: nowMicros,
    reservation: reserve(nowMicros, durationMs, cooldownMs),
    who: asker.requestedBy,
  });
}

/** Cuts the cooldown that an administrator passes; true when there was one. The audit has who and why. */
async function overrideCooldown(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  { overrideReason, requestedBy: actor, requestedFrom }: Asker,
  nowMicros: number,
): Promise<boolean> {
  if (overrideReason === null) return false;
  const shortened = await tx.shortenLocks(actuator.id, nowMicros);
  if (shortened.length === 0) return false;
  const said = { what: "overridden", who: actor, reason: overrideReason } as const;
  await tx.appendEvents(shortened.map(({ id: commandId, state }) => ({ ...said, commandId, state })));
  const by: Requester = { organizationId: actuator.organizationId, actor, address: requestedFrom ?? undefined };
  const change = { action: "actuator.override", subject: `actuator:${actuator.id}`, after: { reason: overrideReason } };
  await actuation.recordChange(tx.client, by, change);
  return true;
}

/** Stops what has to yield; where nothing had been sent yet, the way is free at once. */
async function makeWay(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
  { readingMicros, permissiveReadings }: RunRequest,
  decision: Extract<Decision, { outcome: "preempt" }>,
): Promise<Decided> {
  const { stopped } = await preempt(actuation, tx, execution, decision.victims);
  const readings = { readingMicros, permissiveReadings: permissiveReadings ?? [] };
  if (stopped.length === 0) return decideStart(actuation, tx, actuator, execution, readings);
  await wait(tx, execution, "preempting", waitsFor(decision.victims), decision.untilMicros);
  return { decision, queuedFor: stopped };
}

function waitsFor(victims: readonly LiveRun[]): string {
  return victims.length === 1
    ? "A run of lower priority is being stopped."
    : "Runs of lower priority are being stopped.";
}

/** What may not wait for so long is asked again as soon as it may not, and then given up. */
function untilLimit({ waitLimitMicros }: Execution, untilMicros: number): number {
  return waitLimitMicros === null ? untilMicros : Math.min(untilMicros, waitLimitMicros + 1);
}

function wait(
  tx: ActuationTransaction,
  execution: Execution,
  reason: string,
  message: string,
  untilMicros: number,
): Promise<void> {
  return tx.moveExecution(execution.id, { status: "WAITING", reason, message, untilMicros });
}
