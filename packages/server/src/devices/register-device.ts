import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import { findPlace } from "./device-place.ts";
import { type Device, insertDevice, requireDevice } from "./device-store.ts";
import { assertDeviceUid } from "./device-uid.ts";
import {
  listActuatorTemplates,
  listMetrics,
  listRuleTemplates,
  type Profile,
  requireProfile,
} from "./profile-store.ts";
import type { RegisteredProfile, Registry, Requester } from "./registry.ts";
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
  assertDeviceUid(registration.uid);
  const token = newSecretToken("sld_", registry.randomBytes);
  const { id, device } = await inTransaction(registry.pool, async (client) => {
    const profile = await requireProfile(client, by.organizationId, registration.profile);
    const id = await insert(client, by.organizationId, registration, profile, token);
    const registered = await requireDevice(client, by.organizationId, registration.uid);
    await registry.onDeviceRegistered(
      client,
      {
        id,
        uid: registered.uid,
        name: registered.name,
        organizationId: by.organizationId,
        siteId: registered.siteId,
        profileId: profile.id,
      },
      await readRegisteredProfile(client, profile),
    );
    await registry.recordChange(client, by, { action: "device.register", subject: `device:${id}`, after: registered });
    return { id, device: registered };
  });
  await registry.afterDeviceRegistered?.(id);
  return { device, token };
}

async function insert(
  client: PoolClient,
  organizationId: number,
  registration: DeviceRegistration,
  profile: Profile,
  token: string,
): Promise<number> {
  const place = await findPlace(client, organizationId, registration);
  const id = await insertDevice(client, {
    organizationId,
    uid: registration.uid,
    name: registration.name ?? registration.uid,
    profileId: profile.id,
    siteId: place.siteId,
    assetId: place.assetId,
    properties: registration.properties ?? {},
    tokenHash: hashSecretToken(token),
  });
  if (id !== undefined) return id;
  throw new SluiceError("conflict", "device.uid_taken", "A device with this uid is already registered.", {
    details: { uid: registration.uid },
  });
}

async function readRegisteredProfile(client: PoolClient, profile: Profile): Promise<RegisteredProfile> {
  const rules = await listRuleTemplates(client, profile.id);
  const numbers = new Map((await listMetrics(client, profile.id)).map((metric) => [metric.key, metric.number]));
  return {
    id: profile.id,
    key: profile.key,
    actuators: await listActuatorTemplates(client, profile.id),
    rules: rules.map((rule) => ({ ...rule, metricNumber: numbers.get(rule.metric)! })),
  };
}
