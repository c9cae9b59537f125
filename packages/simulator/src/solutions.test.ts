import { homeEnergyProfiles } from "@sluice/solutions/home-energy/profiles.ts";
import { waterQualityProfile } from "@sluice/solutions/water-quality/profile.ts";
import { weatherStationProfile } from "@sluice/solutions/weather-station/profile.ts";
import { describe, expect, test } from "vitest";
import { SIMULATED_SOLUTIONS, type SimulatedSolutionName } from "./solutions.ts";
import { MIDSUMMER_MICROS, testWorld } from "./testing/worlds.ts";

const NAMES = Object.keys(SIMULATED_SOLUTIONS) as SimulatedSolutionName[];
const MINUTE_MS = 60_000;
const FAULTS = { stuck: 0.02, spike: 0.02, drift: 0.02, "drop-out": 0.02, reboot: 0.02 };

describe.each(NAMES)("%s", (name) => {
  test("the same seed says the same bytes, another seed others", () => {
    const said = (seed: number) =>
      testWorld(name, { seed, faults: FAULTS, contaminationsPerDay: 6 }).lines(300, MINUTE_MS);
    expect(said(7)).toEqual(said(7));
    expect(said(8)).not.toEqual(said(7));
  });

  test("forty days without faults have no value outside its profile's range", () => {
    const profiles = [...homeEnergyProfiles, waterQualityProfile, weatherStationProfile];
    const world = testWorld(name, { contaminationsPerDay: 6 });
    for (let day = 0; day < 40; day += 1) {
      world.clock.advance(24.5 * 60 * MINUTE_MS);
      for (const { profile, model } of world.members) {
        const metrics: readonly { key: string; minimum?: number; maximum?: number }[] =
          profiles.find(({ key }) => key === profile)?.metrics ?? [];
        for (const [key, value] of model.read(world.clock.nowMicros())) {
          const { minimum = -1e9, maximum = 1e9 } = metrics.find((metric) => metric.key === key) ?? {};
          if (typeof value !== "number") continue;
          expect(value, `${key} on day ${day}`).toBeGreaterThanOrEqual(minimum);
          expect(value, `${key} on day ${day}`).toBeLessThanOrEqual(maximum);
        }
      }
    }
  });
});

test("the devices of a home are of one moment, however often and in which order they are asked", () => {
  const often = testWorld("home-energy");
  const seldom = testWorld("home-energy", { speedFactor: 60 });
  for (const { model } of often.members) for (let i = 0; i < 7; i++) model.read(MIDSUMMER_MICROS);
  const values = (lines: string[]) => lines.slice(-5).map((line) => line.split(" ")[1]);
  expect(values(often.lines(240, MINUTE_MS))).toEqual(values(seldom.lines(1, 4 * MINUTE_MS)));
});

test("the last home may be without its last devices, and profiles fit their parts", () => {
  const { members } = testWorld("home-energy", { devices: 7 });
  expect(members.map(({ profile }) => profile)).toEqual([
    "solar-panel",
    "battery",
    "ev",
    "appliance",
    "grid-meter",
    "solar-panel",
    "battery",
  ]);
  expect(members.map(({ properties }) => properties?.home)).toEqual([1, 1, 1, 1, 1, 2, 2]);
  expect(members.map(({ limits }) => Object.keys(limits ?? {}))).toEqual([
    [],
    ["charger"],
    ["charger"],
    ["switch"],
    [],
    [],
    ["charger"],
  ]);
});
