import { SluiceError } from "@sluice/core/errors.ts";
import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import { assertEnvelope, type Envelope } from "@sluice/core/safety/envelope.ts";
import { type Actuation, type Requester, requireActuator } from "./actuation.ts";
import type { ActuationTransaction, Actuator } from "./actuation-store.ts";
import { recordStop, sendAtOnce, stopUnderWay } from "./request-stop.ts";

export interface ModeOrder {
  readonly actuatorId: number;
  readonly mode: ActuatorMode;
  /** Who asks, by the name that others are shown while it is locked out, and by which a person is known again. */
  readonly person: string;
  /** May end a lock-out that somebody else made; the caller has checked the role. */
  readonly isAdministrator?: boolean | undefined;
}

/**
 * auto: everybody may start it. manual: only people. locked-out: nobody; it is stopped and held first, and leaving the lock-out
 * does not end the hold. Throws `actuator.locked_by_another`.
 */
export async function changeMode(actuation: Actuation, by: Requester, order: ModeOrder): Promise<void> {
  const { actuatorId } = order;
  const actuator = await requireActuator(actuation.store, by.organizationId, actuatorId);
  const set = (tx: ActuationTransaction) => setMode(actuation, tx, by, actuator, order);
  if (order.mode !== "locked-out") {
    await actuation.store.transaction(async (tx) => {
      await tx.lockActuator(actuatorId);
      await set(tx);
    });
    return;
  }
  const stopOrder = { actuatorId, reason: `locked out by ${order.person}` };
  const stop = stopUnderWay(actuation, actuator, by, stopOrder, { action: "STOP", ...stopOrder });
  await sendAtOnce(actuation, actuator, stop);
  await recordStop(actuation, actuator, stop, set);
  actuation.onQueued(actuator.deviceId);
}

/** Under the actuator's lock; of a lock-out in the transaction of its STOP, so that nothing can start between the two. */
async function setMode(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  actuator: Actuator,
  { mode, person, isAdministrator = false }: ModeOrder,
): Promise<void> {
  const { situation } = await tx.readSituation(actuator);
  if (!isAdministrator) assertOwnLock(actuator, situation.lockedBy, person);
  const lockedBy = mode === "locked-out" ? person : undefined;
  await tx.setMode(actuator.id, mode, lockedBy);
  const before = { mode: situation.mode, lockedBy: situation.lockedBy };
  await recordChange(actuation, tx, by, actuator, "mode", before, { mode, lockedBy });
  // What a mode has kept from automation is asked at its next reading.
  if (mode !== "auto" || situation.mode === "auto") return;
  const { nowMicros } = await tx.readSituation(actuator);
  await actuation.followUp.onReleased(tx, { id: actuator.id, releasedAtMicros: nowMicros });
}

/** A lock-out is a person's life on the machine: nobody but that person, or an administrator, takes it away or over. */
function assertOwnLock({ id: actuatorId }: Actuator, lockedBy: string | undefined, person: string): void {
  if (lockedBy === undefined || lockedBy === person) return;
  const message = `The actuator is locked out by ${lockedBy}: that person or an administrator ends it.`;
  throw new SluiceError("forbidden", "actuator.locked_by_another", message, { details: { actuatorId, lockedBy } });
}

/**
 * Changes limits; what is `null` is taken away. They hold from the next decision on, and the device is told. Throws
 * `actuator.envelope_invalid`, `actuator.interlock_invalid`, and `actuator.running` where a change of group meets a run.
 */
export async function changeEnvelope(
  actuation: Actuation,
  by: Requester,
  actuatorId: number,
  change: EnvelopeChange,
): Promise<void> {
  const { deviceId } = await requireActuator(actuation.store, by.organizationId, actuatorId);
  await actuation.store.transaction(async (tx) => {
    const actuator = (await tx.lockGroup(actuatorId))!;
    const envelope = changed(actuator.envelope, change);
    assertEnvelope(envelope);
    if (envelope.interlockGroup !== actuator.envelope.interlockGroup) await assertStill(tx, actuator);
    await assertGroup(tx, actuator, envelope);
    await tx.setEnvelope(actuatorId, envelope);
    await recordChange(actuation, tx, by, actuator, "envelope", actuator.envelope, envelope);
    await tx.notifyConfigured(deviceId);
  });
}

export type EnvelopeChange = { readonly [Field in keyof Envelope]?: Envelope[Field] | null };

function changed(envelope: Envelope, change: EnvelopeChange): Envelope {
  const merged = Object.entries({ ...envelope, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged) as unknown as Envelope;
}

async function assertStill(tx: ActuationTransaction, actuator: Actuator): Promise<void> {
  const { situation } = await tx.readSituation(actuator);
  if (situation.live === undefined) return;
  throw new SluiceError("conflict", "actuator.running", "The group of an actuator changes only while it is off.", {
    details: { actuatorId: actuator.id },
  });
}

/**
 * A member whose safe state is not "off" goes on by itself when its device loses its link: only that same device can then keep
 * the others off.
 */
async function assertGroup(tx: ActuationTransaction, actuator: Actuator, envelope: Envelope): Promise<void> {
  if (envelope.interlockGroup === undefined) return;
  const locked = await tx.lockMembers(actuator.organizationId, envelope.interlockGroup);
  const others = locked.filter(({ id }) => id !== actuator.id);
  const members = [...others, { ...actuator, envelope }];
  const selfStarting = members.filter(({ envelope: { safeState = "off" } }) => safeState !== "off");
  if (selfStarting.length > 1) {
    throw interlockInvalid(actuator, "At most one member of an interlock group may have a safe state other than off.");
  }
  if (selfStarting.length === 1 && members.some(({ deviceId }) => deviceId !== selfStarting[0]!.deviceId)) {
    throw interlockInvalid(
      actuator,
      "A member with a safe state other than off needs its whole group on its own device.",
    );
  }
}

function interlockInvalid({ id, key }: Actuator, message: string): SluiceError {
  return new SluiceError("conflict", "actuator.interlock_invalid", message, { details: { actuatorId: id, key } });
}

/** An administrator allows, or forbids again, that an actuator is commanded whose device says no hello and checks no fence. */
export async function allowUnfenced(
  actuation: Actuation,
  by: Requester,
  actuatorId: number,
  isAllowed: boolean,
): Promise<void> {
  await requireActuator(actuation.store, by.organizationId, actuatorId);
  await actuation.store.transaction(async (tx) => {
    const actuator = (await tx.lockActuator(actuatorId))!;
    await tx.setUnfenced(actuatorId, isAllowed ? by.actor : undefined);
    await recordChange(actuation, tx, by, actuator, "unfenced", undefined, { isAllowed });
  });
}

function recordChange(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  { id }: Actuator,
  what: string,
  before: unknown,
  after: unknown,
): Promise<void> {
  return actuation.recordChange(tx.client, by, {
    action: `actuator.${what}`,
    subject: `actuator:${id}`,
    before,
    after,
  });
}
