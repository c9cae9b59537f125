import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import type { Registry } from "./registry.ts";

/** A device whose session ends in the middle of a run can neither be stopped nor say what became of it. Throws `device.running`. */
export async function assertNotRunning(
  { lockRunningDevices }: Registry,
  client: PoolClient,
  { id, uid }: { readonly id: number; readonly uid: string },
): Promise<void> {
  if ((await lockRunningDevices?.(client, [id]))?.has(id)) throw deviceRunning(uid);
}

export function deviceRunning(uid: string): SluiceError {
  const message = `An actuator of "${uid}" runs, or may run: stop it, and deactivate the device when its run has ended.`;
  return new SluiceError("conflict", "device.running", message, { details: { device: uid } });
}
