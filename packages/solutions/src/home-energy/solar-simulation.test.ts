import { expect, test } from "vitest";
import { clearSkyWatts, simulatedSolarWatts } from "./solar-simulation.ts";

test.each([
  [12, 1],
  [8, 0.6065],
  [16, 0.6065],
  [6, 0.3247],
  [20, 0.1353],
  [14.5, 0.8226],
])("at %d o'clock %d of the rated power, in even weather", (hour, share) => {
  expect(simulatedSolarWatts(5_000, hour, 0.5) / 5_000).toBeCloseTo(share, 4);
});

test("nothing before 6 or after 20, and weather of 15 % either way", () => {
  expect([0, 5.99, 20.01, 23.5, 24].map((hour) => simulatedSolarWatts(5_000, hour, 1))).toEqual([0, 0, 0, 0, 0]);
  expect(simulatedSolarWatts(1_000, 12, 0)).toBeCloseTo(850, 10);
  expect(simulatedSolarWatts(1_000, Number.NaN, 0)).toBeNaN();
  expect(simulatedSolarWatts(1_000, 12, 1)).toBeCloseTo(1_150, 10);
});

const BELGRADE = {
  latitude: 44.82,
  longitude: 20.46,
  elevationMetres: 117,
  tiltDegrees: 35,
  azimuthDegrees: 180,
  system: { ratedPowerWatts: 5_000 },
};
const at = (text: string): number => Date.parse(text) * 1000;

test("under a clear sky panels make most at the noon of their own sun, more in summer, and nothing at night", () => {
  const watts = (time: string) => clearSkyWatts(BELGRADE, at(time), 20);
  const noon = watts("2026-06-21T10:40:00Z");
  expect(noon).toBeGreaterThan(3_300);
  expect(noon).toBeLessThan(5_000);
  expect(watts("2026-06-21T08:00:00Z")).toBeLessThan(noon);
  expect(watts("2026-06-21T14:00:00Z")).toBeLessThan(noon);
  expect(watts("2026-12-21T10:36:00Z")).toBeLessThan(noon);
  expect(watts("2026-06-21T23:00:00Z")).toBe(0);
});

test("panels that face east make their most in the morning", () => {
  const east = { ...BELGRADE, azimuthDegrees: 90 };
  const morning = clearSkyWatts(east, at("2026-06-21T07:00:00Z"), 20);
  expect(morning).toBeGreaterThan(clearSkyWatts(east, at("2026-06-21T14:00:00Z"), 20));
  expect(morning).toBeGreaterThan(clearSkyWatts(BELGRADE, at("2026-06-21T07:00:00Z"), 20));
});

test("thinner air lets more through", () => {
  const high = { ...BELGRADE, elevationMetres: 3_000 };
  expect(clearSkyWatts(high, at("2026-12-21T10:36:00Z"), 5)).toBeGreaterThan(
    clearSkyWatts(BELGRADE, at("2026-12-21T10:36:00Z"), 5),
  );
});
