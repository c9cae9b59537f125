import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLOCK_STEPPED_BACK_MICROS } from "./limits.ts";
import { FLATLINE_READINGS, faultsOf, type MetricLimits, ValidityLimits } from "./validity.ts";

const UNLIMITED: MetricLimits = { minimum: null, maximum: null, flatlineMs: null, maxStep: null, stepMs: null };
const SECOND = 1_000_000;

type Reading = readonly [second: number, value: number];

/** Judges readings of metric 0 that arrive in this order, at the server's time of `now` seconds. */
function judged(limits: Partial<MetricLimits>, readings: readonly Reading[], now = 0): string[] {
  const compiled = new ValidityLimits([{ ...UNLIMITED, ...limits }]);
  const state = [...compiled.initialState(undefined, () => undefined)];
  return readings.map(([second, value]) => judgeOne(compiled, state, second, value, now));
}

function judgeOne(limits: ValidityLimits, state: number[], second: number, value: number, now = 0): string {
  const time = second * SECOND;
  const isOnTime = limits.advance(state, time, now * SECOND + 1);
  const flags = isOnTime ? limits.judge(state, 0, time, value) : limits.judgeRange(0, value);
  return faultsOf(flags).join(" ") || "valid";
}

describe("range", () => {
  it("takes both ends in, and marks what lies beyond", () => {
    const readings = [0, 100, -0.01, 100.01, Number.NEGATIVE_INFINITY].map((value, i) => [i, value] as const);
    expect(judged({ minimum: 0, maximum: 100 }, readings)).toEqual(["valid", "valid", "range", "range", "range"]);
    expect(judged({ maximum: 100 }, [[0, -1e300]])).toEqual(["valid"]);
  });

  it("judges nothing of a metric that has no limits, and says so for a profile", () => {
    expect(judged({}, [[0, 1e300]])).toEqual(["valid"]);
    expect(new ValidityLimits([UNLIMITED])).toMatchObject({ judges: false, remembers: false });
    expect(new ValidityLimits([UNLIMITED, { ...UNLIMITED, minimum: 0 }])).toMatchObject({
      judges: true,
      remembers: false,
    });
    expect(new ValidityLimits([{ ...UNLIMITED, flatlineMs: 1 }])).toMatchObject({ judges: true, remembers: true });
  });
});

describe("flatline", () => {
  const same = (count: number, everySeconds: number, value = 7.5) =>
    Array.from({ length: count }, (_, i) => [i * everySeconds, value] as const);

  it("marks the same value once it lasts longer than the limit, and is over with the first that differs", () => {
    expect(judged({ flatlineMs: 50_000 }, [...same(8, 10), [80, 7.6], [90, 7.5]])).toEqual([
      ...new Array(6).fill("valid"),
      "flatline",
      "flatline",
      "valid",
      "valid",
    ]);
  });

  it("takes few readings over a long time for no flatline", () => {
    const faults = judged({ flatlineMs: 60_000 }, same(FLATLINE_READINGS + 1, 3600));
    expect(faults.indexOf("flatline")).toBe(FLATLINE_READINGS - 1);
  });

  it("counts a message that is sent again once", () => {
    const again = [0, 0, 0, 0, 0, 100, 200].map((second) => [second, 1] as const);
    expect(judged({ flatlineMs: 50_000 }, again)).toEqual(new Array(7).fill("valid"));
  });

  it("tells −0 from 0: bit for bit is bit for bit", () => {
    const flicker = Array.from({ length: 9 }, (_, i) => [i * 10, i % 2 === 0 ? 0 : -0] as const);
    expect(judged({ flatlineMs: 1000 }, flicker)).toEqual(new Array(9).fill("valid"));
  });
});

describe("spike", () => {
  const limits = { maxStep: 5, stepMs: 60_000 };

  it("marks one reading that leaps away and back", () => {
    expect(
      judged(limits, [
        [0, 20],
        [10, 20],
        [20, 90],
        [30, 20.5],
      ]),
    ).toEqual(["valid", "valid", "spike", "valid"]);
  });

  it("costs a real step one reading: the next that stays there is valid, and what comes then is measured from it", () => {
    expect(
      judged(limits, [
        [0, 20],
        [10, 40],
        [20, 41],
        [30, 20],
        [40, 42],
      ]),
    ).toEqual(["valid", "spike", "valid", "spike", "valid"]);
  });

  it("is not confirmed by another leap, nor by the same message sent again", () => {
    expect(
      judged(limits, [
        [0, 20],
        [10, 40],
        [20, 80],
        [30, 20],
      ]),
    ).toEqual(["valid", "spike", "spike", "valid"]);
    expect(
      judged(limits, [
        [0, 20],
        [10, 40],
        [10, 40],
        [20, 20],
      ]),
    ).toEqual(["valid", "spike", "spike", "valid"]);
  });

  it("compares with nothing that is older than its time", () => {
    expect(
      judged(limits, [
        [0, 20],
        [60, 40],
        [121, 20],
      ]),
    ).toEqual(["valid", "spike", "valid"]);
  });

  it("steps neither from nor to what is invalid anyway", () => {
    const both = { ...limits, minimum: 0, maximum: 100 };
    expect(
      judged(both, [
        [0, 98],
        [10, 101],
        [20, 98],
        [30, 101],
        [40, 97],
      ]),
    ).toEqual(["valid", "range", "valid", "range", "valid"]);
  });
});

