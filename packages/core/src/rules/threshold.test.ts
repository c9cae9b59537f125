import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INITIAL_RULE_STATE, type RuleState } from "./rule.ts";
import { compileThreshold, type ThresholdOperator } from "./threshold.ts";

const below10 = compileThreshold({ operator: "below", value: 10, hysteresis: 2 });
const above10 = compileThreshold({ operator: "above", value: 10, hysteresis: 2 });

function phases(rule: typeof below10, readings: readonly number[]): string[] {
  let state = INITIAL_RULE_STATE;
  return readings.map((reading, index) => {
    state = rule(state, index, reading);
    return `${state.phase} ${state.episode}`;
  });
}

describe("a threshold rule", () => {
  it("fires strictly below its value and resolves once back by the hysteresis", () => {
    expect(phases(below10, [10, 9.99, 10, 11.99, 12, 9])).toEqual([
      "normal 0",
      "firing 1",
      "firing 1",
      "firing 1",
      "normal 1",
      "firing 2",
    ]);
  });

  it("mirrors that above its value", () => {
    expect(phases(above10, [10, 10.01, 8.01, 8])).toEqual(["normal 0", "firing 1", "firing 1", "normal 1"]);
  });

  it("resolves at the value itself when it has no hysteresis", () => {
    const rule = compileThreshold({ operator: "below", value: 10, hysteresis: 0 });
    expect(phases(rule, [9, 10, 9])).toEqual(["firing 1", "normal 1", "firing 2"]);
  });

  it("is moved by no NaN, in either phase", () => {
    const firing: RuleState = { ...INITIAL_RULE_STATE, phase: "firing", episode: 3 };
    expect(below10(INITIAL_RULE_STATE, 0, Number.NaN)).toBe(INITIAL_RULE_STATE);
    expect(below10(firing, 0, Number.NaN)).toBe(firing);
  });

  it("is refused where it could never be evaluated", () => {
    const good = { operator: "below" as ThresholdOperator, value: 1, hysteresis: 0 };
    const bad = [
      { value: Number.NaN },
      { value: Number.POSITIVE_INFINITY },
      { hysteresis: -1 },
      { hysteresis: Number.NaN },
      { operator: "near" as ThresholdOperator },
    ];
    for (const change of bad) {
      expect(() => compileThreshold({ ...good, ...change })).toThrow(
        expect.objectContaining({ code: "rule.threshold_invalid" }),
      );
    }
  });

  it("counts an episode exactly when it begins to fire, and returns the same object when nothing changed", () => {
    const reading = fc.oneof(fc.double({ noNaN: true }), fc.double({ min: 5, max: 15, noNaN: true }));
    fc.assert(
      fc.property(
        fc.constantFrom<ThresholdOperator>("below", "above"),
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.array(reading, { maxLength: 60 }),
        (operator, hysteresis, readings) => {
          const rule = compileThreshold({ operator, value: 10, hysteresis });
          const sign = operator === "below" ? 1 : -1;
          let state = INITIAL_RULE_STATE;
          for (const value of readings) {
            const next = rule(state, 0, value);
            const isBreached = sign * value < sign * 10;
            const isFiring = state.phase === "firing" ? sign * value < sign * (10 + sign * hysteresis) : isBreached;
            expect(next.phase).toBe(isFiring ? "firing" : "normal");
            expect(next.episode).toBe(state.episode + (state.phase === "normal" && isFiring ? 1 : 0));
            expect(next === state).toBe(next.phase === state.phase);
            state = next;
          }
        },
      ),
    );
  });
});
