import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRule } from "./compile-rule.ts";
import type { CompiledRule } from "./rule.ts";
import { NO_RULES, RuleCatalog } from "./rule-catalog.ts";
import type { RuleDefinition } from "./rule-definition.ts";

const DEVICES = [1, 2, 3, 4];

interface Drawn {
  readonly home: number;
  readonly other: number | undefined;
  readonly gates: readonly number[];
}

/** A rule's gates go by earlier rules only: no circle. */
function compile(id: number, { home, other, gates }: Drawn): CompiledRule {
  const leaf = { kind: "threshold", metric: "m", operator: "below", value: 1 } as const;
  const gated = { gates: gates.map((rule) => ({ kind: "rule" as const, rule, is: "firing" as const })) };
  const far = { ...leaf, metric: { device: "other", metric: "m" } };
  const definition: RuleDefinition =
    other === undefined ? { ...leaf, ...gated } : { kind: "all", conditions: [leaf, far], ...gated };
  return compileRule(id, definition, {
    deviceId: home,
    definedMicros: 0,
    inputOf: (metric) => ({ deviceId: typeof metric === "string" ? home : other!, metricNumber: 0 }),
  });
}

/** What can be looked up, without the objects' identity. */
function contents(catalog: RuleCatalog): unknown {
  return DEVICES.map((deviceId) => {
    const { plain, groups } = catalog.rulesOf(deviceId);
    const told = groups.map(({ group, isShared, taps }) => ({
      rules: group.rules.map(({ id }) => id).sort(),
      isShared,
      taps: taps.map(({ index, input }) => `${group.rules[index]!.id} ${input}`).sort(),
    }));
    return { plain: plain.map(({ id }) => id), groups: told.sort((a, b) => a.rules[0]! - b.rules[0]!) };
  });
}

describe("the catalog", () => {
  it("says the same after any changes as one that was made at once", () => {
    const drawn = fc.record({
      home: fc.constantFrom(...DEVICES),
      other: fc.option(fc.constantFrom(...DEVICES), { nil: undefined }),
      gates: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 2 }),
    });
    const change = fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 8 }), rule: fc.option(drawn, { nil: undefined }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(change, (changes) => {
        const present = new Map<number, CompiledRule>();
        const catalog = new RuleCatalog();
        for (const { id, rule } of changes) {
          const home = present.get(id)?.deviceId ?? rule?.home;
          if (home === undefined) continue;
          if (rule === undefined) present.delete(id);
          else present.set(id, compile(id, { ...rule, home, gates: rule.gates.filter((gate) => gate < id) }));
          const changed = catalog.replace(
            [home],
            [...present.values()].filter(({ deviceId }) => deviceId === home),
          );
          expect(changed.has(id)).toBe(true);
          expect(contents(catalog)).toEqual(contents(new RuleCatalog([...present.values()])));
          expect(catalog.size).toBe(present.size);
        }
      }),
    );
  });

  it("puts what opens a gate before what has it, and both into one group", () => {
    const rules = [
      compile(1, { home: 1, other: undefined, gates: [2] }),
      compile(2, { home: 1, other: undefined, gates: [3] }),
      compile(3, { home: 1, other: undefined, gates: [] }),
      compile(4, { home: 1, other: undefined, gates: [] }),
    ];
    const catalog = new RuleCatalog(rules);
    expect(catalog.groupOf(1)!.rules.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(catalog.groupOf(3)).toBe(catalog.groupOf(1));
    expect(catalog.rulesOf(1).plain.map(({ id }) => id)).toEqual([4]);
    expect(catalog.groupOf(4)).toBeUndefined();
    expect(catalog.rulesOf(9)).toBe(NO_RULES);
  });
});
