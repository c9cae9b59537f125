import type { Device } from "./device-store.ts";
import type { Registry, Requester } from "./registry.ts";
import { updateDevice } from "./update-device.ts";

/** Ends a device's service: its token opens nothing more. It stays in the registry, because its readings name it. */
export async function deactivateDevice(registry: Registry, by: Requester, uid: string): Promise<Device> {
  return updateDevice(registry, by, uid, { status: "inactive" });
}
