import type { Zone } from "@sluice/core/schedules/zone.ts";
import { type Bill, billOf } from "@sluice/core/tariffs/bill.ts";
import type { TariffPrices } from "@sluice/core/tariffs/tariff.ts";
import { allocateFlows, type HomeBalance } from "./allocate-flows.ts";
import { type Carbon, carbonOf } from "./carbon.ts";
import {
  boughtWattHours,
  type EnergySum,
  selfConsumption,
  selfSufficiency,
  soldWattHours,
  sumHours,
} from "./energy-hours.ts";

/** What a home did in one hour, in watt-hours. */
export interface EnergyHour extends HomeBalance {
  readonly startMs: number;
  readonly gridKgPerKwh?: number | undefined;
}

export interface EnergyMonth {
  readonly energy: EnergySum;
  /** Shares, 0 to 1; undefined where nothing was made, or used. */
  readonly selfConsumption: number | undefined;
  readonly selfSufficiency: number | undefined;
  readonly carbon: Carbon;
  /** Undefined where no tariff is known. */
  readonly bill: Bill | undefined;
  /** What the same use would have cost without sun and storage. */
  readonly billWithoutOwnEnergy: Bill | undefined;
}

/** The hours of a month, or of any time, in order: energy, shares, carbon and cost. */
export function energyMonth(hours: readonly EnergyHour[], zone: Zone, prices?: TariffPrices): EnergyMonth {
  const energy = sumHours(hours);
  const flowsOf = hours.map((hour) => ({ hour, flows: allocateFlows(hour) }));
  const metered = flowsOf.map(({ hour, flows }) => ({
    startMs: hour.startMs,
    takenKwh: boughtWattHours(flows) / 1000,
    fedInKwh: soldWattHours(flows) / 1000,
  }));
  const used = hours.map(({ startMs, consumed }) => ({ startMs, takenKwh: consumed / 1000, fedInKwh: 0 }));
  return {
    energy,
    selfConsumption: selfConsumption(energy).value,
    selfSufficiency: selfSufficiency(energy).value,
    carbon: carbonOf(flowsOf.map(({ hour, flows }) => ({ flows, gridKgPerKwh: hour.gridKgPerKwh }))),
    bill: prices && billOf(prices, metered, zone),
    billWithoutOwnEnergy: prices && billOf(prices, used, zone),
  };
}
