import fc from "fast-check";
import { expect, test } from "vitest";
import { JITTER, MAX_RETRIES, RETRY_PAUSES_MS, retryPauseMs } from "./retry-pause.ts";

const COOLDOWN_MS = 15 * 60_000;
const attempt = { executionId: "one", retries: 0, reason: undefined, cooldownMs: COOLDOWN_MS };

test("pauses grow, each near its own length, and there are three of them", () => {
  fc.assert(
    fc.property(fc.uuid(), (executionId) => {
      const pauses = RETRY_PAUSES_MS.map((_, retries) => retryPauseMs({ ...attempt, executionId, retries })!);
      for (const [index, pauseMs] of pauses.entries()) {
        expect(Math.abs(pauseMs / RETRY_PAUSES_MS[index]! - 1)).toBeLessThanOrEqual(JITTER + 1e-3);
      }
      expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
      expect(retryPauseMs({ ...attempt, executionId, retries: MAX_RETRIES })).toBeUndefined();
    }),
  );
  expect(MAX_RETRIES).toBe(3);
});

test("executions that fail together do not come back together, and each is the same every time", () => {
  const pauses = Array.from({ length: 100 }, (_, n) => retryPauseMs({ ...attempt, executionId: `execution-${n}` }));
  expect(new Set(pauses).size).toBeGreaterThan(80);
  expect(retryPauseMs(attempt)).toBe(retryPauseMs(attempt));
});

test("the last attempt at a device that rests comes after its rest", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.constantFrom("cooldown", "min_off"), (executionId, reason) => {
      const last = { ...attempt, executionId, reason, retries: MAX_RETRIES - 1 };
      expect(retryPauseMs(last)).toBeGreaterThanOrEqual(COOLDOWN_MS);
      expect(retryPauseMs({ ...last, reason: "interlock" })).toBeLessThan(COOLDOWN_MS);
    }),
  );
});
