import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import type { Condition, RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { metricName, metricsOf } from "@sluice/core/rules/rule-definition.ts";
import { NO_LIMITS, ValidityLimits } from "@sluice/core/telemetry/validity.ts";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../ingest/testing/manual-clock.ts";
import { GENERATION_LIMITS } from "../../pipeline/generation-keeper.ts";
import { PIPELINE_LIMITS } from "../../pipeline/pipeline-options.ts";
import { batchOf, fixtureDevice, startPipeline, type TestMessage } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { type BacktestJob, type BacktestResult, compileJobRule, type JobRule } from "./backtest-job.ts";
import { Backtester } from "./backtester.ts";
import { runBacktest } from "./run-backtest.ts";

const SECOND = 1_000_000;
/** Rules and devices of one playing are not those of another. */
const NUMBERS_PER_PLAYING = 100;
/** Of odd devices, metric 0 lies in 0 … 9 and leaps by at most 6 within three seconds. */
const LIMITED = new ValidityLimits([{ minimum: 0, maximum: 9, flatlineMs: null, maxStep: 6, stepMs: 3000 }]);

let database: TestDatabase;
let playings = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 1000);
const metric = fc.constantFrom("0", "1", { device: "2", metric: "0" });
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant("threshold" as const),
    metric,
    operator: fc.constantFrom("below" as const, "above" as const),
    value: fc.integer({ min: 1, max: 8 }),
    hysteresis: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({
    kind: fc.constant("rate" as const),
    metric,
    operator: fc.constantFrom("rising" as const, "falling" as const),
    by: fc.integer({ min: 1, max: 5 }),
    withinMs: seconds(2, 20),
  }),
  fc.record({ kind: fc.constant("no-data" as const), metric, afterMs: seconds(2, 20) }),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  leaf,
  fc.record({
    kind: fc.constantFrom("all" as const, "any" as const),
    conditions: fc.array(leaf, { minLength: 2, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("repeated" as const),
    condition: leaf,
    times: fc.integer({ min: 1, max: 3 }),
    withinMs: seconds(5, 40),
  }),
);
const timing = fc.record(
  { forMs: seconds(0, 8), resolveAfterMs: seconds(0, 8), staleAfterMs: seconds(3, 15) },
  { requiredKeys: [] },
);
const definition: fc.Arbitrary<RuleDefinition> = fc
  .tuple(condition, timing)
  .map(([one, times]) => ({ ...one, ...times }));

interface Story {
  readonly definitions: readonly RuleDefinition[];
  /** Seconds since the message before; its device; its values by metric. */
  readonly messages: readonly (readonly [number, number, Readonly<Record<string, number>>])[];
}
const story: fc.Arbitrary<Story> = fc.record({
  definitions: fc.array(definition, { minLength: 3, maxLength: 5 }),
  messages: fc.array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 25 })),
      fc.integer({ min: 1, max: 3 }),
      fc.dictionary(fc.constantFrom("0", "1"), fc.integer({ min: -1, max: 10 }), { minKeys: 1 }),
    ),
    { minLength: 30, maxLength: 100 },
  ),
});

/** Rules of the devices 1 and 3; the last has a gate about the first. */
function rulesOf({ definitions }: Story, shift: number): JobRule[] {
  return definitions.map((one, index) => {
    const deviceId = shift + (index % 2 === 0 ? 1 : 3);
    const id = shift + index + 1;
    const isLast = index === definitions.length - 1;
    const gates = isLast ? { gates: [{ kind: "rule", rule: shift + 1, is: "not-firing" }] as const } : {};
    const inputs = metricsOf(one).map((reference) => {
      const input =
        typeof reference === "string"
          ? { deviceId, metricNumber: Number(reference) }
          : { deviceId: shift + Number(reference.device), metricNumber: Number(reference.metric) };
      return [metricName(reference), input] as const;
    });
    return { id, deviceId, definition: { ...one, ...gates }, inputs: Object.fromEntries(inputs) };
  });
}

