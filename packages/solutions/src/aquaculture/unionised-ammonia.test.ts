import { describe, expect, it, test } from "vitest";
import { unionisedAmmoniaFraction, unionisedAmmoniaMgPerLitre } from "./unionised-ammonia.ts";

/** Emerson and others (1975), table of percent un-ionised: at pH 7, and at pH 8 and 25 °C. */
test.each([
  [0, 7, 0.0826, 4],
  [10, 7, 0.186, 3],
  [20, 7, 0.396, 3],
  [25, 7, 0.566, 3],
  [30, 7, 0.799, 3],
  [25, 8, 5.38, 2],
])("Emerson's table at %d °C and pH %d", (celsius, ph, percent, digits) => {
  expect(100 * unionisedAmmoniaFraction(ph, celsius).value!).toBeCloseTo(percent, digits);
});

/**
 * The table "Fraction of un-ionized ammonia in aqueous solution", calculated from Emerson and others (1975): Francis-Floyd, R. and
 * others, "Ammonia in Aquatic Systems", FA16, University of Florida, figure 4. It was calculated with T = 273.15 + t, so it is up to
 * half a percent lower.
 */
const CELSIUS = [6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
const FRACTIONS = `
  7.0  .0013 .0016 .0018 .0022 .0025 .0029 .0034 .0039 .0046 .0052 .0060 .0069 .0080
  7.2  .0021 .0025 .0029 .0034 .0040 .0046 .0054 .0062 .0072 .0083 .0096 .0110 .0126
  7.6  .0053 .0063 .0073 .0086 .0100 .0116 .0134 .0155 .0179 .0206 .0236 .0271 .0310
  7.8  .0084 .0099 .0116 .0135 .0157 .0182 .0211 .0244 .0281 .0322 .0370 .0423 .0482
  8.0  .0133 .0156 .0182 .0212 .0247 .0286 .0330 .0381 .0438 .0502 .0574 .0654 .0743
  8.2  .0210 .0245 .0286 .0332 .0385 .0445 .0514 .0590 .0676 .0772 .0880 .0998 .1129
  8.4  .0328 .0383 .0445 .0517 .0597 .0688 .0790 .0904 .1031 .1171 .1326 .1495 .1678`;

describe("the table for fresh water", () => {
  const rows = FRACTIONS.trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  it.each(rows)("holds at pH %d", (ph, ...fractions) => {
    fractions.forEach((printed, column) => {
      const fraction = unionisedAmmoniaFraction(ph!, CELSIUS[column]!).value!;
      // The fourth digit, which the table rounds.
      expect(fraction).toBeGreaterThan(printed - 5e-5);
      expect(fraction).toBeLessThan(1.006 * (printed + 5e-5));
    });
  });
});

/** Bower, C. E. and Bidwell, J. P. (1978): percent at 34 g/kg. They interpolated older constants: it agrees within 2 % of the value. */
test.each([
  [7.5, 0.459, 0.665, 0.963, 1.39],
  [7.8, 0.912, 1.32, 1.9, 2.74],
  [8.0, 1.44, 2.07, 2.98, 4.28],
  [8.2, 2.26, 3.25, 4.65, 6.61],
  [8.5, 4.41, 6.28, 8.87, 12.4],
])("in the sea at pH %d", (ph, ...percents) => {
  percents.forEach((printed, column) => {
    const fraction = unionisedAmmoniaFraction(ph, 10 + 5 * column, 34).value!;
    expect(Math.abs((100 * fraction) / printed - 1)).toBeLessThan(0.02);
  });
});

/** Bell and others (2007): pKa = 10.0423 − 0.0315536·t + 0.003071·S, a plane through the same measurements, within 0.025. */
test("where the sea was measured, pKa is near the plane that was laid through it", () => {
  for (const salinity of [20.31, 30, 35, 40]) {
    for (const celsius of [5, 15, 25, 35, 40]) {
      const fraction = unionisedAmmoniaFraction(8, celsius, salinity).value!;
      const pka = 8 + Math.log10(1 / fraction - 1);
      expect(Math.abs(pka - (10.0423 - 0.0315536 * celsius + 0.003071 * salinity))).toBeLessThan(0.025);
    }
  }
});

/** The example of the same publication of the University of Florida, with its 273.15. */
test("1.0 mg/L of total ammonia at 24 °C and pH 8.0 is 0.0502 mg/L that harms", () => {
  expect(unionisedAmmoniaMgPerLitre(1, 8, 24).value).toBeCloseTo(0.0502, 3);
});

test("what the constants do not cover is not answered, and why is said", () => {
  expect(unionisedAmmoniaFraction(8, 51)).toMatchObject({ value: undefined, reason: expect.stringContaining("50 °C") });
  expect(unionisedAmmoniaFraction(15, 20).reason).toContain("pH");
  expect(unionisedAmmoniaFraction(8, 20, 41).reason).toContain("salinity");
  expect(unionisedAmmoniaMgPerLitre(1, Number.NaN, 20).reason).toContain("pH");
  expect(unionisedAmmoniaMgPerLitre(-1, 8, 20).reason).toContain("total");
});
