import fc from "fast-check";
import { expect, test } from "vitest";
import {
  FIRST_RETRY_MS,
  isDown,
  LONGEST_PROBE_MS,
  LONGEST_RETRY_MS,
  probeDelayMs,
  retryDelayMs,
} from "./retry-policy.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("pauses double from 10 s to 1 h", () => {
  const pauses = Array.from({ length: 11 }, (_, index) => retryDelayMs(index + 1, 0) / 1000);
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
});

test("jitter makes a pause longer by up to a quarter, and never past the limits", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), random, (attempts, chance) => {
      const pause = retryDelayMs(attempts, chance);
      expect(pause).toBeGreaterThanOrEqual(FIRST_RETRY_MS);
      expect(pause).toBeLessThanOrEqual(LONGEST_RETRY_MS);
      expect(pause).toBeGreaterThanOrEqual(retryDelayMs(attempts, 0));
      expect(pause).toBeLessThanOrEqual(retryDelayMs(attempts, 0) * 1.25);
    }),
  );
});

test("a longer pause that the receiver asks for is kept, up to a day; a shorter one is not", () => {
  expect(retryDelayMs(1, 0, 7_200_000)).toBe(7_200_000);
  expect(retryDelayMs(1, 0, 10 * 86_400_000)).toBe(86_400_000);
  expect(retryDelayMs(3, 0, 1_000)).toBe(40_000);
});

test("a channel is down from its third failure in a row, and probed each minute at least", () => {
  expect([0, 2, 3, 100].map(isDown)).toEqual([false, false, true, true]);
  expect([3, 4, 5, 6, 1000].map((failures) => probeDelayMs(failures, 0))).toEqual([
    10_000, 20_000, 40_000, 60_000, 60_000,
  ]);
  expect(probeDelayMs(5, 0.99)).toBeLessThanOrEqual(LONGEST_PROBE_MS);
});
