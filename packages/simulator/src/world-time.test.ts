import { expect, test } from "vitest";
import { HistoryClock } from "./history-clock.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { WorldTime } from "./world-time.ts";

test("a world lives so many times faster, never backwards, and knows when its readings see what", () => {
  const time = new WorldTime(1_000_000, 60);
  expect(time.passTo(2_000_000)).toBe(60_000);
  expect(time.passTo(1_500_000)).toBe(0);
  expect(time.passTo(3_000_000)).toBe(60_000);
  expect(time.readingMicros(1_000_000 + 60 * 500_000)).toBe(1_500_000);
});

test("a clock of the past goes where it is set, and on from there with the real one", () => {
  const real = new FakeClock(10_000_000_000);
  const clock = new HistoryClock(real, 4_000_000_000);
  expect([clock.nowMicros(), clock.monotonicMs()]).toEqual([4_000_000_000, 0]);
  clock.advanceTo(9_000_000_000);
  clock.advanceTo(8_000_000_000);
  expect([clock.nowMicros(), clock.monotonicMs()]).toEqual([9_000_000_000, 5_000_000]);
  real.advance(500);
  clock.follow();
  real.advance(1_000);
  expect([clock.nowMicros(), clock.monotonicMs()]).toEqual([10_001_500_000, 5_001_000]);
});
