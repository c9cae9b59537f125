import { describe, expect, it, test } from "vitest";
import { oxygenSaturationMgPerLitre, oxygenSaturationPercent } from "./oxygen-saturation.ts";

/** Standard Methods for the Examination of Water and Wastewater, table 4500-O:I: fresh water, and a chlorinity of 20 (36.131 g/kg). */
test.each([
  [0, 14.621, 11.355],
  [10, 11.288, 8.959],
  [20, 9.092, 7.346],
  [25, 8.263, 6.728],
  [30, 7.559, 6.197],
])("at %d °C it is %d mg/L in fresh water and %d in the sea, as the table says", (celsius, fresh, sea) => {
  expect(oxygenSaturationMgPerLitre(celsius).value!).toBeCloseTo(fresh, 3);
  expect(Math.abs(oxygenSaturationMgPerLitre(celsius, 20 * 1.80655).value! - sea)).toBeLessThan(0.0015);
});

const HECTOPASCALS_PER_MMHG = 1013.25 / 760;

describe("other pressures", () => {
  /** The example of Standard Methods 4500-O: 0.7 atm at 20 °C, where the factor besides the pressure is 0.990092. */
  it("is 6.30 mg/L at 20 °C and 0.7 atm", () => {
    const thin = oxygenSaturationMgPerLitre(20, 0, 0.7 * 1013.25).value!;
    expect(thin).toBeCloseTo(6.3, 2);
    expect(thin / oxygenSaturationMgPerLitre(20).value! / 0.7).toBeCloseTo(0.990092, 5);
  });

  /** US Geological Survey, National Field Manual, table 6.2–6 of 2011, which follows Technical Memorandum 2011.03. */
  it.each([
    [0, 760, 14.6],
    [5, 760, 12.8],
    [10, 760, 11.3],
    [15, 760, 10.1],
    [20, 760, 9.1],
    [25, 760, 8.3],
    [30, 760, 7.6],
    [35, 760, 6.9],
    [40, 760, 6.4],
  ])("at %d °C and %d mmHg it is %d mg/L", (celsius, mmHg, printed) => {
    expect(oxygenSaturationMgPerLitre(celsius, 0, mmHg * HECTOPASCALS_PER_MMHG).value!).toBeCloseTo(printed, 1);
  });
});

test("a share of saturation is of what the same water would hold", () => {
  expect(oxygenSaturationPercent(9.092, 20).value!).toBeCloseTo(100, 1);
  expect(oxygenSaturationPercent(6.3, 20, 0, 0.7 * 1013.25).value!).toBeCloseTo(100, 1);
  expect(oxygenSaturationPercent(4.13, 25).value!).toBeCloseTo(50, 1);
});

test("outside the equations' range, or in another unit, there is no saturation, and why is said", () => {
  expect(oxygenSaturationMgPerLitre(45).reason).toBe("the temperature is not in 0 to 40 °C");
  expect(oxygenSaturationMgPerLitre(-2).reason).toContain("temperature");
  expect(oxygenSaturationMgPerLitre(Number.NaN).reason).toContain("temperature");
  expect(oxygenSaturationMgPerLitre(20, 60).reason).toBe("the salinity is not in 0 to 45.2 g/kg");
  for (const kilopascalsOrInches of [101.325, 29.92, 300]) {
    expect(oxygenSaturationMgPerLitre(20, 0, kilopascalsOrInches).reason).toBe(
      "the pressure is not in 507 to 1114 hPa",
    );
  }
  expect(oxygenSaturationPercent(8, 20, 0, 101.325).reason).toContain("pressure");
  expect(oxygenSaturationPercent(-1, 20).reason).toContain("dissolved oxygen");
});
