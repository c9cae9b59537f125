import { type CommandState, isLive } from "@sluice/core/commands/command.ts";
import type { DeviceConfigMessage, DeviceLimits, HelloMessage, JournalEntry } from "@sluice/core/commands/messages.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import type { Actuation } from "./actuation.ts";
import type { ActuationTransaction, Actuator, Command } from "./actuation-store.ts";
import { cancelStarts } from "./cancel-starts.ts";
import { closeExecution } from "./close-execution.ts";
import { recordEvidence } from "./record-evidence.ts";
import { recordForeign } from "./record-foreign.ts";

/** A device that claims more has lost its memory or its mind; going above it would use up our numbers. */
export const MAX_CLAIMED_FENCE = 2 ** 52;
export const MAX_CLAIMED_CONFIG_VERSION = 1_000_000_000;
/** Entries of one actuator's journal that one hello may add as foreign runs: the newest. */
export const MAX_FOREIGN_RUNS = 64;

/**
 * Takes what a device says of itself: a sample of its clock, its fences (ours go above them), holds set at the device, and its
 * journal, which is evidence that may have been lost, and of what is missing there, proof that it did not happen.
 *
 * Returns the configuration to send, if the device does not have it yet.
 */
export async function recordHello(
  actuation: Actuation,
  deviceId: number,
  hello: HelloMessage,
): Promise<DeviceConfigMessage | undefined> {
  const { store } = actuation;
  const actuators = await store.actuatorsOfDevice(deviceId);
  if (actuators.length === 0) return undefined;
  await store.noteHello(deviceId, hello);
  const states = await store.statesOf(hello.journal.map(({ id }) => id));
  for (const entry of hello.journal)
    if (mayTell(states.get(entry.id))) await recordEvidence(actuation, deviceId, entry);
  const unknown = hello.journal.filter(({ id }) => !states.has(id));
  for (const actuator of actuators) await resynchronise(actuation, actuator, hello, unknown);
  let version = await store.configVersion(deviceId);
  if (hello.configVersion === version || hello.configVersion > MAX_CLAIMED_CONFIG_VERSION) return undefined;
  if (hello.configVersion > version) {
    await store.raiseConfigVersion(deviceId, hello.configVersion);
    version = await store.configVersion(deviceId);
  }
  // Read after the version: limits that changed meanwhile come again with theirs, and never under a newer number.
  return { version, actuators: limitsOf(await store.actuatorsOfDevice(deviceId)) };
}

function limitsOf(actuators: readonly Actuator[]): DeviceConfigMessage["actuators"] {
  return Object.fromEntries(actuators.map(({ key, envelope }) => [key, deviceLimitsOf(envelope)]));
}

/** The part that the device keeps by itself. */
function deviceLimitsOf(envelope: Envelope): DeviceLimits {
  const {
    maxStartsPerDay: _starts,
    maxRunMsPerDay: _run,
    maxReadingAgeMs: _age,
    permissives: _p,
    ...limits
  } = envelope;
  return limits;
}

/** What has ended is no news; a run that was given up may still be proven. */
function mayTell(state: CommandState | undefined): boolean {
  return state !== undefined && (isLive(state) || state === "UNKNOWN_CLOSED");
}

async function resynchronise(
  actuation: Actuation,
  { id, key }: Actuator,
  hello: HelloMessage,
  unknown: readonly JournalEntry[],
): Promise<void> {
  const fence = Object.hasOwn(hello.fences, key) ? hello.fences[key]! : 0;
  const holds = hello.holds.filter(({ actuator }) => actuator === key);
  await actuation.store.transaction(async (tx) => {
    const actuator = await tx.lockActuator(id);
    if (actuator === undefined) return;
    if (fence <= MAX_CLAIMED_FENCE) await tx.adoptFence(id, fence);
    for (const hold of holds) {
      const heldBy = `device:${actuator.deviceId}`;
      await tx.insertHold({ id: hold.id, actuatorId: id, heldBy });
      if (await tx.isHeldBy(id, hold.id)) await cancelStarts(tx, id, heldBy, "held", "Its device holds the actuator.");
      else await releaseAgain(actuation, tx, actuator, hold.id);
    }
    for (const command of await tx.lockSentStarts(id)) {
      if (isProvenUnheard(command, key, fence, hello)) await closeUnheard(actuation, tx, actuator, command);
    }
    const entries = unknown.filter((entry) => entry.actuator === key && (entry.fence ?? 0) <= fence);
    for (const entry of entries.slice(-MAX_FOREIGN_RUNS)) await recordForeign(actuation, tx, actuator, entry);
  });
}

/** A device may hear a STOP after its release. What a person has released stays released: the device is told again. */
async function releaseAgain(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  holdId: string,
): Promise<void> {
  const executionId = await tx.settledReleaseOf(actuator.id, holdId);
  if (executionId === undefined) return;
  const id = actuation.newId();
  const fence = await tx.raiseFence(actuator.id);
  const { organizationId } = actuator;
  const whose = { id, organizationId, actuatorId: actuator.id, executionId };
  await tx.insertInstruction({ ...whose, kind: "SET", fence, releases: [holdId] });
  const who = `device:${actuator.deviceId}`;
  await tx.appendEvents([{ commandId: id, what: "decided", state: "QUEUED", who, reason: "still_held" }]);
  await tx.notifyQueued(actuator.deviceId);
}

/** Whether the device has not taken this command, and will not, whenever this hello was said. */
function isProvenUnheard(command: Command, key: string, deviceFence: number, hello: HelloMessage): boolean {
  if (command.payload === null) return false;
  return deviceFence >= command.fence! ? wasPassedBy(command, key, hello) : hasExpiredThere(command, hello);
}

/** Its fence has been passed, and the journal, complete above what it has forgotten, does not know it. */
function wasPassedBy(command: Command, key: string, { forgotten, journal }: HelloMessage): boolean {
  if (!Object.hasOwn(forgotten, key) || command.fence! <= forgotten[key]!) return false;
  return !journal.some(({ actuator, fence }) => actuator === key && fence === command.fence);
}

/**
 * Its deadline has passed in the same boot, by the device's own clock. Another boot proves nothing, since a hello may arrive
 * late: it may be of the boot before.
 */
function hasExpiredThere(command: Command, { bootId, monoMs }: HelloMessage): boolean {
  const message = parseCommand(command.payload!);
  if (message.kind !== "RUN" && message.kind !== "DOSE") return false;
  if (message.validUntilMonoMs === undefined || monoMs === undefined) return false;
  return message.bootId === bootId && monoMs >= message.validUntilMonoMs;
}

async function closeUnheard(
  actuation: Actuation,
  tx: ActuationTransaction,
  actuator: Actuator,
  command: Command,
): Promise<void> {
  const state = "NOT_EXECUTED";
  const { nowMicros, lockEndMicros } = await tx.moveCommand(command.id, { state }, "whole");
  await tx.appendEvents([{ commandId: command.id, what: "closed", state, who: `device:${actuator.deviceId}` }]);
  const ended = { state, hasRun: false, reason: undefined } as const;
  await closeExecution(actuation, tx, command, ended, { endedAtMicros: nowMicros, lockEndMicros });
}
