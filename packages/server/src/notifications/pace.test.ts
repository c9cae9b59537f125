import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bucket, takeToken } from "./pace.ts";

const LIMITS = { sendsPerMinute: 60, burst: 5 };

test("a full bucket lets a burst pass, all but the last token of it to what is not urgent", () => {
  let bucket: Bucket | undefined = { tokens: 5, refilledAtMs: 0 };
  for (let sent = 0; sent < 4; sent++) bucket = takeToken(bucket!, LIMITS, 0, false);
  expect(bucket).toEqual({ tokens: 1, refilledAtMs: 0 });
  expect(takeToken(bucket!, LIMITS, 0, false)).toBeUndefined();
  expect(takeToken(bucket!, LIMITS, 0, true)).toEqual({ tokens: 0, refilledAtMs: 0 });
});

test("a bucket of one token serves everything", () => {
  expect(takeToken({ tokens: 1, refilledAtMs: 0 }, { sendsPerMinute: 1, burst: 1 }, 0, false)).toBeDefined();
});

test("over any time no more pass than the burst and the rate together, and a clock that steps back gives none", () => {
  const step = fc.integer({ min: -5_000, max: 20_000 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let bucket: Bucket = { tokens: LIMITS.burst, refilledAtMs: 0 };
      let nowMs = 0;
      let latestMs = 0;
      let passed = 0;
      for (const ms of steps) {
        nowMs += ms;
        const after = takeToken(bucket, LIMITS, nowMs, true);
        latestMs = Math.max(latestMs, nowMs);
        if (after === undefined) continue;
        bucket = after;
        passed++;
      }
      expect(passed).toBeLessThanOrEqual(LIMITS.burst + latestMs / 1000);
    }),
  );
});
