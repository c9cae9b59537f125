import { describe, expect, it } from "vitest";
import { parseRuleDefinition } from "./parse-rule-definition.ts";
import { type Condition, MAX_LEAVES, MAX_NESTING, MAX_WINDOW_MS, metricName, metricsOf } from "./rule-definition.ts";

const LEAF = { kind: "threshold", metric: "moisture", operator: "below", value: 10 };

const FULL = {
  kind: "all",
  conditions: [
    { ...LEAF, hysteresis: 2 },
    { kind: "rate", metric: { device: "probe-2", metric: "level" }, operator: "falling", by: 0.5, withinMs: 60_000 },
    { kind: "any", conditions: [{ kind: "not", condition: { ...LEAF, hysteresis: 0 } }] },
    { kind: "repeated", times: 3, withinMs: 3_600_000, condition: { kind: "no-data", metric: "oxygen", afterMs: 1 } },
  ],
  forMs: 0,
  resolveAfterMs: 1000,
  staleAfterMs: 5000,
  gates: [
    { kind: "daylight", is: "night", offsetMs: -1_800_000 },
    { kind: "daylight", is: "day" },
    { kind: "rule", rule: 7, is: "not-firing" },
  ],
};

describe("a definition", () => {
  it("of every kind is read as it is written", () => {
    expect(parseRuleDefinition(FULL)).toEqual(FULL);
  });

  it("knows its metrics, each once", () => {
    expect(metricsOf(parseRuleDefinition(FULL)).map(metricName)).toEqual(["moisture", "probe-2/level", "oxygen"]);
  });

  it("without a hysteresis has none", () => {
    expect(parseRuleDefinition(LEAF)).toEqual({ ...LEAF, hysteresis: 0 });
  });

  it.each([
    [null, "definition must be an object"],
    [{ ...LEAF, kind: "near" }, "definition.kind must be one of threshold"],
    [{ ...LEAF, value: Number.NaN }, "definition.value must be a finite number"],
    [{ ...LEAF, value: "10" }, "definition.value must be a finite number"],
    [{ ...LEAF, hysteresis: -1 }, "definition.hysteresis must be a number of at least 0"],
    [{ ...LEAF, metric: "" }, "definition.metric must be a text"],
    [{ ...LEAF, metric: { device: "a" } }, "definition.metric.metric must be a text"],
    [{ ...LEAF, treshold: 1 }, "definition.treshold must be absent"],
    [{ ...LEAF, forMs: 1.5 }, "definition.forMs must be a whole number from 0"],
    [{ ...LEAF, forMs: MAX_WINDOW_MS + 1 }, "definition.forMs must be a whole number from 0"],
    [{ ...LEAF, staleAfterMs: 0 }, "definition.staleAfterMs must be a whole number from 1"],
    [{ ...LEAF, gates: [{ kind: "daylight", is: "dusk" }] }, "definition.gates[0].is must be one of day, night"],
    [
      { ...LEAF, gates: [{ kind: "rule", rule: "a", is: "firing" }] },
      "definition.gates[0].rule must be a whole number",
    ],
    [{ kind: "all", conditions: [] }, "definition.conditions must be a list"],
    [{ kind: "not", condition: { ...LEAF, forMs: 5 } }, "definition.condition.forMs must be absent"],
    [{ kind: "all", conditions: [LEAF, { ...LEAF, operator: "over" }] }, "definition.conditions[1].operator must be"],
    [{ kind: "rate", metric: "a", operator: "rising", by: 0, withinMs: 5 }, "definition.by must be a number above 0"],
    [
      { kind: "repeated", condition: LEAF, times: 101, withinMs: 5 },
      "definition.times must be a whole number from 1 to 100",
    ],
  ])("that is wrong is refused with the path: %j", (definition, message) => {
    expect(() => parseRuleDefinition(definition)).toThrow(
      expect.objectContaining({ code: "rule.definition_invalid", message: expect.stringContaining(message) }),
    );
  });

  it("past a limit is refused, with the limit", () => {
    const nested = (depth: number): Condition | object =>
      depth === 1 ? LEAF : { kind: "not", condition: nested(depth - 1) };
    parseRuleDefinition(nested(MAX_NESTING));
    const tooLarge = (definition: unknown) =>
      expect(() => parseRuleDefinition(definition)).toThrow(expect.objectContaining({ code: "rule.too_large" }));
    tooLarge(nested(MAX_NESTING + 1));
    const half = { kind: "any", conditions: Array.from({ length: MAX_LEAVES / 2 }, () => LEAF) };
    parseRuleDefinition({ kind: "all", conditions: [half, half] });
    tooLarge({ kind: "all", conditions: [half, half, LEAF] });
    tooLarge({ ...LEAF, gates: Array.from({ length: 9 }, () => ({ kind: "daylight", is: "day" })) });
  });
});
