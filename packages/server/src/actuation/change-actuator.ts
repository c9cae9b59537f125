import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import { assertEnvelope, type Envelope } from "@sluice/core/safety/envelope.ts";
import { type Actuation, type Requester, requireActuator } from "./actuation.ts";
import type { ActuationTransaction, Actuator } from "./actuation-store.ts";
import { viewActuator } from "./actuator-view-store.ts";
import { recordStop, sendAtOnce, stopUnderWay } from "./request-stop.ts";

/** What is to be changed of an actuator; what is absent stays as it is. */
export interface ActuatorChange {
  readonly mode?: ModeChange | undefined;
  readonly envelope?: EnvelopeChange | undefined;
  /** Allows, or forbids again, that it is commanded although its device says no hello and checks no fence. */
  readonly unfenced?: boolean | undefined;
}

export interface ModeChange {
  readonly mode: ActuatorMode;
  /** Who asks, by the name that others are shown while it is locked out, and by which a person is known again. */
  readonly person: string;
  /** May end a lock-out that somebody else made; the caller has checked the role. */
  readonly isAdministrator?: boolean | undefined;
}

/** Limits; what is `null` is taken away. */
export type EnvelopeChange = { readonly [Field in keyof Envelope]?: Envelope[Field] | null };

/**
 * Changes all of it in one transaction, or nothing.
 *
 * Modes: auto: everybody may start it. manual: only people. locked-out: nobody; it is stopped and held first, and leaving the
 * lock-out does not end the hold. Limits hold from the next decision on, and the device is told. That limits and `unfenced` are
 * an administrator's is checked by the caller.
 *
 * Throws `actuator.unknown`, `actuator.locked_by_another`, `actuator.envelope_invalid`, `actuator.interlock_invalid`, and
 * `actuator.running` where a change of group meets a run.
 */
export async function changeActuator(
  actuation: Actuation,
  by: Requester,
  actuatorId: number,
  change: ActuatorChange,
): Promise<void> {
  if (change.mode?.mode === "locked-out") return lockOut(actuation, by, actuatorId, change, change.mode);
  await requireActuator(actuation.store, by.organizationId, actuatorId);
  await actuation.store.transaction(async (tx) => {
    await lockFor(tx, actuatorId, change);
    await write(actuation, tx, by, actuatorId, change);
  });
}

/**
 * What can be refused is refused before anything is stopped; the rest is written with the STOP, so that nothing starts between.
 * As a STOP does, it goes over connections that nothing else uses.
 */
async function lockOut(
  actuation: Actuation,
  by: Requester,
  actuatorId: number,
  change: ActuatorChange,
  mode: ModeChange,
): Promise<void> {
  const { urgentStore: store } = actuation;
  const actuator = await requireActuator(store, by.organizationId, actuatorId);
  assertMayChange(actuator, (await store.lookAt(actuator)).situation.lockedBy, mode);
  const { envelope } = change;
  if (by.assertSeen !== undefined) await store.transaction((tx) => assertSeen(tx, by, actuatorId));
  if (envelope !== undefined) await store.transaction((tx) => assertChangeable(tx, actuatorId, envelope));
  const order = { actuatorId, reason: `locked out by ${mode.person}` };
  const stop = stopUnderWay(actuation, actuator, by, order, { action: "STOP", ...order });
  await sendAtOnce(actuation, actuator, stop);
  try {
    await recordStop(actuation, actuator, stop, {
      lock: (tx) => lockFor(tx, actuatorId, change),
      also: (tx) => write(actuation, tx, by, actuatorId, change),
    });
  } catch (error) {
    // Somebody was faster. The device has been stopped all the same, and holds: that goes on record.
    if (isSluiceError(error)) await recordStop(actuation, actuator, stop);
    throw error;
  } finally {
    actuation.onQueued(actuator.deviceId);
  }
}

async function lockFor(tx: ActuationTransaction, actuatorId: number, { envelope }: ActuatorChange): Promise<void> {
  if (envelope === undefined) await tx.lockActuator(actuatorId);
  else await lockBothGroups(tx, actuatorId, envelope);
}

