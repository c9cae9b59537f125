import { SluiceError } from "@sluice/core/errors.ts";
import type { DeviceDirectory, DeviceEntry } from "../devices/index.ts";

/** Finds a device of the caller's organization, in memory when it was asked for before. Throws `device.unknown`. */
export async function findDeviceEntry(
  directory: DeviceDirectory,
  organizationId: number,
  uid: string,
): Promise<DeviceEntry> {
  const cached = directory.cachedDevice(organizationId, uid);
  const device = cached ?? (await directory.resolve(organizationId, [uid])).get(uid);
  if (device) return device;
  throw new SluiceError("not-found", "device.unknown", "There is no device with this uid.", { details: { uid } });
}
