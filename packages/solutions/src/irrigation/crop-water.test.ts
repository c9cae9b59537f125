import { describe, expect, test } from "vitest";
import {
  adjustEndToClimate,
  adjustMidToClimate,
  type CropStages,
  coefficientOnDay,
  seasonDays,
} from "./crop-coefficient.ts";
import {
  depletionFraction,
  readilyAvailableMm,
  rootZoneChange,
  stressCoefficient,
  totalAvailableMm,
} from "./root-zone.ts";
import {
  coveredFraction,
  evaporationCoefficient,
  evaporationReduction,
  exposedWetFraction,
  greatestCropCoefficient,
  topLayerDepletionMm,
  topLayerPercolationMm,
  totalEvaporableMm,
  wettedDepletionMm,
} from "./soil-evaporation.ts";
import { expectPrinted } from "./testing/printed.ts";

describe("FAO-56, chapter 6", () => {
  test.each([
    ["Taipei", 1.3, 75, "1.07"],
    ["Mocha", 4.6, 44, "1.30"],
  ])("example 27: Kc mid of maize in %s", (_, windAt2mMetresPerSecond, humidityMinPercent, printed) => {
    const climate = { windAt2mMetresPerSecond, humidityMinPercent, cropHeightMetres: 2 };
    expectPrinted(adjustMidToClimate(1.2, climate), printed);
  });

  const stages: CropStages = { initialDays: 25, developmentDays: 25, midDays: 30, lateDays: 20 };
  const dryBeans = { initial: 0.15, mid: 1.19, end: 0.35 };

  test.each([
    [20, "0.15"],
    [40, "0.77"],
    [70, "1.19"],
    [95, "0.56"],
  ])("example 28: Kc of dry beans on day %d", (day, printed) => {
    expectPrinted(coefficientOnDay(stages, dryBeans, day), printed);
  });

  test("a season has its days, and after them Kc stays as it ended", () => {
    expect(seasonDays(stages)).toBe(100);
    expect(coefficientOnDay(stages, dryBeans, 100)).toBeCloseTo(0.35, 12);
    expect(coefficientOnDay(stages, dryBeans, 140)).toBeCloseTo(0.35, 12);
  });

  test("a crop that dries in the field keeps its Kc end; climates beyond the tables count as their edge", () => {
    const windy = { windAt2mMetresPerSecond: 6, humidityMinPercent: 20, cropHeightMetres: 2 };
    expect(adjustEndToClimate(0.35, windy)).toBe(0.35);
    expect(adjustEndToClimate(0.6, windy)).toBeGreaterThan(0.6);
    const stormy = { ...windy, windAt2mMetresPerSecond: 20, humidityMinPercent: 5 };
    expect(adjustMidToClimate(1, stormy)).toBe(adjustMidToClimate(1, windy));
    const palm = { ...windy, cropHeightMetres: 10 };
    expect(adjustMidToClimate(1, { ...palm, cropHeightMetres: 14 })).toBe(adjustMidToClimate(1, palm));
  });
});

/**
 * FAO-56, chapter 7, example 35: ten days of a young crop on sandy loam after an irrigation of 40 mm that wets 0.8 of the ground;
 * on day 6 it rains 6 mm. Figures are rounded as printed, and computed from each other unrounded.
 */
