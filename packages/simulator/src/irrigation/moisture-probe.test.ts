import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { MoistureProbe } from "./moisture-probe.ts";

const readings = (probe: MoistureProbe, truePercent: number, count: number) =>
  Array.from({ length: count }, (_, index) => probe.read(truePercent, index)!);

test("readings scatter around the truth in steps of the resolution", () => {
  const probe = new MoistureProbe(seededRandom(5), { noisePercent: 0.2, resolutionPercent: 0.1 });
  const seen = readings(probe, 31.37, 2_000);
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  expect(Math.abs(mean - 31.37)).toBeLessThan(0.05);
  for (const value of seen) expect(String(value)).toMatch(/^\d+(\.\d)?$/);
  expect(new Set(seen).size).toBeGreaterThan(5);
});

test("the same seed reads the same", () => {
  const trace = (seed: number) => readings(new MoistureProbe(seededRandom(seed)), 30, 100);
  expect(trace(11)).toEqual(trace(11));
  expect(trace(11)).not.toEqual(trace(12));
});

test("readings stay between 0 and 100", () => {
  const probe = new MoistureProbe(seededRandom(1), { noisePercent: 5, resolutionPercent: 0.1 });
  for (const value of [...readings(probe, 0, 200), ...readings(probe, 100, 200)]) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(100);
  }
});

test("a fault changes what is read, or silences the probe", () => {
  const stuck = new MoistureProbe(seededRandom(1), undefined, () => 12);
  const gone = new MoistureProbe(seededRandom(1), undefined, () => undefined);
  expect(readings(stuck, 30, 3)).toEqual([12, 12, 12]);
  expect(gone.read(30, 0)).toBeUndefined();
});
