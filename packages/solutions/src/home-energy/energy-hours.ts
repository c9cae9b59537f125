import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { allocateFlows, type EnergyFlows, type HomeBalance } from "./allocate-flows.ts";

/** Several hours' balances and flows, in watt-hours. */
export interface EnergySum extends HomeBalance, EnergyFlows {
  readonly hours: number;
}

/** Flows are allocated hour by hour and then added up: what was sold at noon did not light the evening. */
export function sumHours(hours: Iterable<HomeBalance>): EnergySum {
  const sum = { ...NOTHING };
  for (const balance of hours) {
    const flows = allocateFlows(balance);
    for (const key of BALANCE_KEYS) sum[key] += balance[key];
    for (const key of FLOW_KEYS) sum[key] += flows[key];
    sum.hours += 1;
  }
  return sum;
}

export function boughtWattHours({ gridToHome, gridToStorage }: EnergyFlows): number {
  return gridToHome + gridToStorage;
}

export function soldWattHours({ solarToGrid, storageToGrid }: EnergyFlows): number {
  return solarToGrid + storageToGrid;
}

/** Sources less sinks: 0 where nothing was lost on the way. */
export function imbalanceWattHours(sum: HomeBalance & EnergyFlows): number {
  const sources = sum.produced + sum.discharged + boughtWattHours(sum);
  return sources - (sum.consumed + sum.charged + soldWattHours(sum));
}

/**
 * The share, 0 to 1, of what was made that was used or stored at home and not sold. Weniger, J., Tjaden, T. and Quaschning, V.,
 * "Sizing of residential PV battery systems", Energy Procedia 46 (2014), 78–87: direct use and charging over generation. Luthander
 * and others (Applied Energy 142 (2015), 80–94) count what storage gave back instead, which is less by what it lost.
 */
export function selfConsumption(sum: HomeBalance & EnergyFlows): Determined<number> {
  if (!(sum.produced > 0)) return undetermined("nothing was produced");
  return determined((sum.solarToHome + sum.solarToStorage) / sum.produced);
}

/**
 * The share, 0 to 1, of what was used that came from the home's own sun or storage: direct use and
 * discharging over consumption, by the same authors. Storage counts as the home's own, whatever charged it.
 */
export function selfSufficiency(sum: HomeBalance & EnergyFlows): Determined<number> {
  if (!(sum.consumed > 0)) return undetermined("nothing was used");
  return determined((sum.solarToHome + sum.storageToHome) / sum.consumed);
}

const BALANCE_KEYS = ["produced", "consumed", "charged", "discharged"] as const;
const FLOW_KEYS = [
  "solarToHome",
  "solarToStorage",
  "solarToGrid",
  "storageToHome",
  "storageToStorage",
  "storageToGrid",
  "gridToHome",
  "gridToStorage",
] as const;
const NOTHING = {
  produced: 0,
  consumed: 0,
  charged: 0,
  discharged: 0,
  solarToHome: 0,
  solarToStorage: 0,
  solarToGrid: 0,
  storageToHome: 0,
  storageToStorage: 0,
  storageToGrid: 0,
  gridToHome: 0,
  gridToStorage: 0,
  hours: 0,
};