const EXAMPLE_35 = [
  // day, ETo, P-RO, I, 1-fc, fw, few, Kcb, De start, Kr, Ke, E/few, DPe, De end, E, Kc, ETc
  [1, 4.5, 0, 40, 0.92, 0.8, 0.8, 0.3, 0, 1, 0.91, 5.1, 32, 5, 4.1, 1.21, 5.5],
  [2, 5, 0, 0, 0.91, 0.8, 0.8, 0.31, 5, 1, 0.9, 5.6, 0, 11, 4.5, 1.21, 6.1],
  [3, 3.9, 0, 0, 0.91, 0.8, 0.8, 0.32, 11, 0.72, 0.64, 3.1, 0, 14, 2.5, 0.97, 3.8],
  [4, 4.2, 0, 0, 0.9, 0.8, 0.8, 0.33, 14, 0.41, 0.36, 1.9, 0, 16, 1.5, 0.69, 2.9],
  [5, 4.8, 0, 0, 0.89, 0.8, 0.8, 0.34, 16, 0.22, 0.19, 1.1, 0, 17, 0.9, 0.54, 2.6],
  [6, 2.7, 6, 0, 0.89, 1, 0.89, 0.36, 11, 0.71, 0.6, 1.8, 0, 13, 1.6, 0.96, 2.6],
  [7, 5.8, 0, 0, 0.88, 1, 0.88, 0.37, 13, 0.52, 0.44, 2.9, 0, 16, 2.6, 0.81, 4.7],
  [8, 5.1, 0, 0, 0.87, 1, 0.87, 0.38, 16, 0.23, 0.19, 1.1, 0, 17, 1, 0.57, 2.9],
  [9, 4.7, 0, 0, 0.87, 1, 0.87, 0.39, 17, 0.12, 0.1, 0.5, 0, 17, 0.5, 0.49, 2.3],
  [10, 5.2, 0, 0, 0.86, 1, 0.86, 0.4, 17, 0.07, 0.05, 0.3, 0, 18, 0.3, 0.45, 2.4],
] as const;

describe("FAO-56, chapter 7, example 35", () => {
  const soil = { fieldCapacity: 0.23, wiltingPoint: 0.1 };
  const climate = { windAt2mMetresPerSecond: 1.6, humidityMinPercent: 35, cropHeightMetres: 0.3 };
  const totalMm = totalEvaporableMm(soil);
  const REW_MM = 8;
  const greatest = greatestCropCoefficient(0.35, climate);

  test("TEW and Kc max", () => {
    expectPrinted(totalMm, "18");
    expectPrinted(greatest, "1.21");
    expect(greatestCropCoefficient(1.3, climate)).toBeCloseTo(1.35, 12);
    const seedlings = { windAt2mMetresPerSecond: 4, humidityMinPercent: 25, cropHeightMetres: 0.05 };
    expect(greatestCropCoefficient(0.15, seedlings)).toBeCloseTo(1.2 + 0.16 * (0.05 / 3) ** 0.3, 12);
  });

  test("Kr, Ke, E and De of the ten days, each to within its last printed digit", () => {
    let before: number = totalMm;
    for (const row of EXAMPLE_35) {
      const [, eto, rain, irrigation, uncovered, wetted, few, kcb, start, kr, ke, drying, percolated, end, e, kc, etc] =
        row;
      const exposed = exposedWetFraction(1 - uncovered, wetted);
      expect(exposed).toBeCloseTo(few, 9);
      const water = {
        infiltratedRainMm: rain,
        irrigationMm: irrigation,
        wettedFraction: wetted,
        exposedWetFraction: exposed,
      };
      const wet = wettedDepletionMm(before, { ...water, evaporationMm: 0 });
      const reduction = evaporationReduction(wet, REW_MM, totalMm);
      const coefficient = evaporationCoefficient(reduction, kcb, greatest, exposed);
      const day = { ...water, evaporationMm: coefficient * eto };
      expect(Math.abs(wet - start)).toBeLessThan(0.6);
      expect(Math.abs(reduction - kr)).toBeLessThan(0.015);
      expect(Math.abs(coefficient - ke)).toBeLessThan(0.015);
      expect(Math.abs(day.evaporationMm - e)).toBeLessThan(0.1);
      expect(Math.abs(day.evaporationMm / exposed - drying)).toBeLessThan(0.1);
      expect(topLayerPercolationMm(before, day)).toBeCloseTo(percolated, 9);
      expect(Math.abs(coefficient + kcb - kc)).toBeLessThan(0.015);
      expect(Math.abs((coefficient + kcb) * eto - etc)).toBeLessThan(0.1);
      before = topLayerDepletionMm(before, day, totalMm);
      expect(Math.abs(before - end)).toBeLessThan(0.6);
    }
  });

  test("leaves cover the more the more they transpire, and never all of the ground", () => {
    const covers = [0.1, 0.4, 0.8, 1.15].map((kcb) => coveredFraction(kcb, 1.2, 0.4));
    expect(covers).toEqual([...covers].sort((a, b) => a - b));
    expect(covers[0]).toBeGreaterThan(0);
    expect(coveredFraction(1.2, 1.2, 2)).toBe(0.99);
    expect(exposedWetFraction(0.999, 1)).toBe(0.01);
  });

  test("halfway to its greatest coefficient a low crop covers half of the ground, and a tall one less", () => {
    expect(coveredFraction(0.675, 1.2, 0)).toBeCloseTo(0.5, 12);
    expect(coveredFraction(0.675, 1.2, 2)).toBeCloseTo(0.25, 12);
  });

  test("what drippers wet lies under the leaves: fw counts for 1 − ⅔ fc of itself", () => {
    expect(exposedWetFraction(0.6, 0.3, true)).toBeCloseTo(0.18, 12);
    expect(exposedWetFraction(0, 0.3, true)).toBeCloseTo(0.3, 12);
    expect(exposedWetFraction(0.9, 0.3, true)).toBeCloseTo(0.1, 12);
  });

  test("what is dry to the end does not evaporate, and what is wet is bounded by its share of the ground", () => {
    expect(evaporationReduction(totalMm, REW_MM, totalMm)).toBe(0);
    expect(evaporationReduction(totalMm + 5, REW_MM, totalMm)).toBe(0);
    expect(evaporationCoefficient(1, 0.15, 1.2, 0.3)).toBeCloseTo(0.36, 12);
  });
});

