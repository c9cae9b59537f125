import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { IrrigationModel } from "./irrigation-model.ts";

const SECOND_MS = 1_000;

/** What a zone reports in 10 minutes at 1 Hz, its pump on for the fifth minute. */
function trace(seed: number, speedFactor = 240): number[] {
  const clock = new FakeClock();
  const model = new IrrigationModel(clock, { seed, speedFactor, zone: { startPercent: 10.6 } });
  const moistures: number[] = [];
  for (let second = 0; second < 600; second++) {
    if (second === 240) model.setPump(true);
    if (second === 300) model.setPump(false);
    clock.advance(SECOND_MS);
    for (const [, value] of model.read()) moistures.push(value as number);
  }
  return moistures;
}

test("the same seed and the same history give the same readings", () => {
  expect(trace(7)).toEqual(trace(7));
  expect(trace(7)).not.toEqual(trace(8));
});

test("at the demo's speed a nearly dry zone crosses its threshold within two minutes, and watering lifts it again", () => {
  const moistures = trace(1);
  const crossing = moistures.findIndex((moisture) => moisture < 10);
  expect(crossing).toBeGreaterThan(10);
  expect(crossing).toBeLessThan(120);
  expect(Math.max(...moistures.slice(300))).toBeGreaterThan(moistures[239]! + 5);
});

test("the speed factor makes the soil live faster, not the clock", () => {
  const [slow, fast] = [trace(1, 1), trace(1, 240)];
  expect(Math.abs(slow[200]! - slow[0]!)).toBeLessThan(0.6);
  expect(fast[0]! - fast[200]!).toBeGreaterThan(1);
  expect(slow).toHaveLength(fast.length);
});

test("a probe that has dropped out reports nothing", () => {
  const model = new IrrigationModel(new FakeClock(), { seed: 1, speedFactor: 1, fault: () => undefined });
  expect(model.read()).toEqual([]);
});

test("a zone goes on where a former run left it", () => {
  const clock = new FakeClock();
  const before = new IrrigationModel(clock, { seed: 1, speedFactor: 240, zone: { startPercent: 14 } });
  clock.advance(120 * SECOND_MS);
  const after = new IrrigationModel(clock, {
    seed: 1,
    speedFactor: 240,
    zone: { startPercent: 14 },
    state: before.state,
  });
  expect(after.state).toEqual(before.state);
  expect(after.state.elapsedMs).toBe(120 * SECOND_MS * 240);
});

test("whoever tends a zone waters it below its threshold, and stops above", () => {
  const clock = new FakeClock();
  const model = new IrrigationModel(clock, { seed: 1, speedFactor: 60, zone: { startPercent: 9.9 } });
  model.tend();
  expect(model.isWatering).toBe(true);
  clock.advance(60 * SECOND_MS);
  model.tend();
  expect(model.isWatering).toBe(false);
});
