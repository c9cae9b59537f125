import { expect, test } from "vitest";
import { observedCadence } from "./cadence.ts";

const QUARTER_MS = 900_000;
const BUCKETS = 96;
const starts = Float64Array.from({ length: BUCKETS }, (_, index) => index * QUARTER_MS * 1000);

/** Readings by quarter-hour of a day, one every so often unless it is left out. */
function countsOf(stepMs: number, isSent: (index: number, timeMs: number) => boolean = () => true): number[] {
  const counts = new Array<number>(BUCKETS).fill(0);
  for (let index = 0; index * stepMs < BUCKETS * QUARTER_MS; index++) {
    const timeMs = index * stepMs;
    if (isSent(index, timeMs)) counts[Math.floor(timeMs / QUARTER_MS)]! += 1;
  }
  return counts;
}

test.each([1, 60, 420, 600, 1000, 3600])("a reading every %i s is told to within 3 %%", (seconds) => {
  const { intervalMs } = observedCadence(countsOf(seconds * 1000), starts)!;
  expect(intervalMs / 1000 / seconds).toBeGreaterThan(0.97);
  expect(intervalMs / 1000 / seconds).toBeLessThan(1.03);
});

test("a gap of six hours changes nothing", () => {
  const isSent = (_index: number, timeMs: number) => timeMs < 8 * 3_600_000 || timeMs >= 14 * 3_600_000;
  expect(observedCadence(countsOf(60_000, isSent), starts)!.intervalMs).toBeCloseTo(60_000, -3);
  expect(observedCadence(countsOf(600_000, isSent), starts)!.intervalMs).toBeCloseTo(600_000, -4);
});

test("bursts have an interval, and a step between them", () => {
  const counts = new Array<number>(BUCKETS).fill(0).map((_, bucket) => (bucket % 4 === 0 ? 10 : 0));
  expect(observedCadence(counts, starts)).toMatchObject({ intervalMs: 360_000, stepMs: 3_600_000 });
});

test("a few readings tell nothing", () => {
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const bucket of [3, 40, 90]) counts[bucket] = 1;
  expect(observedCadence(counts, starts)).toBeUndefined();
});
