import { assertEnvelope } from "@sluice/core/safety/envelope.ts";
import type { PoolClient } from "pg";
import { insertActuator } from "./actuator-store.ts";

/** An actuator as a device profile declares it. */
export interface ActuatorDeclaration {
  readonly key: string;
  readonly kind: string;
  readonly maxRunMs: number;
  readonly cooldownMs: number;
}

/**
 * Gives a new device its actuators, in the transaction that registers it. Returns key → id.
 * Throws `actuator.envelope_invalid`.
 */
export async function createActuatorsForDevice(
  client: PoolClient,
  device: { readonly id: number; readonly organizationId: number },
  declarations: readonly ActuatorDeclaration[],
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  for (const { key, kind, maxRunMs, cooldownMs } of declarations) {
    const envelope = { maxRunMs, cooldownMs, safeState: "off" } as const;
    assertEnvelope(envelope);
    const { id: deviceId, organizationId } = device;
    ids.set(key, await insertActuator(client, { organizationId, deviceId, key, kind, envelope }));
  }
  return ids;
}
