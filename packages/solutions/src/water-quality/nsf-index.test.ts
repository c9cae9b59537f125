import { describe, expect, it, test } from "vitest";
import { NSF_CURVES } from "./nsf-curves.ts";
import { NSF_WEIGHTS, nsfCategory, nsfIndex, nsfIndexOfQualities, nsfQuality } from "./nsf-index.ts";

/** A worksheet whose qualities were read off the printed curves: "WQI Background and Sample Calculation", fotsch.org. */
const SAMPLE = {
  dissolvedOxygenPercent: 82,
  fecalColiformPer100Ml: 12,
  ph: 7.67,
  biochemicalOxygenDemandMgPerLitre: 2,
  temperatureChangeCelsius: 5,
  totalPhosphateMgPerLitreAsP: 0.5,
  nitrateMgPerLitreAsNo3: 5,
  turbidityNtu: 5,
  totalSolidsMgPerLitre: 150,
};
const READ_BY_HAND = {
  dissolvedOxygenPercent: 90,
  fecalColiformPer100Ml: 72,
  ph: 92,
  biochemicalOxygenDemandMgPerLitre: 80,
  temperatureChangeCelsius: 72,
  totalPhosphateMgPerLitreAsP: 60,
  nitrateMgPerLitreAsNo3: 67,
  turbidityNtu: 85,
  totalSolidsMgPerLitre: 78,
};

describe("the worksheet", () => {
  it("comes to its 77.9 with its own qualities", () => {
    expect(nsfIndexOfQualities(READ_BY_HAND).value!.index).toBeCloseTo(77.9, 1);
  });

  it.each(Object.entries(READ_BY_HAND))("%s is within 4 of the %d that was read off the curve", (variable, quality) => {
    const key = variable as keyof typeof SAMPLE;
    expect(Math.abs(nsfQuality(key, SAMPLE[key])! - quality)).toBeLessThanOrEqual(4);
  });

  it("is within 1.1 with the tables' qualities, and good", () => {
    const { value } = nsfIndex(SAMPLE);
    expect(Math.abs(value!.index - 77.9)).toBeLessThan(1.1);
    expect(value).toMatchObject({ category: "good" });
    expect(value!.weight).toBeCloseTo(1, 12);
  });
});

/** BASIN, Boulder Creek Water Quality Index: Middle Boulder Creek above Eldora, June 2000, six tests. */
describe("the worksheet of Boulder Creek, with phosphate as phosphorus and nitrate as the ion", () => {
  it("comes to its 95.3 with its own qualities", () => {
    const printed = {
      dissolvedOxygenPercent: 98,
      fecalColiformPer100Ml: 90,
      ph: 94,
      totalPhosphateMgPerLitreAsP: 98,
      nitrateMgPerLitreAsNo3: 97,
      turbidityNtu: 96,
    };
    const { value } = nsfIndexOfQualities(printed);
    expect(value!.index).toBeCloseTo(68.58 / 0.72, 10);
    expect(value!.weight).toBeCloseTo(0.72, 12);
  });

  it("is within 2 of it with the tables' qualities", () => {
    const sample = {
      dissolvedOxygenPercent: 105.4,
      fecalColiformPer100Ml: 2,
      ph: 7.47,
      totalPhosphateMgPerLitreAsP: 0.03,
      nitrateMgPerLitreAsNo3: 0.63,
      turbidityNtu: 0.555,
    };
    expect(Math.abs(nsfIndex(sample).value!.index - 95.3)).toBeLessThan(2);
  });
});

test("a quality that is none is named", () => {
  for (const ph of [Number.NaN, 500, -1]) {
    expect(nsfIndexOfQualities({ ...READ_BY_HAND, ph }).reason).toBe("the quality of ph is not in 0 to 100");
  }
});

test("the weights make one", () => {
  expect(Object.values(NSF_WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test("each curve rises in value, stays within 0 to 100, and goes through its points", () => {
  for (const [variable, { points }] of Object.entries(NSF_CURVES)) {
    points.forEach(([value, quality], at) => {
      if (at > 0) expect(value, variable).toBeGreaterThan(points[at - 1]![0]);
      expect(quality).toBeGreaterThanOrEqual(0);
      expect(quality).toBeLessThanOrEqual(100);
      expect(nsfQuality(variable as keyof typeof NSF_CURVES, value)).toBeCloseTo(quality, 10);
    });
  }
});

/** What the charts of Mitchell and Stapp print beside the curves. */
test.each([
  ["dissolvedOxygenPercent", 141, 50],
  ["fecalColiformPer100Ml", 100_001, 2],
  ["ph", 1.9, 0],
  ["ph", 12.1, 0],
  ["biochemicalOxygenDemandMgPerLitre", 31, 2],
  ["nitrateMgPerLitreAsNo3", 101, 1],
  ["turbidityNtu", 101, 5],
  ["totalSolidsMgPerLitre", 501, 20],
] as const)("beyond its curve %s of %d is %d", (variable, value, quality) => {
  expect(nsfQuality(variable, value)).toBe(quality);
});

test("between points the curve is straight, over the logarithm where counts are meant", () => {
  expect(nsfQuality("turbidityNtu", 7.5)).toBe(80);
  expect(nsfQuality("fecalColiformPer100Ml", Math.sqrt(10 * 20))).toBeCloseTo(67, 10);
  expect(nsfQuality("fecalColiformPer100Ml", 0)).toBe(98);
});

test("what was not measured is left out with its weight, until too little is left", () => {
  const { fecalColiformPer100Ml: _, ...rest } = READ_BY_HAND;
  const { value } = nsfIndexOfQualities(rest);
  expect(value!.weight).toBeCloseTo(0.84, 12);
  expect(value!.index).toBeCloseTo((77.9 - 72 * 0.16) / 0.84, 1);
  expect(nsfIndex({ ph: 7, turbidityNtu: 5 }).reason).toContain("less than half");
  expect(nsfIndex({ ...SAMPLE, ph: 15 }).reason).toContain("ph");
  expect(nsfIndex({ ...SAMPLE, turbidityNtu: -1 }).reason).toContain("turbidityNtu");
});

test("categories begin where they are told to", () => {
  expect([90, 89.9, 70, 50, 25, 24.9].map(nsfCategory)).toEqual([
    "excellent",
    "good",
    "good",
    "medium",
    "bad",
    "very bad",
  ]);
});
