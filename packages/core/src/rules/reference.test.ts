import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRule } from "./compile-rule.ts";
import type { CompiledRule, RuleState } from "./rule.ts";
import { type Condition, DEFAULT_STALE_AFTER_MS, metricsOf, type RuleDefinition } from "./rule-definition.ts";
import { advanceGroup, evaluateGroup, groupRules } from "./rule-group.ts";
import { RuleRun } from "./rule-run.ts";
import { type HistoryReading, transitionsByHistory } from "./testing/history-reference.ts";

/** Readings and conditions on a grid of seconds, so that everything that can coincide does. */
const METRICS = ["a", "b", "c"];
const SECOND_MICROS = 1_000_000;

const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 1000);
const level = fc.integer({ min: 0, max: 6 });

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant("threshold" as const),
    metric: fc.constantFrom(...METRICS),
    operator: fc.constantFrom("below" as const, "above" as const),
    value: level,
    hysteresis: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant("rate" as const),
    metric: fc.constantFrom(...METRICS),
    operator: fc.constantFrom("rising" as const, "falling" as const),
    by: fc.integer({ min: 1, max: 4 }),
    // A multiple of the number of samples' intervals: samples then begin on the grid.
    withinMs: fc.constantFrom(3000, 15_000, 30_000),
  }),
  fc.record({
    kind: fc.constant("no-data" as const),
    metric: fc.constantFrom(...METRICS),
    afterMs: seconds(1, 12),
  }),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    fc.record({
      kind: fc.constantFrom("all" as const, "any" as const),
      conditions: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not" as const), condition: tie("condition") }),
    fc.record({
      kind: fc.constant("repeated" as const),
      condition: tie("condition"),
      times: fc.integer({ min: 1, max: 3 }),
      withinMs: seconds(1, 20),
    }),
  ),
}));

const definition: fc.Arbitrary<RuleDefinition> = fc
  .tuple(
    condition,
    fc.record(
      { forMs: seconds(0, 8), resolveAfterMs: seconds(0, 8), staleAfterMs: seconds(1, 10) },
      { requiredKeys: [] },
    ),
  )
  .map(([one, timing]) => ({ ...one, ...timing }));

const history: fc.Arbitrary<HistoryReading[]> = fc
  .array(
    fc.record({
      timeMicros: fc.integer({ min: 1, max: 60 }).map((second) => second * SECOND_MICROS),
      values: fc.dictionary(fc.constantFrom(...METRICS), level, { minKeys: 1 }),
    }),
    { maxLength: 40 },
  )
  .map((readings) => readings.sort((a, b) => a.timeMicros - b.timeMicros));

function compile(one: RuleDefinition): CompiledRule {
  const inputOf = (metric: unknown) => ({ deviceId: 1, metricNumber: METRICS.indexOf(metric as string) });
  return compileRule(1, one, { deviceId: 1, definedMicros: 0, inputOf });
}

interface Course {
  readonly readings: readonly HistoryReading[];
  /** Server's ticks. */
  readonly tickMicros: readonly number[];
  readonly isRestarted: boolean;
  readonly endMicros: number;
}

/** As the pipeline does it: reading by reading, a tick where there is one, and perhaps only text in between. */
function incrementally(one: RuleDefinition, { readings, tickMicros, isRestarted, endMicros }: Course): string[] {
  const rule = compile(one);
  const [group] = groupRules([rule]);
  const keys = metricsOf(one);
  const told: string[] = [];
  let run = new RuleRun(rule);
  const note = ({ timeMicros, state, episode }: { timeMicros: number; state: string; episode: number }) =>
    told.push(`${timeMicros} ${state} ${episode}`);
  const ticks = [...tickMicros].sort((a, b) => a - b);
  const happenings = [
    ...readings.map((reading) => ({ timeMicros: reading.timeMicros, reading })),
    ...ticks.map((timeMicros) => ({ timeMicros, reading: undefined })),
    { timeMicros: endMicros, reading: undefined },
  ].sort((a, b) => a.timeMicros - b.timeMicros);
  for (const { timeMicros, reading } of happenings) {
    advanceGroup(group!, [run], timeMicros, note);
    for (const [input, key] of keys.entries())
      run.take(input, timeMicros, reading?.values[key as string] ?? Number.NaN);
    if (keys.some((key) => reading?.values[key as string] !== undefined))
      evaluateGroup(group!, [run], timeMicros, note);
    if (isRestarted) run = new RuleRun(rule, structuredClone(run.state) as RuleState, [...run.readings]);
  }
  return told;
}

describe("incremental evaluation", () => {
  it("gives what looking at the whole history gives, with ticks and restarts or without", () => {
    fc.assert(
      fc.property(
        definition,
        history,
        fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 10 }),
        fc.boolean(),
        (one, readings, ticksMs, isRestarted) => {
          const endMicros = 90 * SECOND_MICROS;
          const tickMicros = ticksMs.map((ms) => ms * 1000);
          const expected = transitionsByHistory(one, readings, endMicros).map(
            ({ timeMicros, state, episode }) => `${timeMicros} ${state} ${episode}`,
          );
          expect(incrementally(one, { readings, tickMicros, isRestarted, endMicros })).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("has the same default for what is stale", () => {
    expect(DEFAULT_STALE_AFTER_MS).toBe(900_000);
  });
});
