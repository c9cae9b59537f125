import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import { isTransient } from "../platform/postgres.ts";
import { type Actuation, actuatorUnknown, type Requester } from "./actuation.ts";
import type { ActuationTransaction, ActuatorPlace, Command, Execution, Parameters } from "./actuation-store.ts";
import { cancelStarts } from "./cancel-starts.ts";
import { mismatch } from "./idempotency.ts";

export interface StopOrder {
  readonly actuatorId: number;
  readonly reason?: string | undefined;
  /** Makes it a trip, whose hold only a reset ends; a code, such as "dry_run". */
  readonly tripCause?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** Somebody paused in mid-transaction may hold the actuator's row this many lock timeouts long; the device stops meanwhile. */
export const RECORD_ATTEMPTS = 3;

/**
 * A person stops an actuator: it stops at once and is held until a person releases it, or resets the trip. The device is told
 * before anything is recorded, so that neither a lock nor a slow disk stands between a person and a pump.
 *
 * Throws `actuator.unknown`, and `idempotency.mismatch` for a key that was used for another request: it stops all the same.
 */
export async function requestStop(actuation: Actuation, by: Requester, order: StopOrder): Promise<Command> {
  const { urgentStore } = actuation;
  const actuator = await urgentStore.whereIs(by.organizationId, order.actuatorId);
  if (actuator === undefined) throw actuatorUnknown(order.actuatorId);
  const request = requestOf(order);
  const { idempotencyKey } = order;
  if (idempotencyKey !== undefined) {
    const earlier = await urgentStore.findByIdempotencyKey(by.organizationId, idempotencyKey, request);
    const command = earlier?.isSame ? await urgentStore.commandOfExecution(earlier.id) : undefined;
    if (command !== undefined) return command;
  }
  const decisionMade = actuation.timeDecision?.();
  const stop = stopUnderWay(actuation, actuator, by, order, request);
  await sendAtOnce(actuation, actuator, stop);
  const command = await recordStop(actuation, actuator, stop);
  actuation.onQueued(actuator.deviceId);
  decisionMade?.("stopped");
  return command;
}

function requestOf({ actuatorId, tripCause, reason }: StopOrder): Parameters {
  const why = reason === undefined ? {} : { reason };
  if (tripCause === undefined) return { action: "STOP", actuatorId, ...why };
  return { action: "TRIP", actuatorId, tripCause, ...why };
}

/** A STOP on its way to be recorded. */
export interface StopUnderWay {
  readonly id: string;
  /** The bytes, now and whenever it is sent again. */
  readonly payload: string;
  readonly by: Requester;
  readonly order: StopOrder;
  readonly request: Parameters;
  /** The stop of a whole site that it is part of. */
  readonly siteStopId?: string;
}

export function stopUnderWay(
  actuation: Actuation,
  { key }: ActuatorPlace,
  by: Requester,
  order: StopOrder,
  request: StopUnderWay["request"],
): StopUnderWay {
  const id = actuation.newId();
  const reason = order.tripCause === undefined ? {} : { reason: order.tripCause };
  return { id, payload: encodeCommand({ id, actuator: key, kind: "STOP", ...reason }), by, order, request };
}

/** Without a fence, and without waiting for anything: to the socket in this process, or by notice to the one that has it. */
export async function sendAtOnce(
  actuation: Actuation,
  { deviceId }: ActuatorPlace,
  { payload }: StopUnderWay,
): Promise<void> {
  if (!(await actuation.sendStopNow(deviceId, payload))) await actuation.urgentStore.notifyStop(deviceId, payload);
}

/** What else happens in the transaction of a STOP. */
export interface BesideStop {
  /** Takes the locks, that of the actuator among them; absent: that one alone. */
  readonly lock?: (tx: ActuationTransaction) => Promise<void>;
  readonly also?: (tx: ActuationTransaction) => Promise<void>;
}

export async function recordStop(
  actuation: Actuation,
  actuator: ActuatorPlace,
  stop: StopUnderWay,
  { lock, also }: BesideStop = {},
): Promise<Command> {
  const { command, isMismatch } = await untilRecorded(() =>
    actuation.urgentStore.transaction(async (tx) => {
      await lock?.(tx);
      const recorded = await record(actuation, tx, actuator, stop);
      await also?.(tx);
      return recorded;
    }),
  );
  if (isMismatch) throw mismatch(stop.order.idempotencyKey!);
  return command;
}

/** Again where a broken connection or a lock was in the way; a COMMIT that was not answered may have happened. */
export async function untilRecorded<T>(record: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await record();
    } catch (error) {
      if (attempt === RECORD_ATTEMPTS || !isTransient(error)) throw error;
    }
  }
}

