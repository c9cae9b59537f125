import { expect, test } from "vitest";
import { acWatts, cellCelsius, dcWatts, PVWATTS_LOSSES, panelWatts } from "./panel-power.ts";

/** Reference values of pvlib's implementation of PVWatts. */
test("900 W/m² on 100 W at 30 °C and -0.3 % a degree are 88.65 W", () => {
  expect(dcWatts(900, 30, 100, -0.003)).toBeCloseTo(88.65, 10);
});

test("an inverter makes 85.5856 W of 90, and never more than it can", () => {
  expect(acWatts(90, 100, 0.95)).toBeCloseTo(85.58556604752516, 10);
  expect(acWatts(150, 100, 0.95)).toBe(95);
  expect([acWatts(0, 100), acWatts(0.1, 100)]).toEqual([0, 0]);
});

/** The manual's total of 14.08 %. */
test("the losses add up to the manual's", () => {
  expect(100 * PVWATTS_LOSSES).toBeCloseTo(14.075660688264469, 10);
});

test("a cell is as warm as its nominal temperature at the nominal conditions", () => {
  expect(cellCelsius(20, 800, 47)).toBe(47);
});

test("a system loses to heat, dirt and its inverter, and gives nothing in the dark", () => {
  const system = { ratedPowerWatts: 4_000 };
  const cool = panelWatts(system, 1000, 0);
  expect(cool).toBeGreaterThan(3_100);
  expect(cool).toBeLessThan(4_000 * (1 - PVWATTS_LOSSES));
  expect(panelWatts(system, 1000, 35)).toBeLessThan(cool);
  expect(panelWatts(system, 0, 20)).toBe(0);
  expect(panelWatts(system, Number.NaN, 20)).toBeNaN();
  expect(panelWatts({ ratedPowerWatts: 4_000, dcToAcRatio: 2, losses: 0 }, 1200, -10)).toBeCloseTo(2_000, 6);
});
