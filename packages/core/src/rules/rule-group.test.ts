import { describe, expect, it } from "vitest";
import { compileRule } from "./compile-rule.ts";
import type { RuleDefinition } from "./rule-definition.ts";
import { advanceGroup, evaluateGroup, groupRules, MAX_TURNS_BETWEEN } from "./rule-group.ts";
import { RuleRun, type RuleTransition } from "./rule-run.ts";

const DAY_MICROS = 86_400e6;
const NOON_MICROS = Date.UTC(2026, 5, 1, 12) * 1000;
const BY_DAY: RuleDefinition = {
  ...{ kind: "no-data", metric: "solar", afterMs: 1_200_000 },
  gates: [{ kind: "daylight", is: "day" }],
};

/** How often the rule is evaluated between a reading and another, so much later; and what it is then. */
function passDays(days: number) {
  const context = {
    ...{ deviceId: 1, definedMicros: 0, place: { latitude: 52.52, longitude: 13.405 } },
    inputOf: () => ({ deviceId: 1, metricNumber: 0 }),
  };
  const rule = compileRule(1, BY_DAY, context);
  const [group] = groupRules([rule]);
  const run = new RuleRun(rule);
  const transitions: RuleTransition[] = [];
  const runs = [run];
  run.take(0, NOON_MICROS - days * DAY_MICROS, 1);
  evaluateGroup(group!, runs, NOON_MICROS - days * DAY_MICROS, () => {});
  advanceGroup(group!, runs, NOON_MICROS, (transition) => transitions.push(transition));
  return { transitions, isFiring: run.isFiring, timeMicros: run.timeMicros };
}

describe("time that passes between two readings", () => {
  it("is gone through turn by turn", () => {
    const { transitions, isFiring } = passDays(10);
    expect(transitions.map(({ state }) => state).join(" ")).toBe(`${"firing resolved ".repeat(10)}firing`);
    expect(isFiring).toBe(true);
  });

  it("is cut short when it is decades: a clock that was not set", () => {
    const { transitions, isFiring, timeMicros } = passDays(20_000);
    expect(transitions.length).toBeLessThanOrEqual(MAX_TURNS_BETWEEN + 1);
    expect(isFiring).toBe(true);
    expect(timeMicros).toBe(NOON_MICROS);
  });
});
