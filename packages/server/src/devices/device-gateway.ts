import { SluiceError } from "@sluice/core/errors.ts";
import { GATEWAY_PROFILE_KEY } from "./built-in-profiles.ts";
import { type Device, listDevices, requireDevice } from "./device-store.ts";
import type { Queryable } from "./registry.ts";

/** The device that is to speak for others. Throws `device.no_gateway` for one that cannot. */
export async function requireGateway(db: Queryable, organizationId: number, uid: string): Promise<Device> {
  const gateway = await requireDevice(db, organizationId, uid);
  if (gateway.profile === GATEWAY_PROFILE_KEY) return gateway;
  const message = `The device "${uid}" is no gateway: its profile is not "${GATEWAY_PROFILE_KEY}".`;
  throw new SluiceError("conflict", "device.no_gateway", message, { details: { uid } });
}

/** Devices that belong to a gateway, in the order in which they were registered. */
export async function listDevicesBehind(
  db: Queryable,
  organizationId: number,
  uid: string,
  page: { readonly afterId?: number | undefined; readonly limit: number },
): Promise<Device[]> {
  const { id } = await requireDevice(db, organizationId, uid);
  return listDevices(db, organizationId, { ...page, gatewayId: id });
}