it("judges a late reading by its range alone, until the device's clock must have been set back", () => {
  const limits = new ValidityLimits([{ ...UNLIMITED, maximum: 100, maxStep: 5, stepMs: 60_000 }]);
  const state = [...limits.initialState(undefined, () => undefined)];
  const later = CLOCK_STEPPED_BACK_MICROS / SECOND;
  expect(judgeOne(limits, state, 1000, 20)).toBe("valid");
  expect(judgeOne(limits, state, 990, 90)).toBe("valid");
  expect(judgeOne(limits, state, 995, 101)).toBe("range");
  expect(judgeOne(limits, state, 1001, 90)).toBe("spike");
  expect(judgeOne(limits, state, 10, 50)).toBe("valid");
  expect(judgeOne(limits, state, 11, 50, later)).toBe("valid");
  expect(judgeOne(limits, state, 12, 90, later)).toBe("spike");
});

describe("after a restart", () => {
  const limits = new ValidityLimits([{ ...UNLIMITED, flatlineMs: 10_000, maxStep: 5, stepMs: 60_000 }]);
  const restarted = (known: Parameters<ValidityLimits["initialState"]>[1], readings: readonly Reading[]) => {
    const state = [...limits.initialState(100 * SECOND, known)];
    return readings.map(([second, value]) => judgeOne(limits, state, second, value));
  };

  it("goes on from the newest reading, or the newest valid one", () => {
    const valid = { timeMicros: 100 * SECOND, value: 20 };
    expect(
      restarted(
        () => valid,
        [
          [101, 90],
          [102, 21],
        ],
      ),
    ).toEqual(["spike", "valid"]);
    const marked = { timeMicros: 100 * SECOND, value: 90, flags: 4, valid: { timeMicros: 99 * SECOND, value: 20 } };
    expect(restarted(() => marked, [[101, 50]])).toEqual(["spike"]);
    expect(restarted(() => marked, [[101, 91]])).toEqual(["valid"]);
    expect(restarted(() => marked, [[101, 20]])).toEqual(["valid"]);
    expect(restarted(() => undefined, [[101, 90]])).toEqual(["valid"]);
  });

  it("keeps a flatline marked until the value differs", () => {
    const stuck = { timeMicros: 100 * SECOND, value: 20, flags: 2 };
    expect(
      restarted(
        () => stuck,
        [
          [101, 20],
          [102, 20.1],
        ],
      ),
    ).toEqual(["flatline", "valid"]);
  });
});

it("marks as the definitions say, over whole histories", () => {
  const limits = { minimum: 0, maximum: 100, flatlineMs: 4000, maxStep: 3, stepMs: 5000 };
  const value = fc.oneof(fc.constantFrom(10, 10, 11, 20), fc.integer({ min: -2, max: 102 }));
  const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), value), { maxLength: 60 });
  fc.assert(
    fc.property(history, (steps) => {
      let second = 0;
      const readings = steps.map(([gap, measured]) => {
        second += gap;
        return [second, measured] as const;
      });
      expect(judged(limits, readings)).toEqual(byDefinition(limits, readings));
    }),
    { numRuns: 500 },
  );
});

/** Looks back over the whole history for every reading. */
function byDefinition(
  limits: Omit<MetricLimits, "minimum" | "maximum"> & { minimum: number; maximum: number },
  readings: readonly Reading[],
): string[] {
  const answer: string[] = [];
  readings.forEach(([second, value], i) => {
    const faults: string[] = [];
    if (value < limits.minimum || value > limits.maximum) faults.push("range");
    let first = i;
    while (first > 0 && readings[first - 1]![1] === value) first--;
    const lasted = (second - readings[first]![0]) * 1000;
    if (lasted > limits.flatlineMs! && i - first + 1 >= FLATLINE_READINGS) faults.push("flatline");
    if (faults.length === 0 && isSpike(limits, readings, answer, i)) faults.push("spike");
    answer.push(faults.join(" ") || "valid");
  });
  return answer;
}

function isSpike(
  { maxStep, stepMs }: Pick<MetricLimits, "maxStep" | "stepMs">,
  readings: readonly Reading[],
  before: readonly string[],
  i: number,
): boolean {
  const [second, value] = readings[i]!;
  const validAt = before.lastIndexOf("valid");
  if (validAt < 0 || (second - readings[validAt]![0]) * 1000 > stepMs!) return false;
  if (Math.abs(value - readings[validAt]![1]) <= maxStep!) return false;
  const markedAt = before.lastIndexOf("spike");
  return markedAt < validAt || Math.abs(value - readings[markedAt]![1]) > maxStep!;
}
