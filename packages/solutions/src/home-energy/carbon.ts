import type { EnergyFlows } from "./allocate-flows.ts";
import { boughtWattHours, soldWattHours } from "./energy-hours.ts";

/** An hour's flows, in watt-hours, and what the grid emitted for each kilowatt hour in it. */
export interface CarbonHour {
  readonly flows: EnergyFlows;
  /** Undefined where nobody knows. */
  readonly gridKgPerKwh: number | undefined;
}

/** Kilograms of carbon dioxide, or of its equivalent, as the intensity has it. */
export interface Carbon {
  /** By the grid, for what was bought. */
  readonly boughtKg: number;
  /**
   * What the grid would have emitted besides, had the home neither sun nor storage and bought all that it used. Below 0 where storage
   * was charged from the grid and the charging emitted more than the discharging spared: by its losses, or in a dirtier hour.
   */
  readonly avoidedAtHomeKg: number;
  /** What the grid did not have to emit because of what was sold. */
  readonly avoidedInGridKg: number;
  /** Bought in hours whose intensity is not known, and in none of the above. */
  readonly unknownWattHours: number;
}

/**
 * Location-based: each hour's energy times that hour's intensity of the grid. GHG Protocol, "Scope 2 Guidance" (World Resources
 * Institute, 2015), chapter 6; what is avoided is told beside it and never subtracted, as its chapter 6.9 asks.
 */
export function carbonOf(hours: Iterable<CarbonHour>): Carbon {
  const sum = { boughtKg: 0, avoidedAtHomeKg: 0, avoidedInGridKg: 0, unknownWattHours: 0 };
  for (const { flows, gridKgPerKwh } of hours) {
    const bought = boughtWattHours(flows);
    if (gridKgPerKwh === undefined || !Number.isFinite(gridKgPerKwh)) {
      sum.unknownWattHours += bought;
      continue;
    }
    const kgPerWattHour = gridKgPerKwh / 1000;
    sum.boughtKg += bought * kgPerWattHour;
    sum.avoidedAtHomeKg += (flows.solarToHome + flows.storageToHome - flows.gridToStorage) * kgPerWattHour;
    sum.avoidedInGridKg += soldWattHours(flows) * kgPerWattHour;
  }
  return sum;
}
