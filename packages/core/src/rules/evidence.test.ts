import { describe, expect, it } from "vitest";
import { newestEvidence } from "./evidence.ts";
import { type Condition, metricName } from "./rule-definition.ts";

const MINUTE = 60_000_000;
const NOW = 1_000 * MINUTE;
const DRY: Condition = { kind: "threshold", metric: "moisture", operator: "below", value: 10 };
const FULL: Condition = {
  kind: "threshold",
  metric: { device: "tank-1", metric: "level" },
  operator: "above",
  value: 50,
};
const SILENT: Condition = { kind: "no-data", metric: "oxygen", afterMs: 600_000 };
const HEARD: Condition = { kind: "not", condition: SILENT };

/** `ages`: minutes since the newest reading of each metric that has one. The rule was defined `definedAgo` minutes ago. */
function evidence(condition: Condition, ages: Record<string, number>, definedAgo = 500): number | undefined {
  const found = newestEvidence(condition, {
    nowMicros: NOW,
    definedMicros: NOW - definedAgo * MINUTE,
    newestMicros: (metric) => {
      const age = ages[metricName(metric)];
      return age === undefined ? undefined : NOW - age * MINUTE;
    },
  });
  return found === undefined ? undefined : (NOW - found) / MINUTE;
}

describe("the newest evidence of a rule that fires", () => {
  it("is its newest reading, whichever device sent it", () => {
    expect(evidence(DRY, { moisture: 7 })).toBe(7);
    expect(evidence({ kind: "all", conditions: [DRY, FULL] }, { moisture: 7, "tank-1/level": 3 })).toBe(3);
    expect(evidence({ kind: "not", condition: DRY }, { moisture: 7 })).toBe(7);
    expect(evidence(DRY, {})).toBeUndefined();
  });

  it("is the silence itself, as long as it lasts", () => {
    expect(evidence(SILENT, { oxygen: 11 })).toBe(0);
    expect(evidence(SILENT, {}, 11)).toBe(0);
    expect(evidence(SILENT, {}, 9)).toBeUndefined();
  });

  it("is not the reading that ends a silence", () => {
    expect(evidence(SILENT, { oxygen: 1 })).toBeUndefined();
    expect(evidence(HEARD, { oxygen: 1 })).toBe(1);
    expect(evidence({ kind: "not", condition: HEARD }, { oxygen: 11 })).toBe(0);
  });

  it("of a combination is silence only where nothing else is asked for", () => {
    const ages = { oxygen: 11, moisture: 7 };
    expect(evidence({ kind: "any", conditions: [DRY, SILENT] }, ages)).toBe(0);
    expect(evidence({ kind: "any", conditions: [DRY, SILENT] }, { ...ages, oxygen: 1 })).toBe(7);
    expect(evidence({ kind: "all", conditions: [DRY, SILENT] }, ages)).toBe(7);
  });

  it("of what is counted is a reading that made it true, or false", () => {
    const flapping: Condition = { kind: "repeated", condition: SILENT, times: 2, withinMs: 3_600_000 };
    expect(evidence(flapping, { oxygen: 4 })).toBe(4);
  });
});
