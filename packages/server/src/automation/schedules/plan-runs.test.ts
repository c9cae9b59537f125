import type { TimedOccurrence } from "@sluice/core/schedules/schedule.ts";
import { describe, expect, it } from "vitest";
import { planRuns, type RunPolicies } from "./plan-runs.ts";

const NOW = 1_000_000_000e6;
const POLICIES: RunPolicies = {
  pause: undefined,
  missedRuns: { policy: "skip", missedWithinMs: 7_200_000, maxMissed: 2 },
  latestStartMs: 3_600_000,
};

/** Occurrences by their age. */
function due(...agesS: readonly number[]): TimedOccurrence[] {
  return agesS.map((age) => ({
    key: `${age}s`,
    local: `${age}s ago`,
    timeMicros: NOW - age * 1e6,
    clockChange: undefined,
  }));
}

function plan(ages: readonly number[], change: Partial<RunPolicies> = {}): string[] {
  return planRuns(due(...ages), { ...POLICIES, ...change }, NOW).map(
    ({ occurrence, state, reason }) => `${occurrence.key} ${state} ${reason}`,
  );
}

const missed = (policy: "run-once" | "run-all", missedWithinMs = 7_200_000) => ({
  missedRuns: { policy, missedWithinMs, maxMissed: 2 },
});

describe("the runs that are due", () => {
  it("are opened when they are on time", () => {
    expect(plan([0])).toEqual(["0s opened on-time"]);
    expect(plan([60])).toEqual(["60s opened on-time"]);
    expect(plan([61])).toEqual(["61s missed policy"]);
  });

  it("are late sooner where they must start sooner", () => {
    expect(plan([30], { latestStartMs: 10_000 })).toEqual(["30s missed policy"]);
  });

  it("are one, and not many at one moment", () => {
    expect(plan([50, 30, 10])).toEqual(["50s missed policy", "30s missed policy", "10s opened on-time"]);
  });
});

describe("of missed runs", () => {
  it("run-once makes up for the last", () => {
    expect(plan([5000, 3000], missed("run-once"))).toEqual(["5000s missed superseded", "3000s opened late"]);
  });

  it("run-once is satisfied by a run that is on time", () => {
    expect(plan([5000, 5], missed("run-once"))).toEqual(["5000s missed superseded", "5s opened on-time"]);
  });

  it("run-all makes up for the last of them, up to its limit, in order", () => {
    expect(plan([4000, 3000, 2000, 5], missed("run-all"))).toEqual([
      "4000s missed limit",
      "3000s opened late",
      "2000s opened late",
      "5s opened on-time",
    ]);
  });

  it("those that are too old are left", () => {
    expect(plan([9000, 3000], missed("run-all"))).toEqual(["9000s missed too-old", "3000s opened late"]);
    expect(plan([9000], missed("run-once"))).toEqual(["9000s missed too-old"]);
  });
});

describe("a pause", () => {
  it("skips whatever comes", () => {
    const pause = { by: "user:1", untilMicros: undefined };
    expect(plan([3000, 5], { pause, ...missed("run-all") })).toEqual(["3000s skipped paused", "5s skipped paused"]);
  });

  it("ends by itself", () => {
    const pause = { by: "user:1", untilMicros: NOW - 100e6 };
    expect(plan([3000, 100, 5], { pause, ...missed("run-all") })).toEqual([
      "3000s skipped paused",
      "100s opened late",
      "5s opened on-time",
    ]);
  });
});
