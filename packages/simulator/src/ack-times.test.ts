import { expect, test } from "vitest";
import { AckTimes } from "./ack-times.ts";

test("a quantile is the least time within which that share was acknowledged", () => {
  const times = new AckTimes();
  expect(times.quantileMs(0.5)).toBeUndefined();
  for (let ms = 100; ms >= 1; ms--) times.add(ms);
  expect([0.01, 0.5, 0.99, 1].map((share) => times.quantileMs(share))).toEqual([1, 50, 99, 100]);
  times.add(10_000_000);
  expect(times.quantileMs(1)).toBe(120_000);
});
