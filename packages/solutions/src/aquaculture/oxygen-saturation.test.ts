import { expect, test } from "vitest";
import { oxygenSaturationMgPerLitre } from "./oxygen-saturation.ts";

/** Standard Methods for the Examination of Water and Wastewater, table 4500-O:I: fresh water, and a chlorinity of 20 (36.1 g/kg). */
test.each([
  [0, 14.621, 11.354],
  [10, 11.288, 8.959],
  [20, 9.092, 7.358],
  [25, 8.263, 6.74],
  [30, 7.559, 6.204],
])("at %d °C it is %d mg/L in fresh water and %d in the sea, as the table says", (celsius, fresh, sea) => {
  expect(oxygenSaturationMgPerLitre(celsius)).toBeCloseTo(fresh, 2);
  expect(Math.abs(oxygenSaturationMgPerLitre(celsius, 36.1) - sea)).toBeLessThan(0.02);
});
