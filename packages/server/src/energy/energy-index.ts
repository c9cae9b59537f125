import type { Pool } from "pg";
import {
  findMetricsOfProfiles,
  findPlacedDevices,
  listAssetsWithin,
  listPlacedDevices,
  listProfiles,
  type PlacedDevice,
} from "../devices/index.ts";
import { EnergyColumns, type EnergyProfile, energyRoleOf, Homes } from "./energy-columns.ts";

/** The kind of asset that is a home. */
export const HOME_KIND = "home";
/** Devices read in one statement. */
const DEVICES_A_PAGE = 50_000;
/** Registrations that may have been under way, with a lower number, when a later one was seen. */
const LOOK_BACK = 200;
/** Profiles of an organization that are looked through. */
const MAX_PROFILES = 1_000;
/** Changed devices that are read again one by one; after more, all are. */
const MAX_CHANGED = 10_000;

/**
 * Which devices of one organization take part in energy balances, and in which home, in columns.
 *
 *   fresh → changed   a device of it may be another one now: it is read again before the next answer
 *         → outdated  too much has changed: all of it is built anew
 *
 * An asset that moves between homes is noticed when the index is built anew, at the latest after `MAX_AGE_MS` (`energy.ts`).
 */
export class EnergyIndex {
  readonly builtAtMs: number;
  readonly homes = new Homes();
  private readonly columns = new Map<number, EnergyColumns>();
  private readonly changed = new Set<number>();
  private readonly organizationId: number;
  private readonly pool: Pool;
  private homeOfAsset: ReadonlyMap<number, number> = new Map();
  /** Assets with devices that stand in no home. */
  private readonly homeless = new Set<number>();
  private isLoaded = false;
  private newestId = 0;
  isOutdated = false;

  private constructor(pool: Pool, organizationId: number, nowMs: number) {
    this.pool = pool;
    this.organizationId = organizationId;
    this.builtAtMs = nowMs;
  }

  static async build(pool: Pool, organizationId: number, nowMs: number): Promise<EnergyIndex> {
    const index = new EnergyIndex(pool, organizationId, nowMs);
    await index.load();
    return index;
  }

  get parts(): readonly EnergyColumns[] {
    return [...this.columns.values()];
  }

  get profileIds(): readonly number[] {
    return [...this.columns.keys()];
  }

  /** These of its organization may be others now. */
  onDevicesChanged(ids: readonly number[]): void {
    for (const id of ids) this.changed.add(id);
    if (this.changed.size > MAX_CHANGED) this.isOutdated = true;
  }

  onProfileChanged(id: number): void {
    if (this.columns.has(id)) this.isOutdated = true;
  }

  /** Reads what has changed, and what is new. */
  async refresh(): Promise<void> {
    if (this.columns.size === 0) return;
    const changed = [...this.changed];
    this.changed.clear();
    try {
      if (changed.length > 0) {
        this.putAll(await findPlacedDevices(this.pool, this.organizationId, this.profileIds, changed));
      }
      await this.readAfter(Math.max(0, this.newestId - LOOK_BACK));
    } catch (error) {
      for (const id of changed) this.changed.add(id);
      throw error;
    }
  }

  private async load(): Promise<void> {
    for (const profile of await readEnergyProfiles(this.pool, this.organizationId)) {
      this.columns.set(profile.id, new EnergyColumns(profile));
    }
    if (this.columns.size === 0) return;
    const { assetIds, withinIds } = await listAssetsWithin(this.pool, this.organizationId, HOME_KIND);
    this.homeOfAsset = new Map(assetIds.map((assetId, at) => [assetId, withinIds[at]!]));
    await this.readAfter(0);
    this.isLoaded = true;
  }

  private async readAfter(firstId: number): Promise<void> {
    let afterId = firstId;
    for (;;) {
      const page = { profileIds: this.profileIds, afterId, limit: DEVICES_A_PAGE };
      const devices = await listPlacedDevices(this.pool, this.organizationId, page);
      this.putAll(devices);
      if (devices.length < DEVICES_A_PAGE) return;
      afterId = devices.at(-1)!.id;
    }
  }

  private putAll(devices: readonly PlacedDevice[]): void {
    for (const device of devices) {
      const { id, profileId, siteId, assetId } = device;
      const home = this.homes.place(this.homeAssetOf(assetId), siteId);
      if (this.columns.get(profileId)?.put(device, home) === false) this.isOutdated = true;
      if (id > this.newestId) this.newestId = id;
    }
  }

  /** An asset that came after this was built may be a home, or stand in one. */
  private homeAssetOf(assetId: number | null): number | undefined {
    if (assetId === null) return undefined;
    const home = this.homeOfAsset.get(assetId);
    if (home !== undefined || this.homeless.has(assetId)) return home;
    this.homeless.add(assetId);
    if (this.isLoaded) this.isOutdated = true;
    return undefined;
  }
}

async function readEnergyProfiles(pool: Pool, organizationId: number): Promise<EnergyProfile[]> {
  const profiles = await listProfiles(pool, organizationId, { limit: MAX_PROFILES });
  const built = profiles.filter(({ key, isBuiltIn }) => isBuiltIn && energyRoleOf(key) !== undefined);
  const ids = built.map(({ id }) => id);
  const metrics = await findMetricsOfProfiles(pool, organizationId, ids);
  const numberOf = (profileId: number, key: string) =>
    metrics.find((metric) => metric.profileId === profileId && metric.key === key)?.number;
  return built.flatMap(({ id, key }) => {
    const powerMetric = numberOf(id, "power");
    if (powerMetric === undefined) return [];
    return [{ id, role: energyRoleOf(key)!, powerMetric, chargeMetric: numberOf(id, "charge") }];
  });
}
