import { ENERGY_ROLES, type EnergyRole } from "@sluice/solutions/home-energy/profiles.ts";
import type { PlacedDevice } from "../devices/index.ts";

/** A profile of an organization whose devices take part in the balance. */
export interface EnergyProfile {
  readonly id: number;
  readonly role: EnergyRole;
  readonly powerMetric: number;
  /** Of storage. */
  readonly chargeMetric: number | undefined;
}

const SMALLEST = 64;
export const INACTIVE = -1;

/** The devices of one profile, in the order of their ids: 20 bytes each, and no object. */
export class EnergyColumns {
  readonly profile: EnergyProfile;
  length = 0;
  deviceIds = new Int32Array(SMALLEST);
  /** Index of the device's home; `INACTIVE` for one that does not count. */
  homes = new Int32Array(SMALLEST);
  siteIds = new Int32Array(SMALLEST);
  /** NaN where nobody has said one. */
  capacities = new Float64Array(SMALLEST);

  constructor(profile: EnergyProfile) {
    this.profile = profile;
  }

  /** False, and nothing changes, for a new device that is older than the newest one: then the order would be lost. */
  put({ id, siteId, isActive, capacityWattHours }: PlacedDevice, home: number): boolean {
    const found = this.find(id);
    if (found < 0 && this.length > 0 && id < this.deviceIds[this.length - 1]!) return false;
    const at = found < 0 ? this.add(id) : found;
    this.homes[at] = isActive ? home : INACTIVE;
    this.siteIds[at] = siteId;
    this.capacities[at] = capacityWattHours ?? Number.NaN;
    return true;
  }

  private add(id: number): number {
    if (this.length === this.deviceIds.length) this.grow(this.length * 2);
    this.deviceIds[this.length] = id;
    return this.length++;
  }

  private find(id: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.deviceIds[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low < this.length && this.deviceIds[low] === id ? low : -1;
  }

  private grow(capacity: number): void {
    const longer = <Column extends Int32Array | Float64Array>(from: Column, to: Column): Column => {
      to.set(from);
      return to;
    };
    this.deviceIds = longer(this.deviceIds, new Int32Array(capacity));
    this.homes = longer(this.homes, new Int32Array(capacity));
    this.siteIds = longer(this.siteIds, new Int32Array(capacity));
    this.capacities = longer(this.capacities, new Float64Array(capacity));
  }
}

/** Devices with an asset of the kind "home" at or above theirs belong to it; all others of a site are one home together. */
export class Homes {
  /** Index → the asset, or 0 for what is left of a site. */
  readonly assetIds: number[] = [];
  readonly siteIds: number[] = [];
  private readonly byAsset = new Map<number, number>();
  private readonly bySite = new Map<number, number>();

  get length(): number {
    return this.siteIds.length;
  }

  ofAsset(assetId: number): number | undefined {
    return this.byAsset.get(assetId);
  }

  /** The home's index, which it keeps. */
  place(homeAssetId: number | undefined, siteId: number): number {
    const [known, key] = homeAssetId === undefined ? [this.bySite, siteId] : [this.byAsset, homeAssetId];
    const found = known.get(key);
    if (found !== undefined) return found;
    const index = this.siteIds.push(siteId) - 1;
    this.assetIds.push(homeAssetId ?? 0);
    known.set(key, index);
    return index;
  }
}

export function energyRoleOf(profileKey: string): EnergyRole | undefined {
  return (ENERGY_ROLES as Readonly<Record<string, EnergyRole>>)[profileKey];
}
