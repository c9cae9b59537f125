import { expect, test } from "vitest";
import { StampClock } from "./stamp-clock.ts";

test("stamps are the clock's time, and always increase: when it stands, and when it steps back", () => {
  let nowMicros = 1_000_000;
  const stamps = new StampClock({ nowMicros: () => nowMicros, monotonicMs: () => 0, after: () => () => {} });
  expect([stamps.next(), stamps.next(), stamps.next()]).toEqual([1_000_000, 1_000_001, 1_000_002]);
  nowMicros = 500_000;
  expect(stamps.next()).toBe(1_000_003);
  nowMicros = 2_000_000;
  expect(stamps.next()).toBe(2_000_000);
});
