import { assertEnvelope, type Envelope } from "@sluice/core/safety/envelope.ts";
import type { PoolClient } from "pg";
import { insertActuator } from "./actuator-store.ts";

/** An actuator as a device profile declares it. */
export interface ActuatorDeclaration extends Envelope {
  readonly key: string;
  readonly kind: string;
}

/**
 * Gives a new device its actuators, in the transaction that registers it. Returns key → id.
 * An interlock group is made the device's own, as "<uid>/<group>": two devices of one profile must not share it by accident.
 * Throws `actuator.envelope_invalid`.
 */
export async function createActuatorsForDevice(
  client: PoolClient,
  device: { readonly id: number; readonly uid: string; readonly organizationId: number },
  declarations: readonly ActuatorDeclaration[],
): Promise<ReadonlyMap<string, number>> {
  const { id: deviceId, uid, organizationId } = device;
  const ids = new Map<string, number>();
  for (const { key, kind, interlockGroup, ...limits } of declarations) {
    const group = interlockGroup === undefined ? {} : { interlockGroup: `${uid}/${interlockGroup}` };
    const envelope = { ...limits, ...group };
    assertEnvelope(envelope);
    ids.set(key, await insertActuator(client, { organizationId, deviceId, key, kind, envelope }));
  }
  return ids;
}
