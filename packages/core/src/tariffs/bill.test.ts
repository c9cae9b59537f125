import { describe, expect, it } from "vitest";
import { zoneOf } from "../schedules/zone.ts";
import { billOf, type MeteredInterval } from "./bill.ts";
import type { TariffPrices } from "./tariff.ts";

const FLAT: TariffPrices = {
  periods: [{ name: "all", price: 0.3 }],
  tiers: [],
  feedInPrice: 0.08,
  standingChargePerDay: 0.5,
};
const hour = (at: string, takenKwh: number, fedInKwh = 0): MeteredInterval => ({
  startMs: Date.parse(at),
  takenKwh,
  fedInKwh,
});

describe("a bill", () => {
  it("adds what was taken and every day's charge, and credits what was fed in", () => {
    const bill = billOf(
      FLAT,
      [hour("2026-03-01T12:00:00Z", 10, 0), hour("2026-03-02T12:00:00Z", 0, 25)],
      zoneOf("UTC"),
    );
    expect(bill).toMatchObject({ takenKwh: 10, fedInKwh: 25, energyCost: 3, feedInCredit: 2, standingCharge: 1 });
    expect(bill.total).toBeCloseTo(2, 10);
  });

  it("may be owed by the grid", () => {
    const bill = billOf({ ...FLAT, standingChargePerDay: 0 }, [hour("2026-03-01T12:00:00Z", 1, 10)], zoneOf("UTC"));
    expect(bill.total).toBeCloseTo(-0.5, 10);
  });

  it("goes by the clock on the wall, through its changes", () => {
    const periods = [
      { name: "day", price: 0.4, from: "06:00", to: "22:00" },
      { name: "night", price: 0.2, from: "22:00", to: "06:00" },
    ];
    // 04:00 UTC is 05:00 in Berlin in winter, and 06:00 in summer.
    const intervals = [hour("2026-03-28T04:00:00Z", 1), hour("2026-03-30T04:00:00Z", 1)];
    const bill = billOf({ ...FLAT, periods }, intervals, zoneOf("Europe/Berlin"));
    expect(bill.periods).toEqual({ night: { takenKwh: 1, cost: 0.2 }, day: { takenKwh: 1, cost: 0.4 } });
  });

  it("splits an hour where it passes a tier, and begins the tiers anew each month", () => {
    const tiers = [
      { aboveKwh: 100, addedPrice: 0.1 },
      { aboveKwh: 200, addedPrice: 0.2 },
    ];
    const intervals = [
      hour("2026-03-30T10:00:00Z", 90),
      hour("2026-03-30T11:00:00Z", 130),
      hour("2026-04-01T10:00:00Z", 100),
    ];
    const bill = billOf({ ...FLAT, tiers }, intervals, zoneOf("UTC"));
    // 100 kWh at 0.30, 100 at 0.40, 20 at 0.50; and in April 100 at 0.30.
    expect(bill.energyCost).toBeCloseTo(30 + 40 + 10 + 30, 10);
  });
});
