import { expect, test } from "vitest";
import { increase, lookBackMicros, timeWeightedMean } from "./timed-aggregates.ts";

const NONE = Number.NaN;
const buckets = [
  { startMicros: 0, endMicros: 100, end: 3 },
  { startMicros: 100, endMicros: 200, end: 5 },
  { startMicros: 900, endMicros: 1000, end: 6 },
].map((bucket) => ({ ...bucket, lengthMicros: 100 }));
const timesMicros = Float64Array.of(20, 30, 90, 150, 160, 950);

test("a value holds until the next reading, also into the next bucket, and not for longer than a bucket", () => {
  const values = Float64Array.of(10, 20, NONE, 40, NONE, 7);
  const [first, second, third] = timeWeightedMean({ timesMicros, values, buckets });
  expect(first).toBe((10 * 10 + 20 * 70) / 80);
  expect(second).toBe((20 * 50 + 40 * 50) / 100);
  expect(third).toBe(7);
});

test("a bucket without a reading of its own has no mean", () => {
  const values = Float64Array.of(10, NONE, NONE, NONE, NONE, NONE);
  expect([...timeWeightedMean({ timesMicros, values, buckets })]).toEqual([10, NONE, NONE]);
});

test("a counter grows across buckets, and from 0 after it began anew", () => {
  const values = Float64Array.of(100, 103, 2, 5, NONE, 1);
  expect([...increase({ timesMicros, values, buckets })]).toEqual([3 + 2, 3, 1]);
});

test("the first reading of all has grown from nothing that is known", () => {
  const values = Float64Array.of(NONE, NONE, NONE, 500, 501, NONE);
  expect([...increase({ timesMicros, values, buckets })]).toEqual([NONE, 1, NONE]);
});

test("the last reading before the first bucket holds at its beginning, and is what a counter grew from", () => {
  const values = Float64Array.of(10, 20, NONE, 40, NONE, 7);
  const column = { timesMicros, values, buckets };
  const [mean] = timeWeightedMean({ ...column, before: { timeMicros: -100, value: 5 } });
  expect(mean).toBe((5 * 20 + 10 * 10 + 20 * 70) / 100);
  const [tooOld] = timeWeightedMean({ ...column, before: { timeMicros: -101, value: 5 } });
  expect(tooOld).toBe((10 * 10 + 20 * 70) / 80);
  expect(increase({ ...column, before: { timeMicros: -5000, value: 4 } })[0]).toBe(16);
});

test("a bucket under way is weighted up to now: what comes after has not been measured", () => {
  const underWay = [{ startMicros: 0, endMicros: 50, lengthMicros: 100, end: 2 }];
  const values = Float64Array.of(10, 20);
  expect([...timeWeightedMean({ timesMicros, values, buckets: underWay })]).toEqual([(10 * 10 + 20 * 20) / 30]);
  const thisMoment = [{ startMicros: 0, endMicros: 20, lengthMicros: 100, end: 1 }];
  expect([...timeWeightedMean({ timesMicros, values, buckets: thisMoment })]).toEqual([10]);
  const clockAhead = [{ startMicros: 0, endMicros: 25, lengthMicros: 100, end: 2 }];
  expect([...timeWeightedMean({ timesMicros, values, buckets: clockAhead })]).toEqual([10]);
});

test("it is looked for as long before as a bucket is long, within a day and a week", () => {
  const days = [1 / 24, 1, 3, 31].map((count) => lookBackMicros(count * 86_400_000_000) / 86_400_000_000);
  expect(days).toEqual([1, 1, 3, 7]);
});