/** The group that it leaves and the one that it comes to, in one order: one after the other, two that swap would wait in a circle. */
function lockBothGroups(
  tx: ActuationTransaction,
  actuatorId: number,
  { interlockGroup }: EnvelopeChange,
): Promise<Actuator | undefined> {
  return tx.lockGroup(actuatorId, interlockGroup ?? undefined);
}

/** Under the locks. */
async function write(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  actuatorId: number,
  { envelope, unfenced, mode }: ActuatorChange,
): Promise<void> {
  const actuator = (await tx.lockActuator(actuatorId))!;
  await assertSeen(tx, by, actuatorId);
  if (envelope !== undefined) await setEnvelope(actuation, tx, by, actuator, envelope);
  if (unfenced !== undefined) await setUnfenced(actuation, tx, by, actuator, unfenced);
  if (mode !== undefined) await setMode(actuation, tx, by, actuator, mode);
}

async function assertSeen(
  tx: ActuationTransaction,
  { organizationId, assertSeen: assert }: Requester,
  actuatorId: number,
): Promise<void> {
  assert?.(await viewActuator(tx.client, organizationId, actuatorId));
}

async function setMode(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  actuator: Actuator,
  change: ModeChange,
): Promise<void> {
  const { mode, person } = change;
  const { nowMicros, situation } = await tx.readSituation(actuator);
  assertMayChange(actuator, situation.lockedBy, change);
  const lockedBy = mode === "locked-out" ? person : undefined;
  await tx.setMode(actuator.id, mode, lockedBy);
  const before = { mode: situation.mode, lockedBy: situation.lockedBy };
  await recordChange(actuation, tx, by, actuator, "mode", before, { mode, lockedBy });
  // What a mode has kept from automation is asked at its next reading.
  if (mode !== "auto" || situation.mode === "auto") return;
  await actuation.followUp.onReleased(tx, { id: actuator.id, releasedAtMicros: nowMicros });
}

/** A lock-out is a person's life on the machine: nobody but that person, or an administrator, takes it away or over. */
function assertMayChange(
  { id: actuatorId }: Actuator,
  lockedBy: string | undefined,
  { person, isAdministrator = false }: ModeChange,
): void {
  if (isAdministrator || lockedBy === undefined || lockedBy === person) return;
  const message = `The actuator is locked out by ${lockedBy}: that person or an administrator ends it.`;
  throw new SluiceError("forbidden", "actuator.locked_by_another", message, { details: { actuatorId, lockedBy } });
}

async function setEnvelope(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  actuator: Actuator,
  change: EnvelopeChange,
): Promise<void> {
  const envelope = await assertChangeable(tx, actuator.id, change);
  await tx.setEnvelope(actuator.id, envelope);
  await recordChange(actuation, tx, by, actuator, "envelope", actuator.envelope, envelope);
  await tx.notifyConfigured(actuator.deviceId);
}

/** The envelope that a change leads to, under the locks of the group. */
async function assertChangeable(
  tx: ActuationTransaction,
  actuatorId: number,
  change: EnvelopeChange,
): Promise<Envelope> {
  const actuator = (await lockBothGroups(tx, actuatorId, change))!;
  const envelope = changed(actuator.envelope, change);
  assertEnvelope(envelope);
  if (envelope.interlockGroup !== actuator.envelope.interlockGroup) await assertStill(tx, actuator);
  await assertGroup(tx, actuator, envelope);
  return envelope;
}

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

async function setUnfenced(
  actuation: Actuation,
  tx: ActuationTransaction,
  by: Requester,
  actuator: Actuator,
  isAllowed: boolean,
): Promise<void> {
  const allowedBy = await tx.setUnfenced(actuator.id, isAllowed ? by.actor : undefined);
  const before = { isAllowed: allowedBy !== undefined, allowedBy };
  await recordChange(actuation, tx, by, actuator, "unfenced", before, { isAllowed });
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
