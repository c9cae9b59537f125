import { expect, test } from "vitest";
import { expectPrinted } from "./testing/printed.ts";
import {
  dewPointFromVapourPressureCelsius,
  meanSaturationVapourPressureKpa,
  relativeHumidityPercent,
  saturationVapourPressureKpa,
  slopeOfSaturationKpaPerCelsius,
  vapourPressureFromDewPointKpa,
  vapourPressureFromHumidityKpa,
  vapourPressureFromHumidityRangeKpa,
  vapourPressureFromMaxHumidityKpa,
  vapourPressureFromMeanHumidityKpa,
  vapourPressureFromWetBulbKpa,
} from "./vapour-pressure.ts";

/** FAO-56, chapter 3, examples 3 to 6, and chapter 4, examples 17 to 20. */
test("example 3: es is the mean of both, not that of the mean temperature", () => {
  expectPrinted(saturationVapourPressureKpa(24.5), "3.075");
  expectPrinted(saturationVapourPressureKpa(15), "1.705");
  expectPrinted(meanSaturationVapourPressureKpa(24.5, 15), "2.39");
  expectPrinted(saturationVapourPressureKpa(19.75), "2.30");
});

test("example 4: ea from a wet bulb", () => {
  expectPrinted(saturationVapourPressureKpa(19.5), "2.267");
  expectPrinted(vapourPressureFromWetBulbKpa(19.5, 25.6, 87.9), "1.91");
});

test("example 5: ea from relative humidities, best to worst", () => {
  const day = { maxCelsius: 25, minCelsius: 18, maxPercent: 82, minPercent: 54 };
  expectPrinted(saturationVapourPressureKpa(18), "2.064");
  expectPrinted(saturationVapourPressureKpa(25), "3.168");
  expectPrinted(vapourPressureFromHumidityRangeKpa(day), "1.70");
  expectPrinted(vapourPressureFromMaxHumidityKpa(18, 82), "1.69");
  expectPrinted(vapourPressureFromMeanHumidityKpa(25, 18, 68), "1.78");
});

test("example 6: what the air still takes", () => {
  const es = meanSaturationVapourPressureKpa(25, 18);
  const ea = vapourPressureFromHumidityRangeKpa({ maxCelsius: 25, minCelsius: 18, maxPercent: 82, minPercent: 54 });
  expectPrinted(es - ea, "0.91");
});

test.each([
  [30.2, "0.246"],
  [16.9, "0.122"],
  [28, "0.220"],
  [38, "0.358"],
])("examples 17 to 19: Δ at %d °C is %s kPa/°C", (celsius, printed) => {
  expectPrinted(slopeOfSaturationKpaPerCelsius(celsius), printed);
});

test("Δ is the slope of e°", () => {
  for (const celsius of [-10, 0, 12.5, 45]) {
    const step = 1e-4;
    const rise = saturationVapourPressureKpa(celsius + step) - saturationVapourPressureKpa(celsius - step);
    expect(slopeOfSaturationKpaPerCelsius(celsius)).toBeCloseTo(rise / (2 * step), 4);
  }
});

test("example 19: ea of an hour", () => {
  expectPrinted(vapourPressureFromHumidityKpa(28, 90), "3.402");
  expectPrinted(vapourPressureFromHumidityKpa(38, 52), "3.445");
});

test("the dew point is where e° is ea, at 0 and at 100 % too", () => {
  expectPrinted(vapourPressureFromDewPointKpa(14.8), "1.68");
  expect(dewPointFromVapourPressureCelsius(vapourPressureFromDewPointKpa(14.8))).toBeCloseTo(14.8, 9);
  expect(relativeHumidityPercent(saturationVapourPressureKpa(21), 21)).toBeCloseTo(100, 12);
  expect(vapourPressureFromHumidityKpa(21, 0)).toBe(0);
  expect(dewPointFromVapourPressureCelsius(0)).toBe(-Infinity);
});

test("FAO-56 (3-11), with the constants that it prints, is within 0.02 °C", () => {
  for (const vapour of [0.1, 0.6, 1, 1.5, 2, 3, 4, 7]) {
    const logarithm = Math.log(vapour);
    const printed = (116.91 + 237.3 * logarithm) / (16.78 - logarithm);
    expect(Math.abs(dewPointFromVapourPressureCelsius(vapour) - printed)).toBeLessThan(0.02);
  }
});

test("what is missing stays missing", () => {
  expect(saturationVapourPressureKpa(Number.NaN)).toBeNaN();
  expect(vapourPressureFromHumidityKpa(20, Number.NaN)).toBeNaN();
});
