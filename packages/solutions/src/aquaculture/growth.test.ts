import { expect, test } from "vitest";
import {
  biomassGrams,
  feedConversionRatio,
  feedPlan,
  gainedGrams,
  specificGrowthRatePercentPerDay,
  survivalPercent,
} from "./growth.ts";

test("1,800 kg of feed for a crop that gained a ton is a conversion of 1.8", () => {
  const gained = gainedGrams({
    stockedGrams: 100_000,
    harvestedGrams: 900_000,
    deadGrams: 50_000,
    standingGrams: 150_000,
  });
  expect(gained).toBe(1_000_000);
  expect(feedConversionRatio(1_800_000, gained).value).toBe(1.8);
});

test("a weight that doubles in ten days grows at ten times the logarithm of two percent", () => {
  expect(specificGrowthRatePercentPerDay(5, 10, 10).value).toBeCloseTo(6.931, 3);
  expect(specificGrowthRatePercentPerDay(10, 5, 10).value).toBeCloseTo(-6.931, 3);
});

test("850 of 1,000 fish are 85 %", () => {
  expect(survivalPercent(1_000, 850).value).toBe(85);
});

test("3 % of the weight of 5,000 fish of 40 g are 6 kg a day, and the meals add up to it", () => {
  const plan = feedPlan(biomassGrams(5_000, 40), 3, 4).value!;
  expect(plan).toEqual({ gramsPerDay: 6_000, mealsGrams: [1_500, 1_500, 1_500, 1_500] });
  expect(feedPlan(1_000, 1, 3).value).toEqual({ gramsPerDay: 10, mealsGrams: [4, 3, 3] });
});

test("what cannot be said is not", () => {
  expect(feedConversionRatio(100, 0).reason).toContain("no weight");
  expect(feedConversionRatio(100, -5).value).toBe(undefined);
  expect(specificGrowthRatePercentPerDay(0, 10, 10).reason).toContain("mean weight");
  expect(specificGrowthRatePercentPerDay(5, 10, 0).reason).toContain("no time");
  expect(survivalPercent(0, 0).reason).toContain("stocked");
  expect(feedPlan(1_000, 60, 3).reason).toContain("feeding rate");
  expect(feedPlan(1_000, 3, 0).reason).toContain("meals");
  expect(feedPlan(Number.NaN, 3, 1).reason).toContain("weight");
});
