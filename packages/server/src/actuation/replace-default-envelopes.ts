import { assertEnvelope, type Envelope } from "@sluice/core/safety/envelope.ts";
import type { PoolClient } from "pg";
import { countActuatorsOfProfile, replaceEnvelopesOfProfile } from "./actuator-store.ts";
import { notifyConfiguredOf } from "./command-notices.ts";
import type { ActuatorDeclaration } from "./create-actuators.ts";

export interface ReplacedEnvelopes {
  readonly devices: readonly number[];
  /** Devices whose limits a person has changed. */
  readonly kept: number;
}

/**
 * Gives the devices of a profile other default limits of an actuator, wherever theirs are still as declared. They hold from the
 * next decision on, and the devices are told. An interlock group changes only while everything in it is off, and is left to
 * people: limits that come with another group reach nobody.
 */
export async function replaceDefaultEnvelopes(
  client: PoolClient,
  profileId: number,
  before: ActuatorDeclaration,
  after: ActuatorDeclaration,
): Promise<ReplacedEnvelopes> {
  const all = await countActuatorsOfProfile(client, profileId, before.key);
  if (before.interlockGroup !== after.interlockGroup || before.kind !== after.kind) return { devices: [], kept: all };
  const limits = limitsOf(after);
  assertEnvelope(limits);
  const devices = await replaceEnvelopesOfProfile(client, profileId, before.key, limitsOf(before), limits);
  await notifyConfiguredOf(client, devices);
  return { devices, kept: all - devices.length };
}

function limitsOf({ key: _key, kind: _kind, ...envelope }: ActuatorDeclaration): Envelope {
  return envelope;
}
