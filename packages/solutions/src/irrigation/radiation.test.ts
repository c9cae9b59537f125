import { describe, expect, test } from "vitest";
import { blackBodyMj, dailyNetLongwaveMj, netRadiationMj, netShortwaveMj, relativeShortwave } from "./net-radiation.ts";
import {
  hourlySoilHeatFluxMj,
  monthlySoilHeatFluxFromPreviousMj,
  monthlySoilHeatFluxMj,
  soilHeatFluxMj,
} from "./soil-heat-flux.ts";
import {
  clearSkyRadiationFromAngstromMj,
  clearSkyRadiationMj,
  KRS,
  solarRadiationFromSunshineMj,
  solarRadiationFromTemperaturesMj,
  solarRadiationOnIslandMj,
} from "./solar-radiation.ts";
import { BLACK_BODY } from "./testing/annex-2.ts";
import { expectPrinted } from "./testing/printed.ts";

describe("FAO-56, chapter 3: Rio de Janeiro in May", () => {
  test("example 10: Rs of 220 hours of sun", () => {
    expectPrinted(220 / 31, "7.1");
    expectPrinted(solarRadiationFromSunshineMj(7.1, 10.9, 25.1), "14.45");
    expectPrinted(clearSkyRadiationFromAngstromMj(25.1), "18.8");
  });

  test("example 11: Rnl", () => {
    expectPrinted(blackBodyMj(25.1), "38.8");
    expectPrinted(blackBodyMj(19.1), "35.8");
    expectPrinted(relativeShortwave(14.5, 18.8), "0.77");
    expectPrinted(dailyNetLongwaveMj(25.1, 19.1, 2.1, 14.5 / 18.8), "3.5");
  });

  test("example 12: Rn", () => {
    expect(netShortwaveMj(14.5)).toBeCloseTo(11.165, 9);
    expectPrinted(netRadiationMj(11.1, 3.5), "7.6");
  });
});

test("example 13: G of April between March and May", () => {
  expectPrinted(monthlySoilHeatFluxMj(14.1, 18.8), "0.33");
});

test("example 17: G of April in Bangkok", () => {
  expectPrinted(monthlySoilHeatFluxFromPreviousMj(30.2, 29.2), "0.14");
});

test("(41): a metre of moist soil that warms by a degree in ten days", () => {
  expect(soilHeatFluxMj(11, 10, 10, 1)).toBeCloseTo(0.21, 12);
});

test("example 15: Rs of Lyon in July from its temperatures", () => {
  expectPrinted(solarRadiationFromTemperaturesMj(26.6, 14.8, 40.6), "22.3");
  expect(KRS.coastal).toBeGreaterThan(KRS.interior);
});

test("example 16: Rn of Bangkok in April, at the coast, where the sun is not measured", () => {
  const solar = solarRadiationFromTemperaturesMj(34.8, 25.6, 38.06, KRS.coastal);
  const longwave = dailyNetLongwaveMj(34.8, 25.6, 2.85, relativeShortwave(solar, clearSkyRadiationMj(38.06, 2)));
  expectPrinted(netShortwaveMj(solar), "16.9");
  expectPrinted(longwave, "3.0");
  expectPrinted(netRadiationMj(netShortwaveMj(solar), longwave), "13.9");
});

test("example 18: Rso and Rnl of Uccle on 6 July", () => {
  expectPrinted(clearSkyRadiationMj(41.09, 100), "30.90");
  // Printed as 17.00.
  expect(Math.abs(netShortwaveMj(22.07) - 17)).toBeLessThan(0.01);
  expectPrinted(dailyNetLongwaveMj(21.5, 12.3, 1.409, 22.07 / 30.9), "3.71");
});

test("example 19: G is a tenth of Rn by day and half of it by night", () => {
  expectPrinted(hourlySoilHeatFluxMj(1.749, true), "0.175");
  expectPrinted(hourlySoilHeatFluxMj(-0.1, false), "-0.05");
});

test("Annex 2, table 2.8: σT⁴, every half degree", () => {
  for (const [row, printed] of BLACK_BODY.entries()) expectPrinted(blackBodyMj(1 + row / 2), printed.toFixed(2));
});

test("no sky is darker than overcast nor brighter than clear, and by night nobody knows", () => {
  expect(relativeShortwave(1, 30)).toBe(0.3);
  expect(relativeShortwave(40, 30)).toBe(1);
  expect(relativeShortwave(0, 0)).toBeNaN();
  expect(relativeShortwave(Number.NaN, 30)).toBeNaN();
});

test("in the polar night the sun does not shine, and on an island never less than not", () => {
  expect(solarRadiationFromSunshineMj(0, 0, 0)).toBe(0);
  expect(solarRadiationOnIslandMj(2)).toBe(0);
  expect(solarRadiationOnIslandMj(30)).toBeCloseTo(17, 12);
});
