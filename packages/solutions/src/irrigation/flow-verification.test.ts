import { expect, test } from "vitest";
import { type FlowReading, type FlowSettings, verifyIdle, verifyRun, volumeLitres } from "./flow-verification.ts";

const settings: FlowSettings = {
  expectedLitresPerMinute: 20,
  tolerance: 0.2,
  noiseLitresPerMinute: 0.3,
  settlingMs: 5_000,
  confirmMs: 10_000,
};

/** One reading a second. */
function flow(...litresPerMinute: readonly number[]): FlowReading[] {
  return litresPerMinute.map((litres, second) => ({ timeMs: second * 1000, litresPerMinute: litres }));
}

const steady = (litres: number, seconds = 20) => flow(...Array.from({ length: seconds }, () => litres));

test.each([
  [20, "as-expected", false],
  [16.1, "as-expected", false],
  [23.9, "as-expected", false],
  [12, "low-flow", false],
  [30, "high-flow", false],
  [40, "high-flow", true],
  [0, "no-flow", true],
  [0.3, "no-flow", true],
] as const)("a run of which the meter says %d L/min is %s (trips: %s)", (litres, kind, trips) => {
  expect(verifyRun(0, steady(litres), settings)).toMatchObject({ kind, trips });
});

test("a meter that says nothing is no flow and no leak", () => {
  expect(verifyRun(0, steady(Number.NaN), settings).kind).toBe("unknown");
  expect(verifyIdle(0, steady(Number.NaN), settings).kind).toBe("unknown");
});

test("while the pipe fills nothing is said, and a short look is none", () => {
  const filling = [...Array.from({ length: 5 }, () => 0), ...Array.from({ length: 15 }, () => 20)];
  expect(verifyRun(0, flow(...filling), settings).kind).toBe("as-expected");
  expect(verifyRun(0, steady(0, 12), settings).kind).toBe("unknown");
  expect(verifyRun(0, [], settings).kind).toBe("unknown");
});

test("a run is judged by its newest stretch: a pump that runs dry later is found", () => {
  const drying = [...Array.from({ length: 60 }, () => 20), ...Array.from({ length: 12 }, () => 0)];
  expect(verifyRun(0, flow(...drying), settings).kind).toBe("no-flow");
});

test("without an expected flow nothing can be wrong with one", () => {
  expect(verifyRun(0, steady(20), { ...settings, expectedLitresPerMinute: 0 })).toMatchObject({
    kind: "unknown",
    reason: "nobody says how much should flow",
  });
});

test("water that flows while all is shut leaks; what drips out after a run does not", () => {
  expect(verifyIdle(0, steady(1.5), settings)).toEqual({
    kind: "leak",
    trips: true,
    reason: "1.5 L/min flow, and nothing is open",
  });
  const emptying = [20, 12, 6, 3, 1, ...Array.from({ length: 15 }, () => 0.1)];
  expect(verifyIdle(0, flow(...emptying), settings).kind).toBe("idle");
  expect(verifyIdle(0, steady(0.2), settings).kind).toBe("idle");
});

test("a meter that reports seldom counts as much as one that reports often", () => {
  const uneven = [
    { timeMs: 6_000, litresPerMinute: 20 },
    { timeMs: 6_100, litresPerMinute: 20 },
    { timeMs: 6_200, litresPerMinute: 20 },
    { timeMs: 36_200, litresPerMinute: 0.5 },
  ];
  expect(volumeLitres(uneven)).toBeCloseTo(0.2 / 3 + 10.25 / 2, 9);
  expect(verifyRun(0, uneven, settings)).toMatchObject({ kind: "low-flow" });
});
