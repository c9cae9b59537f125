import { expect, test } from "vitest";
import {
  atmosphericPressureKpa,
  LATENT_HEAT_MJ_PER_KG,
  MM_PER_MJ,
  psychrometricConstantKpaPerCelsius,
  windAt2mMetresPerSecond,
} from "./atmosphere.ts";
import { PSYCHROMETRIC_BY_ALTITUDE } from "./testing/annex-2.ts";
import { expectPrinted } from "./testing/printed.ts";

test("FAO-56, example 1: of 15 MJ/m², 80 % evaporate 4.9 mm", () => {
  expectPrinted(0.8 * 15 * MM_PER_MJ, "4.9");
  expectPrinted(1 / LATENT_HEAT_MJ_PER_KG, "0.408");
});

test("FAO-56, examples 2, 4, 17 and 18: pressure and γ by altitude", () => {
  expectPrinted(atmosphericPressureKpa(1800), "81.8");
  expectPrinted(psychrometricConstantKpaPerCelsius(atmosphericPressureKpa(1800)), "0.054");
  expectPrinted(atmosphericPressureKpa(1200), "87.9");
  expectPrinted(atmosphericPressureKpa(2), "101.3");
  expectPrinted(psychrometricConstantKpaPerCelsius(101.3), "0.0674");
  expectPrinted(atmosphericPressureKpa(100), "100.1");
  expectPrinted(psychrometricConstantKpaPerCelsius(atmosphericPressureKpa(100)), "0.0666");
});

test("ASCE-EWRI 2005, appendix C: at 1,462.4 m", () => {
  expectPrinted(atmosphericPressureKpa(1462.4), "85.17");
  expectPrinted(psychrometricConstantKpaPerCelsius(atmosphericPressureKpa(1462.4)), "0.0566");
});

test("FAO-56, Annex 2, table 2.2: γ, every 100 m", () => {
  for (const [row, printed] of PSYCHROMETRIC_BY_ALTITUDE.entries()) {
    const gamma = psychrometricConstantKpaPerCelsius(atmosphericPressureKpa(100 * row));
    // Its authors rounded the pressure first: a last digit may be the next one.
    expect(Math.abs(gamma - printed)).toBeLessThan(0.00056);
  }
});

test("FAO-56, examples 14 and 18, and ASCE-EWRI 2005, appendix C: the wind at 2 m", () => {
  expectPrinted(windAt2mMetresPerSecond(3.2, 10), "2.4");
  expectPrinted(windAt2mMetresPerSecond(10 / 3.6, 10), "2.078");
  expectPrinted(windAt2mMetresPerSecond(1, 3), "0.921");
});

test("within the grass the profile says nothing", () => {
  expect(windAt2mMetresPerSecond(3, 0.1)).toBeNaN();
});