/** Ascending: who of two devices spoke first at the same microsecond is not stored. */
function messagesOf(told: Story, shift: number, fromMicros: number): TestMessage[] {
  let micros = fromMicros;
  return told.messages.map(([gap, device, values]) => {
    micros += gap * SECOND;
    return { device: shift + device, micros, values };
  });
}

/** Plays a story through the real pipeline; answers what a backtest over the same time should say. */
async function playLive(
  told: Story,
): Promise<{ readonly job: BacktestJob; readonly messages: readonly TestMessage[] }> {
  const partition = ++playings;
  const shift = partition * NUMBERS_PER_PLAYING;
  const clock = new ManualClock();
  const fromMicros = clock.nowMicros();
  const rules = rulesOf(told, shift);
  const limitedDevice = (id: number) => {
    const device = fixtureDevice(id);
    return device && { ...device, profile: { ...device.profile, validity: id % 2 === 1 ? LIMITED : NO_LIMITS } };
  };
  const { pipeline, errors } = await startPipeline(database, {
    partition,
    clock,
    rules: new RuleCatalog(rules.map((rule) => compileJobRule(rule, fromMicros))),
    directory: { cachedDeviceById: limitedDevice, resolveIds: async () => new Map() },
    limits: { ...PIPELINE_LIMITS, flushMessages: 1 },
    generationLimits: { ...GENERATION_LIMITS, maxMessages: 40 },
  });
  const messages = messagesOf(told, shift, fromMicros);
  for (const message of messages) {
    clock.advance((message.micros - clock.nowMicros()) / 1000);
    await pipeline.settled();
    await pipeline.offer(batchOf([message]));
    await pipeline.settled();
  }
  clock.advance(30_000);
  await pipeline.settled();
  await pipeline.stop();
  expect(errors).toEqual([]);
  const askedIds = rules.map(({ id }) => id);
  const toMicros = clock.nowMicros();
  return { job: { partition, fromMicros, toMicros, rules, askedIds, actuators: [], maxTold: 10_000 }, messages };
}

/** What was committed of the rules' transitions, in the form of a backtest's answer. */
async function liveOutcome({ partition, toMicros, askedIds }: BacktestJob) {
  const { rows } = await database.pool.query(
    `select rule_id as "ruleId", episode, state, reading_micros::float8 as "timeMicros", value
       from rule_transition where partition = $1 order by seq, ordinal`,
    [partition],
  );
  const rules = askedIds.map((ruleId) => {
    const own = Map.groupBy(
      rows.filter((row) => row.ruleId === ruleId),
      ({ episode }) => Number(episode),
    );
    const at = (episode: number, state: string) => own.get(episode)!.find((row) => row.state === state);
    const fired = [...own.keys()].filter((episode) => at(episode, "firing") !== undefined);
    const lapsed = [...own.keys()].filter(
      (episode) => !fired.includes(episode) && at(episode, "resolved") !== undefined,
    );
    const firingMicros = fired.map(
      (episode) => (at(episode, "resolved")?.timeMicros ?? toMicros) - at(episode, "firing").timeMicros,
    );
    const told = fired.map((episode) => ({
      ruleId,
      episode,
      pendingMicros: at(episode, "pending")?.timeMicros ?? null,
      firedMicros: at(episode, "firing").timeMicros,
      resolvedMicros: at(episode, "resolved")?.timeMicros ?? null,
      value: at(episode, "firing").value,
    }));
    const firingMs = firingMicros.reduce((sum, micros) => sum + micros, 0) / 1000;
    return { counts: { ruleId, fired: fired.length, lapsed: lapsed.length, firingMs }, told };
  });
  return { rules: rules.map(({ counts }) => counts), episodes: rules.flatMap(({ told }) => told) };
}

const byRule = ({ rules, episodes }: Pick<BacktestResult, "rules" | "episodes">) => ({
  rules,
  episodes: episodes.toSorted((a, b) => b.ruleId - a.ruleId || a.episode - b.episode),
});

