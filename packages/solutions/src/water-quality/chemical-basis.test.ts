import { expect, test } from "vitest";
import { conductivityAt25, onBasis } from "./chemical-basis.ts";

/** WHO, "Nitrate and nitrite in drinking-water" (2016): 50 mg/L as nitrate is 11 as nitrogen, 3 as nitrite is 0.9. */
test("the WHO's and the EPA's nitrate are nearly the same water", () => {
  expect(onBasis(50, "NO3", "N")).toBeCloseTo(11.3, 2);
  expect(onBasis(10, "N", "NO3")).toBeCloseTo(44.3, 1);
  expect(onBasis(3, "NO2", "N")).toBeCloseTo(0.91, 2);
  expect(onBasis(1, "N", "NO2")).toBeCloseTo(3.28, 2);
});

test("ammonia, ammonium and phosphate too", () => {
  expect(onBasis(1, "N", "NH3")).toBeCloseTo(1.216, 3);
  expect(onBasis(1, "N", "NH4")).toBeCloseTo(1.288, 3);
  expect(onBasis(1, "P", "PO4")).toBeCloseTo(3.066, 3);
  expect(onBasis(onBasis(7, "NO3", "N"), "N", "NO3")).toBeCloseTo(7, 12);
});

test("nitrate cannot be told as phosphorus", () => {
  expect(() => onBasis(1, "NO3", "P")).toThrow("NO3 cannot be told as P");
});

/** Germany's Trinkwasserverordnung prints the European 2,500 µS/cm at 20 °C as this at 25 °C. */
test("2,500 µS/cm at 20 °C are 2,790 at 25", () => {
  expect(conductivityAt25(2_500)).toBeCloseTo(2_790, 6);
});
