import { signedPower } from "@sluice/solutions/home-energy/profiles.ts";
import { type LatestByProfile, type LatestColumns, newestValid } from "../telemetry/index.ts";
import { type EnergyColumns, type Homes, INACTIVE } from "./energy-columns.ts";
import {
  CAPACITY,
  CHARGE_SUM,
  CHARGED,
  CHARGES,
  CHARGING,
  CONSUMED,
  DEVICES,
  DISCHARGED,
  DISCHARGING,
  type EnergyTotals,
  HomeSums,
  IDLE,
  METERED,
  METERS,
  PRODUCED,
  ROW,
  STORED,
  UNKNOWN,
} from "./totals.ts";

export interface SummaryScope {
  /** Only devices of this site, and of this home. */
  readonly siteId?: number | undefined;
  readonly home?: number | undefined;
  /** What was said before is not known any more. */
  readonly notBeforeMicros: number;
}

/** Homes with at least one active device, in an order that stays; looked at one by one, because they may be many. */
export interface EnergySummary {
  readonly totals: EnergyTotals;
  readonly homeCount: number;
  homeAt(position: number): { readonly assetId: number | null; readonly siteId: number; readonly totals: EnergyTotals };
}

/** Below this a battery's electronics are all that runs. */
const IDLE_WATTS = 5;

/** One pass over the columns of each profile, and one over the homes. */
export function summarize(
  parts: readonly EnergyColumns[],
  homes: Homes,
  latest: LatestByProfile,
  scope: SummaryScope,
): EnergySummary {
  const sums = new HomeSums(homes.length);
  for (const part of parts) addProfile(sums.rows, part, latest, scope);
  const shown = homesWithDevices(sums);
  return {
    totals: sums.all(),
    homeCount: shown.length,
    homeAt: (position) => {
      const home = shown[position]!;
      return { assetId: homes.assetIds[home] || null, siteId: homes.siteIds[home]!, totals: sums.of(home) };
    },
  };
}

function homesWithDevices(sums: HomeSums): Int32Array {
  const shown = new Int32Array(sums.length);
  let count = 0;
  for (let home = 0; home < sums.length; home++) if (sums.devicesOf(home) > 0) shown[count++] = home;
  return shown.subarray(0, count);
}

/** Indexes and no callbacks: this loop is the cost of a summary. */
function addProfile(rows: Float64Array, part: EnergyColumns, latest: LatestByProfile, scope: SummaryScope): void {
  const { deviceIds, homes, siteIds, capacities, length, profile } = part;
  const { role, powerMetric, chargeMetric } = profile;
  const { siteId = 0, home: wanted = INACTIVE, notBeforeMicros } = scope;
  const columns = latest.columnsOf(profile.id);
  for (let at = 0; at < length; at++) {
    const home = homes[at]!;
    if (home === INACTIVE || (siteId !== 0 && siteIds[at] !== siteId)) continue;
    if (wanted !== INACTIVE && home !== wanted) continue;
    const to = home * ROW;
    const row = latest.rowOfDevice(deviceIds[at]!);
    const watts = signedPower(role, newest(columns, powerMetric, row, notBeforeMicros));
    rows[to + DEVICES]!++;
    if (Number.isNaN(watts)) rows[to + UNKNOWN]!++;
    else if (role === "storage") addStorage(rows, to, watts);
    else if (role === "grid") {
      rows[to + METERED]! += watts;
      rows[to + METERS]!++;
    } else if (watts > 0) rows[to + PRODUCED]! += watts;
    // An inverter takes a few watts at night.
    else rows[to + CONSUMED]! -= watts;
    if (chargeMetric === undefined) continue;
    addCharge(rows, to, newest(columns, chargeMetric, row, notBeforeMicros), capacities[at]!);
  }
}

function addStorage(rows: Float64Array, to: number, watts: number): void {
  if (watts > 0) rows[to + DISCHARGED]! += watts;
  else rows[to + CHARGED]! -= watts;
  rows[to + (Math.abs(watts) < IDLE_WATTS ? IDLE : watts > 0 ? DISCHARGING : CHARGING)]!++;
}

function addCharge(rows: Float64Array, to: number, percentage: number, capacityWattHours: number): void {
  if (Number.isNaN(percentage)) return;
  rows[to + CHARGE_SUM]! += percentage;
  rows[to + CHARGES]!++;
  if (Number.isNaN(capacityWattHours)) return;
  rows[to + STORED]! += (capacityWattHours * percentage) / 100;
  rows[to + CAPACITY]! += capacityWattHours;
}

/** The newest valid value that is young enough; NaN where there is none. */
function newest(columns: LatestColumns | undefined, metric: number, row: number, notBeforeMicros: number): number {
  const times = columns?.times[metric];
  if (columns === undefined || times === undefined || row < 0) return Number.NaN;
  const flags = columns.flags[metric];
  if (flags === undefined || flags[row] === 0) {
    return times[row]! >= notBeforeMicros ? columns.values[metric]![row]! : Number.NaN;
  }
  const valid = newestValid(columns.newest(row, metric));
  return valid !== undefined && valid.timeMicros >= notBeforeMicros ? valid.value : Number.NaN;
}