describe("a backtest", () => {
  it("says what the pipeline did with the same readings: every kind of rule, gaps, invalid readings, gates", async () => {
    let fired = 0;
    let lapsed = 0;
    let invalid = 0;
    for (const told of fc.sample(story, { numRuns: 25, seed: 4 })) {
      const { job } = await playLive(told);
      const result = await runBacktest({ db: database.pool }, job);
      expect(byRule(result), JSON.stringify(told)).toEqual(byRule(await liveOutcome(job)));
      fired += result.episodes.length;
      lapsed += result.rules.reduce((sum, rule) => sum + rule.lapsed, 0);
      invalid += result.invalid;
    }
    expect({ fired: fired > 50, lapsed: lapsed > 10, invalid: invalid > 20 }).toEqual({
      fired: true,
      lapsed: true,
      invalid: true,
    });
  });

  it("asks only for what it needs: rules that are not asked about are not told", async () => {
    const [told] = fc.sample(story, { numRuns: 1, seed: 9 });
    const { job } = await playLive(told!);
    const [first] = job.askedIds;
    const whole = await runBacktest({ db: database.pool }, job);
    const part = await runBacktest({ db: database.pool }, { ...job, askedIds: [first!], maxTold: 1 });
    expect(part.rules).toEqual(whole.rules.filter(({ ruleId }) => ruleId === first));
    expect(part.episodes).toEqual(whole.episodes.filter(({ ruleId }) => ruleId === first).slice(0, 1));
  });
});

describe("the thread of a backtest", () => {
  const backtesters: Backtester[] = [];
  const backtester = (clock: ManualClock | typeof systemClock = systemClock) => {
    const made = new Backtester({ connectionString: database.url, clock });
    backtesters.push(made);
    return made;
  };
  afterEach(() => Promise.all(backtesters.splice(0).map((one) => one.stop())));

  const rule = (id: number): JobRule => ({
    id,
    deviceId: id,
    definition: { kind: "threshold", metric: "0", operator: "below", value: 5 },
    inputs: { 0: { deviceId: id, metricNumber: 0 } },
  });
  const job = (ids: readonly number[]): BacktestJob => ({
    partition: 0,
    fromMicros: 0,
    toMicros: 10 * SECOND,
    rules: ids.map(rule),
    askedIds: ids,
    actuators: [],
    maxTold: 10,
  });
  const never = () => new AbortController().signal;

  it("answers what the same job answers here", async () => {
    const [told] = fc.sample(story, { numRuns: 1, seed: 11 });
    const { job: played } = await playLive(told!);
    expect(await backtester().run(played, never())).toEqual(await runBacktest({ db: database.pool }, played));
  });

  it("is one at a time, ends with its caller's interest, and leaves nothing behind", async () => {
    const one = backtester();
    const caller = new AbortController();
    const first = one.run(job([1]), caller.signal);
    await expect(one.run(job([1]), never())).rejects.toMatchObject({ code: "backtest.busy", retryable: true });
    caller.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    await expect(one.run(job([1]), never())).resolves.toMatchObject({ readings: 0, episodes: [] });
    await expect(one.run(job([1]), AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });

  it("ends when its time is over, and when the server stops", async () => {
    const clock = new ManualClock();
    const one = backtester(clock);
    const late = one.run(job([1]), never());
    clock.advance(120_000);
    await expect(late).rejects.toMatchObject({ kind: "limit", code: "backtest.too_long" });
    const stopped = one.run(job([1]), never());
    await Promise.all([expect(stopped).rejects.toMatchObject({ code: "backtest.stopped" }), one.stop()]);
  });

  it("tells a refusal as it was meant", async () => {
    const gated: JobRule = {
      ...rule(1),
      definition: { ...rule(1).definition, gates: [{ kind: "daylight", is: "day" }] },
    };
    const refused = backtester().run({ ...job([1]), rules: [gated] }, never());
    await expect(refused).rejects.toMatchObject({ kind: "invalid", code: "rule.place_unknown" });
  });
});
