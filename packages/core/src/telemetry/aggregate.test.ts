import { describe, expect, it } from "vitest";
import { AGGREGATES, aggregateColumn, splitIntoBuckets } from "./aggregate.ts";
import { bucketFinder, parseInterval } from "./buckets.ts";

describe("aggregates", () => {
  const times = Float64Array.from([0, 10, 59, 60, 61, 180].map((seconds) => seconds * 1e6));
  const values = Float64Array.from([1, Number.NaN, 4, Number.NaN, Number.NaN, -2]);
  const { startsMicros, ends } = splitIntoBuckets(times, bucketFinder(parseInterval("1m")));

  it("makes a bucket only where there are readings", () => {
    expect(startsMicros).toEqual([0, 60e6, 180e6]);
  });

  it("leaves missing values out, and says so of a bucket that has no value", () => {
    const answers = Object.fromEntries(AGGREGATES.map((name) => [name, [...aggregateColumn(values, ends, name)]]));
    expect(answers).toEqual({
      count: [2, 0, 1],
      sum: [5, Number.NaN, -2],
      mean: [2.5, Number.NaN, -2],
      min: [1, Number.NaN, -2],
      max: [4, Number.NaN, -2],
      first: [1, Number.NaN, -2],
      last: [4, Number.NaN, -2],
    });
  });

  it("answers nothing for nothing", () => {
    expect(splitIntoBuckets(new Float64Array(0), bucketFinder(parseInterval("1h")))).toEqual({
      startsMicros: [],
      ends: [],
    });
  });
});
