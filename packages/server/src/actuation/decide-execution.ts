import { STALE_READING_RECHECK_MS } from "@sluice/core/safety/decide.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Execution } from "./actuation-store.ts";
import { decideSet, decideStop } from "./decide-instruction.ts";
import { decideStart, giveUp, hasWaitedTooLong } from "./decide-start.ts";
import { type ReadPermissives, readBeforeLocks, readingsFor } from "./permissive-readings.ts";
import { tripLocked } from "./trip.ts";

/** What automation knows of an execution at the moment of its decision. */
export interface Need {
  /** False: no rule that caused it fires any more. */
  readonly isNeeded: boolean;
  /** Time of the newest reading of what the rule watches, as far as it is known. */
  readonly readingMicros: number | undefined;
}

export type DecidedExecution = "dispatched" | "waiting" | "cancelled" | "not-now";

interface Outcome {
  readonly decided: DecidedExecution;
  readonly queuedFor: readonly number[];
}

type Due = Pick<Execution, "id" | "organizationId" | "actuatorId" | "action">;

const NOT_NOW: Outcome = { decided: "not-now", queuedFor: [] };

/**
 * Decides a due execution in one transaction. "not-now": another decides on this actuator or its group at this moment, or has
 * done so, or has changed its permissives since they were read; the execution comes up again if there is anything left to do. Any number of workers may call this for the same one.
 */
export async function decideExecution(
  actuation: Actuation,
  due: Due,
  askNeed: (tx: ActuationTransaction, execution: Execution) => Promise<Need>,
): Promise<DecidedExecution> {
  const decisionMade = actuation.timeDecision?.();
  const isStart = due.action === "RUN" || due.action === "DOSE";
  const read = isStart ? await readBeforeLocks(actuation, due) : undefined;
  const decide = (tx: ActuationTransaction): Promise<Outcome> => decideLocked(actuation, tx, due, read, askNeed);
  const { decided, queuedFor } = await actuation.store.transaction(decide);
  for (const deviceId of queuedFor) actuation.onQueued(deviceId);
  decisionMade?.(decided);
  return decided;
}

async function decideLocked(
  actuation: Actuation,
  tx: ActuationTransaction,
  due: Due,
  read: ReadPermissives | undefined,
  askNeed: (tx: ActuationTransaction, execution: Execution) => Promise<Need>,
): Promise<Outcome> {
  // A trip waits for its lock, and for that of its own actuator alone: it gives way to nobody.
  const isTrip = due.action === "TRIP";
  const actuator = isTrip ? await tx.lockActuator(due.actuatorId) : await tx.tryLockGroup(due.actuatorId);
  const execution = actuator && (await tx.lockExecution(due.id));
  if (actuator === undefined || execution === undefined || !isOpen(execution)) return NOT_NOW;
  const { readingNeededAfterMicros } = execution;
  if (isTrip && readingNeededAfterMicros === null) return trip(actuation, tx, actuator, execution);
  const need = await askNeed(tx, execution);
  if (!need.isNeeded) {
    const change = { status: "CANCELLED", reason: "cause_gone", message: "Its rule no longer fires." } as const;
    await tx.moveExecution(execution.id, change);
    return { decided: "cancelled", queuedFor: [] };
  }
  if (isTrip) {
    // After a reset it trips again if its rule still fires on a newer reading.
    if ((need.readingMicros ?? 0) > readingNeededAfterMicros!) return trip(actuation, tx, actuator, execution);
    return waitForReading(tx, actuator, execution);
  }
  if (execution.action === "STOP" || execution.action === "SET") return instruct(actuation, tx, actuator, execution);
  const permissiveReadings = readingsFor(actuator, read);
  if (permissiveReadings === undefined) return NOT_NOW;
  const { readingMicros } = need;
  const readings = { readingMicros, permissiveReadings };
  const { decision, queuedFor } = await decideStart(actuation, tx, actuator, execution, readings);
  return { decided: OUTCOMES[decision.outcome], queuedFor };
}

async function trip(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
): Promise<Outcome> {
  await tripLocked(actuation, tx, actuator, execution);
  return { decided: "dispatched", queuedFor: [actuator.deviceId] };
}

/** What a schedule says is for its time: a STOP of the morning is not for the run of the evening. */
async function instruct(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
): Promise<Outcome> {
  if (execution.type === "SCHEDULED") {
    const { nowMicros } = await tx.readSituation(actuator);
    if (hasWaitedTooLong(execution, nowMicros)) {
      const { queuedFor } = await giveUp(tx, execution);
      return { decided: "cancelled", queuedFor };
    }
  }
  const decideInstruction = execution.action === "STOP" ? decideStop : decideSet;
  return decideInstruction(actuation, tx, actuator, execution);
}

async function waitForReading(tx: ActuationTransaction, actuator: Actuator, { id }: Execution): Promise<Outcome> {
  const { nowMicros } = await tx.readSituation(actuator);
  const untilMicros = nowMicros + STALE_READING_RECHECK_MS * 1000;
  const message = "It was reset: a newer reading has to say that it is needed again.";
  await tx.moveExecution(id, { status: "WAITING", reason: "stale_reading", message, untilMicros });
  return { decided: "waiting", queuedFor: [] };
}

const OUTCOMES = { accept: "dispatched", defer: "waiting", preempt: "waiting", refuse: "cancelled" } as const;

function isOpen({ status }: Execution): boolean {
  return status === "PENDING" || status === "WAITING";
}
