import { hasRightOfWay } from "@sluice/core/safety/right-of-way.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Execution } from "./actuation-store.ts";
import { preempt } from "./preempt.ts";

/** What became of a STOP or SET of a rule or schedule, and the devices for which it queued something. */
export interface Instructed {
  readonly decided: "dispatched" | "cancelled";
  readonly queuedFor: readonly number[];
}

/**
 * A rule or schedule stops a run, and holds nothing by that: only people hold. A run of higher priority than its own goes on.
 * The caller's transaction holds the locks of the actuator and of the execution.
 */
export async function decideStop(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  execution: Execution,
): Promise<Instructed> {
  const { live } = (await tx.readSituation(actuator)).situation;
  if (live === undefined) return succeed(tx, execution, "already_off", "Nothing was running.");
  if (hasRightOfWay(live, execution)) {
    const message = `A run of priority ${live.priority} is under way: a STOP of priority ${execution.priority} does not end it.`;
    return refuse(tx, execution, "outranked", message);
  }
  const { stopped } = await preempt(actuation, tx, execution, [live]);
  if (stopped.length === 0) return succeed(tx, execution, "not_started", "What was to start had not been sent yet.");
  await tx.moveExecution(execution.id, { status: "DISPATCHED" });
  return { decided: "dispatched", queuedFor: stopped };
}

/** A rule or schedule gives a set-point; nothing starts by it. */
export async function decideSet(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  { id: executionId, parameters, requestedBy: who, ...execution }: Execution,
): Promise<Instructed> {
  const { mode } = (await tx.readSituation(actuator)).situation;
  const waiting = { id: executionId, ...execution };
  if (mode === "manual")
    return refuse(tx, waiting, "manual_mode", "The actuator is in manual mode: only people set it.");
  if (mode === "locked-out") return refuse(tx, waiting, "locked_out", "The actuator is locked out by a person.");
  const { value, unit } = setPointOf(parameters);
  if (value === undefined) return refuse(tx, waiting, "invalid_value", "A SET needs a value.");
  const { id: actuatorId, organizationId, deviceId } = actuator;
  const fence = await tx.raiseFence(actuatorId);
  const id = actuation.newId();
  await tx.insertInstruction({ id, organizationId, actuatorId, executionId, kind: "SET", fence, value, unit });
  await tx.setPoint(actuatorId, value, unit);
  await tx.appendEvents([{ commandId: id, what: "decided", state: "QUEUED", who, details: { value, unit } }]);
  await tx.moveExecution(executionId, { status: "DISPATCHED" });
  await tx.notifyQueued(deviceId);
  return { decided: "dispatched", queuedFor: [deviceId] };
}

function setPointOf({ value, unit }: Execution["parameters"]): { value: number | undefined; unit: string | undefined } {
  return {
    value: typeof value === "number" ? value : undefined,
    unit: typeof unit === "string" ? unit : undefined,
  };
}

async function succeed(
  tx: ActuationTransaction,
  { id }: Pick<Execution, "id">,
  reason: string,
  message: string,
): Promise<Instructed> {
  await tx.moveExecution(id, { status: "SUCCEEDED", reason, message });
  return { decided: "dispatched", queuedFor: [] };
}

async function refuse(
  tx: ActuationTransaction,
  { id }: Pick<Execution, "id">,
  reason: string,
  message: string,
): Promise<Instructed> {
  await tx.moveExecution(id, { status: "CANCELLED", reason, message });
  return { decided: "cancelled", queuedFor: [] };
}
