import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import { type DeviceDirectory, type DeviceEntry, listActiveDeviceIds, requireSite } from "../../devices/index.ts";
import { MAX_DEVICES_PER_CONNECTION } from "./subscription.ts";
import type { FindDevices } from "./watched-readings.ts";

/** Finds devices of one organization; of a site one more than may be watched, so that too many are seen to be too many. */
export function createFindDevices(pool: Pool, directory: Pick<DeviceDirectory, "resolve" | "resolveIds">): FindDevices {
  return async (organizationId, { devices, site }) => {
    if (devices === undefined) return activeDevicesAt(pool, directory, organizationId, site!);
    const uids = devices;
    const found = await directory.resolve(organizationId, uids);
    const unknown = uids.find((uid) => !found.has(uid));
    if (unknown !== undefined) {
      const details = { uid: unknown };
      throw new SluiceError("not-found", "device.unknown", `There is no device with the uid "${unknown}".`, {
        details,
      });
    }
    return [...found.values()];
  };
}

async function activeDevicesAt(
  pool: Pool,
  directory: Pick<DeviceDirectory, "resolveIds">,
  organizationId: number,
  slug: string,
): Promise<readonly DeviceEntry[]> {
  const { slug: site } = await requireSite(pool, organizationId, slug);
  const ids = await listActiveDeviceIds(pool, organizationId, { site, limit: MAX_DEVICES_PER_CONNECTION + 1 });
  return [...(await directory.resolveIds(ids)).values()];
}
