import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { describe, expect, it } from "vitest";
import { assertNoCircle } from "./check-rule.ts";

const LAYERS = 12;
const PER_LAYER = 8;

function gatedBy(rules: readonly number[]): { readonly definition: RuleDefinition } {
  const gates = rules.map((rule) => ({ kind: "rule" as const, rule, is: "firing" as const }));
  return { definition: { kind: "threshold", metric: "a", operator: "below", value: 1, hysteresis: 0, gates } };
}

const layer = (number: number) => Array.from({ length: PER_LAYER }, (_, index) => 1 + number * PER_LAYER + index);

/** Each rule of a layer has all of the layer before it as gates: 8^12 ways through 96 rules. */
function layered(first: readonly number[]) {
  return new Map(
    Array.from({ length: LAYERS }, (_, number) => number).flatMap((number) =>
      layer(number).map((id) => [id, gatedBy(number === 0 ? first : layer(number - 1))] as const),
    ),
  );
}

describe("gates", () => {
  it("in many layers are looked through rule by rule, not way by way", () => {
    expect(() => assertNoCircle(1_000, layer(LAYERS - 1), layered([]))).not.toThrow();
  });

  it("that form a circle through many layers are named, once each", () => {
    const error = expect(() => assertNoCircle(1_000, layer(LAYERS - 1), layered([1_000])));
    error.toThrow(/form a circle: 1000 → 89 → 81 → .* → 9 → 1 → 1000\./);
  });

  it("in a chain of ten thousand rules are no circle", () => {
    const chain = new Map(Array.from({ length: 10_000 }, (_, id) => [id, gatedBy([id + 1])]));
    expect(() => assertNoCircle(-1, [0], chain)).not.toThrow();
  });
});
