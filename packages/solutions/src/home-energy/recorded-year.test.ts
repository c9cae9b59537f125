import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { zoneOf } from "@sluice/core/schedules/zone.ts";
import { assertTariffPrices, type TariffPrices } from "@sluice/core/tariffs/tariff.ts";
import { describe, expect, it } from "vitest";
import { allocateFlows } from "./allocate-flows.ts";
import { imbalanceWattHours } from "./energy-hours.ts";
import { type EnergyHour, energyMonth } from "./energy-month.ts";

const RECORDING = path.resolve(import.meta.dirname, "../../../../../shared/data/home-energy/home1-hourly.csv");
const isThere = existsSync(RECORDING);
if (!isThere) console.warn(`the recorded year is not there (${RECORDING}): its hours are not balanced`);

/** The scenario that the recording belongs to. */
const BATTERY = { capacity: 6_400, power: 5_000, efficiency: 0.9 };

/** Southern California Edison's prices in it; its clock knows no summer time. */
const PACIFIC_STANDARD = zoneOf("Etc/GMT+8");
const SUMMER = [6, 7, 8, 9];
const WINTER = [1, 2, 3, 4, 5, 10, 11, 12];
const WORKDAYS = ["mon", "tue", "wed", "thu", "fri"] as const;
const PRICES: TariffPrices = {
  periods: [
    { name: "summer peak", price: 0.54, months: SUMMER, days: WORKDAYS, from: "16:00", to: "21:00" },
    { name: "summer weekend peak", price: 0.4, months: SUMMER, days: ["sat", "sun"], from: "16:00", to: "21:00" },
    { name: "summer", price: 0.22, months: SUMMER, from: "00:00", to: "16:00" },
    { name: "summer night", price: 0.22, months: SUMMER, from: "21:00", to: "24:00" },
    { name: "winter peak", price: 0.5, months: WINTER, from: "16:00", to: "21:00" },
    { name: "winter", price: 0.21, months: WINTER, from: "00:00", to: "16:00" },
    { name: "winter night", price: 0.21, months: WINTER, from: "21:00", to: "24:00" },
  ],
  tiers: [],
  feedInPrice: 0,
  standingChargePerDay: 0,
};

/** Charges from what is left of the sun, and gives it back when there is too little: whole watt-hours, losses on the way in. */
function withBattery(rows: readonly { readonly produced: number; readonly consumed: number }[]) {
  let stored = 0;
  return rows.map(({ produced, consumed }) => {
    const room = Math.floor((BATTERY.capacity - stored) / BATTERY.efficiency);
    const charged = Math.max(0, Math.min(produced - consumed, BATTERY.power, room));
    const discharged = Math.max(0, Math.min(consumed - produced, BATTERY.power, Math.floor(stored)));
    stored += charged * BATTERY.efficiency - discharged;
    return { produced, consumed, charged, discharged };
  });
}

describe.runIf(isThere)("a recorded year of a home with sun and a battery", () => {
  const [header, ...lines] = isThere ? readFileSync(RECORDING, "utf8").trim().split("\n") : [""];
  const names = header!.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at]!, cell])));
  const balances = withBattery(
    rows.map((row) => ({
      produced: Math.round(Number(row.pv_kwh) * 1000),
      consumed: Math.round(Number(row.load_kwh) * 1000),
    })),
  );
  const hours: EnergyHour[] = rows.map((row, at) => ({
    startMs: Date.parse(row.timestamp!),
    gridKgPerKwh: Number(row.carbon_kgco2_per_kwh),
    ...balances[at]!,
  }));

  it("balances in every hour to a watt-hour", () => {
    expect(hours).toHaveLength(8_760);
    const worst = Math.max(...hours.map((hour) => Math.abs(imbalanceWattHours({ ...hour, ...allocateFlows(hour) }))));
    expect(worst).toBeLessThan(1);
  });

  it("costs by the tariff what its own prices say, hour by hour", () => {
    assertTariffPrices(PRICES);
    const year = energyMonth(hours, PACIFIC_STANDARD, PRICES);
    const byRecordedPrice = rows.reduce((cost, row, at) => {
      return cost + (Number(row.price_usd_per_kwh) * hours[at]!.consumed) / 1000;
    }, 0);
    expect(year.billWithoutOwnEnergy!.total).toBeCloseTo(byRecordedPrice, 6);
    expect(year.bill!.total).toBeLessThan(byRecordedPrice / 2);
  });

  it("uses more of its own with the battery than without, and no more than there is", () => {
    const year = energyMonth(hours, PACIFIC_STANDARD);
    const bare = energyMonth(
      hours.map((hour) => ({ ...hour, charged: 0, discharged: 0 })),
      PACIFIC_STANDARD,
    );
    expect(Math.floor(year.energy.produced / 1000)).toBe(7_212);
    expect(Math.floor(year.energy.consumed / 1000)).toBe(10_583);
    expect(imbalanceWattHours(year.energy)).toBe(0);
    expect(year.selfSufficiency!).toBeGreaterThan(bare.selfSufficiency! + 0.1);
    expect(year.selfConsumption!).toBeGreaterThan(bare.selfConsumption! + 0.1);
    expect(year.selfConsumption!).toBeLessThanOrEqual(1);
    expect(year.carbon.boughtKg).toBeLessThan(bare.carbon.boughtKg);
    expect(year.carbon.unknownWattHours).toBe(0);
  });
});
