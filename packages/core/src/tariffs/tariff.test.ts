import { expect, test } from "vitest";
import { assertTariffPrices, coverageFaults, periodAt, priceOf, type TariffPeriod } from "./tariff.ts";

const WORKDAYS = ["mon", "tue", "wed", "thu", "fri"] as const;
const PEAK: TariffPeriod = { name: "peak", price: 0.4, days: WORKDAYS, from: "06:00", to: "22:00" };
const NIGHT: TariffPeriod = { name: "night", price: 0.2, days: WORKDAYS, from: "22:00", to: "06:00" };
const WEEKEND: TariffPeriod = { name: "weekend", price: 0.25, days: ["sat"], from: "06:00", to: "24:00" };
const SUNDAY: TariffPeriod = { name: "sunday", price: 0.22, days: ["sun"] };
const MONDAY: TariffPeriod = { name: "monday", price: 0.22, days: ["mon"], from: "00:00", to: "06:00" };
const WEEK = [PEAK, NIGHT, WEEKEND, SUNDAY, MONDAY];

test("a week of periods that go past midnight has one price at every minute", () => {
  expect(coverageFaults(WEEK)).toEqual([]);
  expect(periodAt(WEEK, 5, "tue", 0)?.name).toBe("night");
  expect(periodAt(WEEK, 5, "sat", 5 * 60 + 59)?.name).toBe("night");
  expect(periodAt(WEEK, 5, "sat", 6 * 60)?.name).toBe("weekend");
  expect(periodAt(WEEK, 5, "mon", 0)?.name).toBe("monday");
  expect(periodAt(WEEK, 5, "mon", 22 * 60)?.name).toBe("night");
});

test("a period of Sunday night goes on into Monday", () => {
  const periods: TariffPeriod[] = [
    { name: "day", price: 1, from: "06:00", to: "22:00" },
    { name: "night", price: 0.5, from: "22:00", to: "06:00" },
  ];
  expect(coverageFaults(periods)).toEqual([]);
  expect(periodAt(periods, 1, "mon", 30)?.name).toBe("night");
});

test("gaps and overlaps are told with their days, times and months", () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const [gap] = coverageFaults(WEEK.filter((period) => period !== MONDAY));
  expect(gap).toEqual({ months: all, day: "mon", from: "00:00", to: "06:00", periods: [] });
  const winter: TariffPeriod = { name: "winter", price: 1, months: [1, 12], days: ["sun"], from: "18:00", to: "20:00" };
  expect(coverageFaults([...WEEK, winter])).toEqual([
    { months: [1, 12], day: "sun", from: "18:00", to: "20:00", periods: ["sunday", "winter"] },
  ]);
});

test("prices that leave a gap, tiers that do not rise and times that are none are refused", () => {
  const prices = { periods: [SUNDAY], tiers: [], feedInPrice: 0, standingChargePerDay: 0 };
  expect(() => assertTariffPrices(prices)).toThrow(expect.objectContaining({ code: "tariff.periods_invalid" }));
  const tiers = [
    { aboveKwh: 300, addedPrice: 0.1 },
    { aboveKwh: 300, addedPrice: 0.2 },
  ];
  const flat = [{ name: "all", price: 0.3 }];
  const tiered = { ...prices, periods: flat, tiers };
  expect(() => assertTariffPrices(tiered)).toThrow(expect.objectContaining({ code: "tariff.tiers_invalid" }));
  const wrong = { ...prices, periods: [{ name: "all", price: 1, from: "25:00" }] };
  expect(() => assertTariffPrices(wrong)).toThrow(expect.objectContaining({ code: "tariff.time_invalid" }));
  assertTariffPrices({ ...prices, periods: flat });
});

test("a tier adds to the price of what is taken above it", () => {
  const tiers = [
    { aboveKwh: 100, addedPrice: 0.05 },
    { aboveKwh: 300, addedPrice: 0.1 },
  ];
  expect(priceOf(PEAK, tiers, 99.9)).toBe(0.4);
  expect(priceOf(PEAK, tiers, 100)).toBeCloseTo(0.45);
  expect(priceOf(PEAK, tiers, 1000)).toBeCloseTo(0.5);
});