describe("FAO-56, chapter 8", () => {
  test.each([
    ["loamy sand", 0.15, 0.06, "72", "29"],
    ["silt", 0.32, 0.15, "136", "54"],
    ["silty clay", 0.35, 0.23, "96", "38"],
  ])("example 36: TAW and RAW of tomatoes on %s", (_, fieldCapacity, wiltingPoint, taw, raw) => {
    const total = totalAvailableMm({ fieldCapacity, wiltingPoint }, 0.8);
    expectPrinted(total, taw);
    expectPrinted(readilyAvailableMm(total, 0.4), raw);
  });

  test("example 37: ten dry days of tomatoes", () => {
    const total = totalAvailableMm({ fieldCapacity: 0.32, wiltingPoint: 0.12 }, 0.8);
    expectPrinted(total, "160");
    const printedKs = ["1.00", "1.00", "0.97", "0.91", "0.85", "0.80", "0.75", "0.70", "0.66", "0.62"];
    const printedDr = ["61.0", "67.0", "72.8", "78.3", "83.4", "88.2", "92.6", "96.9", "100.8", "104.5"];
    let depletion = 55;
    for (const [day, ks] of printedKs.entries()) {
      const stress = stressCoefficient(depletion, total, 0.4);
      expectPrinted(stress, ks);
      const asked = { infiltratedRainMm: 0, irrigationMm: 0, capillaryRiseMm: 0, evapotranspirationMm: stress * 6 };
      depletion = rootZoneChange(depletion, asked, total).depletionMm;
      expectPrinted(depletion, printedDr[day]!);
    }
  });

  test("p follows the weather within its bounds", () => {
    expect(depletionFraction(0.4, 5)).toBe(0.4);
    expect(depletionFraction(0.4, 8)).toBeCloseTo(0.28, 12);
    expect(depletionFraction(0.2, 12)).toBe(0.1);
    expect(depletionFraction(0.75, 0)).toBe(0.8);
  });

  test("what no root can hold drains, and what is not there does not evaporate", () => {
    const flood = { infiltratedRainMm: 60, irrigationMm: 0, capillaryRiseMm: 0, evapotranspirationMm: 5 };
    expect(rootZoneChange(20, flood, 100)).toEqual({ depletionMm: 0, percolationMm: 35, evapotranspirationMm: 5 });
    const drought = { infiltratedRainMm: 0, irrigationMm: 0, capillaryRiseMm: 0, evapotranspirationMm: 9 };
    expect(rootZoneChange(95, drought, 100)).toEqual({ depletionMm: 100, percolationMm: 0, evapotranspirationMm: 5 });
  });
});
