import type { DeviceConfigMessage, HelloMessage } from "@sluice/core/commands/messages.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Actuation } from "./actuation.ts";
import {
  type Actuator,
  actuatorsOfDevice,
  adoptFence,
  insertHold,
  isHeldBy,
  lockActuator,
  raiseFence,
} from "./actuator-store.ts";
import { closeExecution } from "./close-execution.ts";
import { notifyQueued } from "./command-notices.ts";
import {
  appendEvents,
  type Command,
  insertInstruction,
  lockSentRuns,
  moveCommand,
  settledReleaseOf,
} from "./command-store.ts";
import { configVersion, noteHello, raiseConfigVersion } from "./link-store.ts";
import { recordEvidence } from "./record-evidence.ts";

/** A device that claims more has lost its memory or its mind; going above it would use up our numbers. */
export const MAX_CLAIMED_FENCE = 2 ** 52;
export const MAX_CLAIMED_CONFIG_VERSION = 1_000_000_000;

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
  const actuators = await actuatorsOfDevice(actuation.pool, deviceId);
  if (actuators.length === 0) return undefined;
  await noteHello(actuation.pool, deviceId, hello);
  for (const entry of hello.journal) await recordEvidence(actuation, deviceId, entry);
  for (const actuator of actuators) await resynchronise(actuation, actuator, hello);
  let version = await configVersion(actuation.pool, deviceId);
  if (hello.configVersion === version || hello.configVersion > MAX_CLAIMED_CONFIG_VERSION) return undefined;
  if (hello.configVersion > version) {
    await raiseConfigVersion(actuation.pool, deviceId, hello.configVersion);
    version = await configVersion(actuation.pool, deviceId);
  }
  return { version, actuators: limitsOf(actuators) };
}

function limitsOf(actuators: readonly Actuator[]): DeviceConfigMessage["actuators"] {
  return Object.fromEntries(
    actuators.map(({ key, envelope: { maxRunMs, cooldownMs, linkLossMs } }) => [
      key,
      { maxRunMs, cooldownMs, ...(linkLossMs === undefined ? {} : { linkLossMs }) },
    ]),
  );
}

async function resynchronise(actuation: Actuation, { id, key }: Actuator, hello: HelloMessage): Promise<void> {
  const fence = Object.hasOwn(hello.fences, key) ? hello.fences[key]! : 0;
  const holds = hello.holds.filter(({ actuator }) => actuator === key);
  await inTransaction(actuation.pool, async (client) => {
    const actuator = await lockActuator(client, id);
    if (actuator === undefined) return;
    if (fence <= MAX_CLAIMED_FENCE) await adoptFence(client, id, fence);
    for (const hold of holds) {
      await insertHold(client, { id: hold.id, actuatorId: id, heldBy: `device:${actuator.deviceId}` });
      await releaseAgain(actuation, client, actuator, hold.id);
    }
    for (const command of await lockSentRuns(client, id)) {
      if (isProvenUnheard(command, fence, hello)) await closeUnheard(actuation, client, actuator, command);
    }
  });
}

/** A device may hear a STOP after its release. What a person has released stays released: the device is told again. */
async function releaseAgain(
  actuation: Actuation,
  client: PoolClient,
  actuator: Actuator,
  holdId: string,
): Promise<void> {
  if (await isHeldBy(client, holdId)) return;
  const executionId = await settledReleaseOf(client, actuator.id, holdId);
  if (executionId === undefined) return;
  const id = actuation.newId();
  const fence = await raiseFence(client, actuator.id);
  const { organizationId } = actuator;
  const whose = { id, organizationId, actuatorId: actuator.id, executionId };
  await insertInstruction(client, { ...whose, kind: "SET", fence, releases: [holdId] });
  const who = `device:${actuator.deviceId}`;
  await appendEvents(client, [{ commandId: id, what: "decided", state: "QUEUED", who, reason: "still_held" }]);
  await notifyQueued(client, actuator.deviceId);
}

/**
 * The device has persisted no fence as high as this command's, and the command's deadline has passed in the same boot, by the
 * device's own clock: it was not taken, and will not be. Another boot proves nothing, since a hello may arrive late: it may be
 * of the boot before.
 */
function isProvenUnheard(command: Command, deviceFence: number, hello: HelloMessage): boolean {
  if (command.payload === null || deviceFence >= command.fence!) return false;
  const message = parseCommand(command.payload);
  if (message.kind !== "RUN" || message.validUntilMonoMs === undefined) return false;
  return message.bootId === hello.bootId && hello.monoMs >= message.validUntilMonoMs;
}

async function closeUnheard(
  actuation: Actuation,
  client: PoolClient,
  actuator: Actuator,
  command: Command,
): Promise<void> {
  const state = "NOT_EXECUTED";
  const { nowMicros, lockEndMicros } = await moveCommand(client, command.id, { state }, "whole");
  await appendEvents(client, [{ commandId: command.id, what: "closed", state, who: `device:${actuator.deviceId}` }]);
  const ended = { state, hasRun: false, reason: undefined } as const;
  await closeExecution(actuation, client, command, ended, { endedAtMicros: nowMicros, lockEndMicros });
}
