import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { PondModel } from "./pond-model.ts";

function model(clock: FakeClock, seed = 1, speedFactor = 60): PondModel {
  return new PondModel(clock, { seed, speedFactor, pond: { startHour: 12 } });
}

test("reports every metric of the profile, near what is true", () => {
  const clock = new FakeClock();
  const pond = model(clock);
  const readings = Object.fromEntries(pond.read()) as Record<string, number>;
  expect(Object.keys(readings)).toEqual([
    "dissolved_oxygen",
    "temperature",
    "ph",
    "ammonia",
    "salinity",
    "turbidity",
    "level",
  ]);
  expect(Math.abs(readings.dissolved_oxygen! - pond.water.oxygenMgPerLitre)).toBeLessThan(0.2);
  expect(Math.abs(readings.level! - pond.water.depthMetres)).toBeLessThan(0.02);
});

test("the same seed gives the same readings, another seed others", () => {
  const readingsOf = (seed: number) => {
    const clock = new FakeClock();
    const pond = model(clock, seed);
    return Array.from({ length: 20 }, () => {
      clock.advance(60_000);
      return pond.read();
    });
  };
  expect(readingsOf(1)).toEqual(readingsOf(1));
  expect(readingsOf(1)).not.toEqual(readingsOf(2));
});

test("its time is faster than the clock, and its feeder's meter counts what the fish are given", () => {
  const clock = new FakeClock();
  const pond = model(clock);
  pond.setOutput("feeder", true);
  clock.advance(1_000);
  pond.setOutput("feeder", false);
  clock.advance(59_000);
  expect(pond.metered("feeder")).toBeCloseTo(60 * 20, 6);
  expect(pond.metered("inlet")).toBe(0);
  expect(pond.water.hourOfDay).toBeCloseTo(13, 6);
});

test("whoever tends a pond aerates it when oxygen is low, and longer than to the threshold", () => {
  const clock = new FakeClock();
  const start = { startHour: 22, startOxygenMgPerLitre: 3.9 };
  const tended = new PondModel(clock, { seed: 1, speedFactor: 60, pond: start });
  const left = new PondModel(clock, { seed: 1, speedFactor: 60, pond: start });
  const lowest: number[] = [];
  for (let minute = 0; minute < 8; minute++) {
    for (let second = 0; second < 60; second += 5) {
      tended.tend();
      clock.advance(5_000);
    }
    lowest.push(tended.water.oxygenMgPerLitre);
  }
  expect(Math.min(...lowest)).toBeGreaterThan(3.8);
  expect(left.water.oxygenMgPerLitre).toBeLessThan(tended.water.oxygenMgPerLitre - 1);
});
