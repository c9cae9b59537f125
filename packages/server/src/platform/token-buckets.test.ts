import { describe, expect, test } from "vitest";
import { TokenBuckets } from "./token-buckets.ts";

describe("a token bucket", () => {
  test("lets a burst through at once, then as many a second as flow in", () => {
    const buckets = new TokenBuckets();
    const take = (nowMs: number) => buckets.take(1, 1, 2, 3, nowMs);
    expect([take(0), take(0), take(0), take(0)]).toEqual([0, 0, 0, 500]);
    expect(take(499)).toBe(1);
    expect(take(500)).toBe(0);
    expect(take(500)).toBe(500);
  });

  test("fills no further than its burst", () => {
    const buckets = new TokenBuckets();
    buckets.take(1, 1, 1, 1, 0);
    expect(buckets.take(1, 1, 1, 1, 60_000)).toBe(0);
    expect(buckets.take(1, 1, 1, 1, 60_000)).toBe(1000);
  });

  test("takes nothing from what it refuses", () => {
    const buckets = new TokenBuckets();
    buckets.take(1, 5, 1, 10, 0);
    expect(buckets.take(1, 6, 1, 10, 0)).toBe(1000);
    expect(buckets.take(1, 5, 1, 10, 0)).toBe(0);
  });

  test("lets more than a burst through when it is full, and has the debt paid back", () => {
    const buckets = new TokenBuckets();
    expect(buckets.take(1, 10, 1, 1, 0)).toBe(0);
    expect(buckets.take(1, 1, 1, 1, 0)).toBe(10_000);
    expect(buckets.take(1, 1, 1, 1, 9_999)).toBe(1);
    expect(buckets.take(1, 1, 1, 1, 10_000)).toBe(0);
  });

  test("is each owner's own", () => {
    const buckets = new TokenBuckets();
    for (let owner = 1; owner <= 3_000; owner++) expect(buckets.take(owner, 1, 1, 1, 0)).toBe(0);
    for (let owner = 1; owner <= 3_000; owner++) expect(buckets.take(owner, 1, 1, 1, 0)).toBe(1000);
  });

  test("is forgotten at the limit when it is full, and not before", () => {
    const buckets = new TokenBuckets(3);
    buckets.take(1, 1, 1, 1, 0);
    buckets.take(2, 1, 0.1, 1, 0);
    buckets.take(3, 1, 1, 1, 0);
    expect(buckets.take(4, 1, 1, 1, 1000)).toBe(0);
    expect(buckets.size).toBe(2);
    expect(buckets.take(2, 1, 0.1, 1, 1000)).toBe(9000);
    expect(buckets.take(4, 1, 1, 1, 1000)).toBe(1000);
  });

  test("is kept at the limit before those that are full sooner, when none is full", () => {
    const buckets = new TokenBuckets(3);
    for (const [owner, messages] of [
      [1, 1],
      [2, 9],
      [3, 1],
    ] as const)
      buckets.take(owner, messages, 1, 1, 0);
    expect(buckets.take(4, 1, 1, 1, 0)).toBe(0);
    expect(buckets.take(2, 1, 1, 1, 0)).toBe(9000);
    expect(buckets.take(1, 1, 1, 1, 0)).toBe(0);
  });
});
