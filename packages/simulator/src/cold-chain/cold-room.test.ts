import { solutions } from "@sluice/solutions/registry.ts";
import { expect, test } from "vitest";
import { SIMULATED_SOLUTIONS } from "../solutions.ts";
import { ColdRoom } from "./cold-room.ts";

const START_MICROS = Date.UTC(2026, 0, 5) * 1000;
const MINUTE_MS = 60_000;

function temperatures(random: () => number, minutes: number, doorOpeningsPerDay: number): number[] {
  const room = new ColdRoom(random, { setPointCelsius: 5, doorOpeningsPerDay }, START_MICROS);
  return Array.from({ length: minutes }, () => {
    room.advance(MINUTE_MS);
    return room.temperatureCelsius;
  });
}

test("a room that nobody opens swings about its set point, between 2 and 8 °C", () => {
  const day = temperatures(() => 0.5, 1440, 0);
  expect(Math.min(...day)).toBeGreaterThan(3.9);
  expect(Math.max(...day)).toBeLessThan(6.1);
  expect(Math.max(...day) - Math.min(...day)).toBeGreaterThan(1.5);
});

test("one whose door is forgotten is above 8 °C for more than half an hour, and comes back once it is shut", () => {
  let draws = 0;
  // Opened at once, and forgotten; never again.
  const hours = temperatures(() => (draws++ < 2 ? 0 : 0.999), 480, 24);
  expect(hours.filter((celsius) => celsius > 8).length).toBeGreaterThan(30);
  expect(hours.at(-1)).toBeLessThan(6.1);
});

test("every solution's world names a model that there is", () => {
  const models = solutions.flatMap(({ world }) =>
    world.sites.flatMap(({ assets }) => assets.flatMap(({ devices }) => devices.map(({ model }) => model))),
  );
  expect(Object.keys(SIMULATED_SOLUTIONS)).toEqual(expect.arrayContaining(models));
});