interface Recorded {
  readonly command: Command;
  /** Its key was used for another request. */
  readonly isMismatch: boolean;
}

async function record(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: ActuatorPlace,
  stop: StopUnderWay,
): Promise<Recorded> {
  const { id, order } = stop;
  await tx.lockActuator(actuator.id);
  const recorded = await tx.findCommand(id);
  if (recorded !== undefined) return { command: recorded, isMismatch: await isKeptForAnother(tx, actuator, stop) };
  const execution = await openRequest(actuation, tx, actuator, stop, order.idempotencyKey);
  // The device has heard this STOP, so it holds, and can be released, even where an earlier one answers for it.
  await hold(tx, actuator.id, actuator.organizationId, stop);
  if (execution !== undefined) {
    return { command: await recordCommand(tx, actuator, stop, execution.id), isMismatch: false };
  }
  const earlier = await tx.findByIdempotencyKey(actuator.organizationId, order.idempotencyKey!, stop.request);
  const command = earlier?.isSame ? await tx.commandOfExecution(earlier.id) : undefined;
  if (command !== undefined) return { command, isMismatch: false };
  const unkeyed = (await openRequest(actuation, tx, actuator, stop, undefined))!;
  return { command: await recordCommand(tx, actuator, stop, unkeyed.id), isMismatch: true };
}

/** Of a STOP whose COMMIT was not answered: what its key says is asked again. */
async function isKeptForAnother(
  tx: ActuationTransaction,
  { organizationId }: ActuatorPlace,
  { order: { idempotencyKey }, request }: StopUnderWay,
): Promise<boolean> {
  if (idempotencyKey === undefined) return false;
  const kept = await tx.findByIdempotencyKey(organizationId, idempotencyKey, request);
  return kept !== undefined && !kept.isSame;
}

function openRequest(
  actuation: Actuation,
  tx: ActuationTransaction,
  { id: actuatorId, organizationId }: ActuatorPlace,
  { by, order: { tripCause }, request }: StopUnderWay,
  idempotencyKey: string | undefined,
): Promise<Execution | undefined> {
  return tx.insertRequest({
    id: actuation.newId(),
    organizationId,
    actuatorId,
    action: tripCause === undefined ? "STOP" : "TRIP",
    parameters: tripCause === undefined ? {} : { cause: tripCause },
    requestedBy: by.actor,
    idempotencyKey,
    request,
  });
}

async function recordCommand(
  tx: ActuationTransaction,
  { id: actuatorId, organizationId, deviceId }: ActuatorPlace,
  { id, payload, by, order }: StopUnderWay,
  executionId: string,
): Promise<Command> {
  const reason = order.tripCause ?? order.reason;
  const whose = { id, organizationId, actuatorId, executionId };
  await tx.insertInstruction({ ...whose, kind: "STOP", fence: undefined, reason, payload });
  await tx.appendEvents([{ commandId: id, what: "decided", state: "QUEUED", who: by.actor, reason }]);
  await tx.moveExecution(executionId, { status: "DISPATCHED" });
  const [limit, message] = saying(order);
  await cancelStarts(tx, actuatorId, by.actor, limit, message);
  await tx.notifyQueued(deviceId);
  return (await tx.commandOfExecution(executionId))!;
}

async function hold(
  tx: ActuationTransaction,
  actuatorId: number,
  organizationId: number,
  { id, by, order, siteStopId }: StopUnderWay,
): Promise<void> {
  const heldBy = by.actor;
  const { tripCause: cause, reason } = order;
  if (cause === undefined) return tx.insertHold({ id, actuatorId, heldBy, reason, siteStopId });
  const trip = await tx.trip({ id, organizationId, actuatorId, cause, message: reason, trippedBy: heldBy });
  return tx.insertHold({ id, actuatorId, heldBy, reason: reason ?? cause, tripId: trip.id });
}

function saying({ tripCause }: StopOrder): readonly [reason: string, message: string] {
  if (tripCause !== undefined) return ["tripped", `The actuator was tripped: ${tripCause}.`];
  return ["held", "A person stopped the actuator."];
}
