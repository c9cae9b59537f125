import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { newSecretToken } from "../platform/secret-token.ts";
import { requireGateway } from "./device-gateway.ts";
import { findPlace } from "./device-place.ts";
import { assertDeviceProperties } from "./device-properties.ts";
import { type Device, insertDevice, requireDevice } from "./device-store.ts";
import { assertDeviceUid } from "./device-uid.ts";
import {
  holdProfile,
  listActuatorTemplates,
  listMetrics,
  listRuleTemplates,
  listScheduleTemplates,
  type Profile,
  requireProfile,
} from "./profile-store.ts";
import type { RegisteredProfile, Registry, Requester } from "./registry.ts";
import { issueToken } from "./rotate-device-token.ts";
import type { SiteReference } from "./site-store.ts";

export interface DeviceRegistration {
  readonly uid: string;
  /** The uid when absent. */
  readonly name?: string | undefined;
  /** Key of its profile. */
  readonly profile: string;
  /** The asset's site when absent, else the default site. */
  readonly site?: SiteReference | undefined;
  readonly asset?: number | undefined;
  /** Uid of the gateway that may speak for it. */
  readonly gateway?: string | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Registers a device with everything its profile brings, all or nothing. The token is in this answer and nowhere else:
 * only its hash is stored.
 */
export async function registerDevice(
  registry: Registry,
  by: Requester,
  registration: DeviceRegistration,
): Promise<{ readonly device: Device; readonly token: string }> {
  const registered = await inTransaction(registry.pool, (client) =>
    registerInTransaction(client, registry, by, registration),
  );
  await registry.afterDeviceRegistered?.(registered.device.id);
  return registered;
}

/** The same in the transaction of its caller, who calls `afterDeviceRegistered` once it has committed. */
export async function registerInTransaction(
  client: PoolClient,
  registry: Registry,
  by: Requester,
  registration: DeviceRegistration,
): Promise<{ readonly device: Device; readonly token: string }> {
  assertDeviceUid(registration.uid);
  const token = newSecretToken("sld_", registry.randomBytes);
  // What a change of the profile brings to its devices, it brings to this one too, or this one has it from the beginning.
  await holdProfile(client, by.organizationId, registration.profile);
  const profile = await requireProfile(client, by.organizationId, registration.profile);
  assertDeviceProperties(profile, registration.properties);
  const id = await insert(client, by.organizationId, registration, profile);
  await issueToken(client, id, token);
  const device = await requireDevice(client, by.organizationId, registration.uid);
  const { uid, name, siteId } = device;
  await registry.onDeviceRegistered(
    client,
    { id, uid, name, organizationId: by.organizationId, siteId, profileId: profile.id },
    await readRegisteredProfile(client, profile),
  );
  await registry.recordChange(client, by, { action: "device.register", subject: `device:${id}`, after: device });
  return { device, token };
}

async function insert(
  client: PoolClient,
  organizationId: number,
  registration: DeviceRegistration,
  profile: Profile,
): Promise<number> {
  const place = await findPlace(client, organizationId, registration);
  const { gateway } = registration;
  const gatewayId = gateway === undefined ? undefined : (await requireGateway(client, organizationId, gateway)).id;
  const id = await insertDevice(client, {
    organizationId,
    uid: registration.uid,
    name: registration.name ?? registration.uid,
    profileId: profile.id,
    siteId: place.siteId,
    assetId: place.assetId,
    properties: registration.properties ?? {},
    gatewayId,
  });
  if (id !== undefined) return id;
  throw new SluiceError("conflict", "device.uid_taken", "A device with this uid is already registered.", {
    details: { uid: registration.uid },
  });
}

export async function readRegisteredProfile(client: PoolClient, profile: Profile): Promise<RegisteredProfile> {
  const rules = await listRuleTemplates(client, profile.id);
  const numbers = new Map((await listMetrics(client, profile.id)).map((metric) => [metric.key, metric.number]));
  return {
    id: profile.id,
    key: profile.key,
    actuators: await listActuatorTemplates(client, profile.id),
    rules: rules.map((rule) => ({ ...rule, metricNumber: numbers.get(rule.metric)! })),
    schedules: await listScheduleTemplates(client, profile.id),
  };
}
