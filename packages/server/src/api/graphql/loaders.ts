import DataLoader from "dataloader";
import type { Pool } from "pg";
import { type ActuatorView, findActuators } from "../../actuation/index.ts";
import { type AlertView, listAlerts } from "../../alerts/index.ts";
import {
  type Asset,
  type Device,
  findAssetsByIds,
  findDevicesByIds,
  findDevicesByUids,
  findMetricsOfProfiles,
  findProfilesByKeys,
  findSitesByIds,
  type Metric,
  type Profile,
  type Site,
} from "../../devices/index.ts";
import type { LatestMessage, TelemetryReader } from "../../telemetry/index.ts";

/** Things read in one statement; a page has at most as many. */
export const MAX_BATCH = 1_000;
/** Open alerts read for the devices of one batch: newer ones first, and one a rule and device. */
const MAX_ALERTS = 10_000;

export interface LoaderParts {
  readonly pool: Pool;
  readonly telemetry: TelemetryReader;
}

/** What one request, or one event of a subscription, has looked up; whatever a list leads to is read for all of its items at once. */
export interface Loaders {
  readonly site: DataLoader<number, Site | null>;
  readonly asset: DataLoader<number, Asset | null>;
  /** By its key. */
  readonly profile: DataLoader<string, Profile | null>;
  /** By the profile's number; in the order of their own. */
  readonly metrics: DataLoader<number, readonly Metric[]>;
  readonly device: DataLoader<number, Device | null>;
  readonly deviceByUid: DataLoader<string, Device | null>;
  readonly latest: DataLoader<number, LatestMessage | null>;
  readonly actuator: DataLoader<number, ActuatorView | null>;
  /** By the device's uid. */
  readonly actuators: DataLoader<string, readonly ActuatorView[]>;
  readonly openAlerts: DataLoader<string, readonly AlertView[]>;
}

export function createLoaders({ pool, telemetry }: LoaderParts, organizationId: number): Loaders {
  return {
    site: one((ids) => findSitesByIds(pool, organizationId, ids), "id"),
    asset: one((ids) => findAssetsByIds(pool, organizationId, ids), "id"),
    profile: one((keys) => findProfilesByKeys(pool, organizationId, keys), "key"),
    metrics: many<Metric & { readonly profileId: number }, "profileId">(
      (ids) => findMetricsOfProfiles(pool, organizationId, ids),
      "profileId",
    ),
    device: one((ids) => findDevicesByIds(pool, organizationId, ids), "id"),
    deviceByUid: one((uids) => findDevicesByUids(pool, organizationId, uids), "uid"),
    latest: loader(async (ids) => {
      const latest = await telemetry.latestOf(ids);
      return ids.map((id) => latest.get(id) ?? null);
    }),
    actuator: one((ids) => findActuators(pool, organizationId, { ids }), "id"),
    actuators: many((devices) => findActuators(pool, organizationId, { devices }), "device"),
    openAlerts: many(
      (devices) => listAlerts(pool, organizationId, { devices, isOpen: true, limit: MAX_ALERTS }),
      "device",
    ),
  };
}

function loader<Key, Value>(read: (keys: readonly Key[]) => Promise<readonly Value[]>): DataLoader<Key, Value> {
  return new DataLoader(read, { maxBatchSize: MAX_BATCH });
}

/** Each key names at most one. */
function one<Item, Field extends keyof Item>(
  read: (keys: readonly Item[Field][]) => Promise<readonly Item[]>,
  field: Field,
): DataLoader<Item[Field], Item | null> {
  return loader(async (keys) => {
    const found = new Map((await read(keys)).map((item) => [item[field], item]));
    return keys.map((key) => found.get(key) ?? null);
  });
}

/** Each key names any number, in the order in which they were read. */
function many<Item, Field extends keyof Item>(
  read: (keys: readonly NonNullable<Item[Field]>[]) => Promise<readonly Item[]>,
  field: Field,
): DataLoader<NonNullable<Item[Field]>, readonly Item[]> {
  return loader(async (keys) => {
    const found = Map.groupBy(await read(keys), (item) => item[field]);
    return keys.map((key) => found.get(key) ?? []);
  });
}
