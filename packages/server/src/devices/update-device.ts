import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { assertNotRunning } from "./assert-not-running.ts";
import type { Assignments } from "./assignments.ts";
import { requireGateway } from "./device-gateway.ts";
import { findPlace } from "./device-place.ts";
import { assertDeviceProperties } from "./device-properties.ts";
import {
  type Device,
  type DeviceColumn,
  type DeviceStatus,
  lockDevice,
  requireDevice,
  updateDeviceRow,
} from "./device-store.ts";
import { requireProfile } from "./profile-store.ts";
import { nowOf, type Registry, type Requester } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";
import type { SiteReference } from "./site-store.ts";

/** What is absent stays as it is; a device keeps its uid and its profile for life, because stored readings name them. */
export interface DeviceChange {
  readonly name?: string | undefined;
  readonly status?: DeviceStatus | undefined;
  readonly site?: SiteReference | undefined;
  /** `null` takes the device from its asset. */
  readonly asset?: number | null | undefined;
  /** Uid of the gateway that may speak for it; `null`: none may. */
  readonly gateway?: string | null | undefined;
  /** Replaces all properties. */
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** Throws `device.running` for one to be deactivated while an actuator of it runs. */
export async function updateDevice(
  registry: Registry,
  by: Requester,
  uid: string,
  change: DeviceChange,
): Promise<Device> {
  return inTransaction(registry.pool, async (client) => {
    await lockDevice(client, by.organizationId, uid);
    const before = await requireDevice(client, by.organizationId, uid);
    by.assertSeen?.(before);
    if (change.status === "inactive" && before.status !== "inactive") await assertNotRunning(registry, client, before);
    if (change.properties !== undefined) {
      assertDeviceProperties(await requireProfile(client, by.organizationId, before.profile), change.properties);
    }
    await updateDeviceRow(client, before.id, {
      name: change.name,
      status: change.status,
      properties: change.properties && JSON.stringify(change.properties),
      ...(await placeColumns(client, by.organizationId, before, change)),
      ...(await gatewayColumns(registry, client, before, by.organizationId, change)),
    });
    const after = await requireDevice(client, by.organizationId, uid);
    await notifyRegistry(client, { kind: "device", id: before.id });
    await registry.recordChange(client, by, {
      action: "device.update",
      subject: `device:${before.id}`,
      before,
      after,
    });
    return after;
  });
}

async function gatewayColumns(
  registry: Registry,
  client: PoolClient,
  before: Device,
  organizationId: number,
  { gateway }: DeviceChange,
): Promise<Assignments<DeviceColumn>> {
  if (gateway === undefined || gateway === before.gateway) return {};
  if (gateway === null) return { gateway_device_id: null, gateway_since: null };
  const { id } = await requireGateway(client, organizationId, gateway);
  if (id === before.id) {
    throw new SluiceError("conflict", "device.own_gateway", "A device is not its own gateway.");
  }
  return { gateway_device_id: id, gateway_since: nowOf(registry) };
}

async function placeColumns(
  client: PoolClient,
  organizationId: number,
  before: Device,
  { site, asset }: DeviceChange,
): Promise<Assignments<DeviceColumn>> {
  if (site === undefined && asset === undefined) return {};
  const place = await findPlace(client, organizationId, {
    site: site ?? (asset === null ? before.siteId : undefined),
    asset: asset === undefined ? (before.asset ?? undefined) : (asset ?? undefined),
  });
  return { site_id: place.siteId, asset_id: place.assetId ?? null };
}
