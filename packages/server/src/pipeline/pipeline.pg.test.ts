import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { readRuleStates } from "./flush-store.ts";
import { GENERATION_LIMITS } from "./generation-keeper.ts";
import { PIPELINE_LIMITS } from "./pipeline-options.ts";
import { countNewRejected } from "./rejected-message-store.ts";
import {
  batchOf,
  ExpectedStore,
  lowRules,
  type PipelineFixture,
  startPipeline,
  stored,
  type TestMessage,
} from "./testing/pipeline-fixture.ts";

const T = 1_700_000_000_000_000;
let database: TestDatabase;
let running: PipelineFixture[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.map(({ pipeline }) => pipeline.stop()));
  running = [];
  await database.drop();
});

async function start(options: Parameters<typeof startPipeline>[1] = {}): Promise<PipelineFixture> {
  const fixture = await startPipeline(database, options);
  running.push(fixture);
  return fixture;
}

async function transitions(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select device_id, episode, state, reading_micros from rule_transition order by partition, seq, ordinal",
  );
  return rows.map((row) => `${row.device_id} ${row.episode} ${row.state} ${Number(row.reading_micros) - T}`);
}

const anyMessage: fc.Arbitrary<TestMessage> = fc.record({
  device: fc.integer({ min: 1, max: 5 }),
  micros: fc.integer({ min: 0, max: 12 }).map((step) => T + step * 1000),
  values: fc.dictionary(fc.constantFrom("0", "1", "200"), fc.double({ noNaN: true, noDefaultInfinity: true }), {
    maxKeys: 3,
  }),
  extras: fc.option(fc.dictionary(fc.constantFrom("note", "ok"), fc.constantFrom("a", true, null, "ü")), {
    nil: undefined,
  }),
}) as fc.Arbitrary<TestMessage>;

describe("what was acknowledged", () => {
  it("is read back as sent, versions resolved, over generations, repacking and restarts", async () => {
    const limits = { ...GENERATION_LIMITS, maxMessages: 60, closesPerFullSnapshot: 3 };
    const expected = new ExpectedStore();
    let { pipeline, reader } = await start({ generationLimits: limits });
    const rounds = fc.sample(fc.array(anyMessage, { minLength: 1, maxLength: 4 }), { numRuns: 240, seed: 20 });
    for (const [round, messages] of rounds.entries()) {
      await expect(pipeline.offer(batchOf(messages))).resolves.toEqual({ rejected: [] });
      expected.add(messages);
      if (round % 70 !== 69) continue;
      await pipeline.stop();
      ({ pipeline, reader } = await start({ generationLimits: limits }));
    }
    for (const id of expected.deviceIds()) expect(await stored(reader, id)).toStrictEqual(expected.of(id));
    const { rows } = await database.pool.query("select count(*)::int as closed from generation where state = 'closed'");
    expect(rows[0].closed).toBeGreaterThan(4);
  });

  it("is what the latest values say, from memory and from the store, also after a restart", async () => {
    const limits = { ...GENERATION_LIMITS, maxMessages: 3, closesPerFullSnapshot: 2 };
    const first = await start({ generationLimits: limits });
    for (let i = 0; i < 9; i++)
      await first.pipeline.offer(batchOf([{ device: 1, micros: T + i, values: { [i % 3]: i } }]));
    await first.pipeline.offer(batchOf([{ device: 1, micros: T + 1, values: { 1: -1 }, extras: { late: true } }]));
    await first.pipeline.stop();
    const second = await start({ generationLimits: limits });
    for (const latest of [second.pipeline.latestValues()!.latest(1), await second.reader.latest(1)]) {
      expect(latest!.timeMicros).toBe(T + 8);
      expect([...latest!.values].map(([metric, { value }]) => [metric, value])).toEqual([
        [0, 6],
        [1, 7],
        [2, 8],
      ]);
      expect(latest!.extras).toBe('{"late":true}');
    }
  });

  it("takes few slices even when every reading is a flush of its own", async () => {
    const { pipeline, reader } = await start();
    const expected = new ExpectedStore();
    for (let i = 0; i < 200; i++) {
      const messages = [{ device: 2, micros: T + i * 1000, values: { 0: i / 10 } }];
      await pipeline.offer(batchOf(messages));
      expected.add(messages);
    }
    const { rows } = await database.pool.query("select count(*)::int as slices, sum(rows)::int as rows from slice_0_1");
    expect(rows[0].rows).toBe(200);
    expect(rows[0].slices).toBeLessThanOrEqual(3 + 64);
    expect(await stored(reader, 2)).toStrictEqual(expected.of(2));
  });

  it("keeps the later version through repacking, with a large flush in between", async () => {
    const { pipeline, reader } = await start();
    const expected = new ExpectedStore();
    const store = async (messages: readonly TestMessage[]) => {
      await pipeline.offer(batchOf(messages));
      expected.add(messages);
    };
    const small = (device: number, i: number) => store([{ device, micros: T + (i % 13) * 1000, values: { 0: -i } }]);
    for (let i = 0; i < 40; i++) await small(2, i);
    await store(Array.from({ length: 1400 }, (_, i) => ({ device: 2, micros: T + i * 1000, values: { 0: i } })));
    // Of the same profile, so that these would be merged with those before the large one.
    for (let i = 0; i < 100; i++) await small(4, i);
    for (const id of [2, 4]) expect(await stored(reader, id)).toStrictEqual(expected.of(id));
    const { rows } = await database.pool.query("select count(*)::int as slices from slice_0_1");
    expect(rows[0].slices).toBe(40 + 1 + 1 + 36);
  });
});

describe("rules", () => {
  it("leave each transition in the transaction of its reading, and are told once", async () => {
    const fixture = await start({ rules: lowRules() });
    const readings = [50, 9, 8, 12, 3];
    for (const [i, value] of readings.entries()) {
      await fixture.pipeline.offer(batchOf([{ device: 1, micros: T + i, values: { 0: value } }]));
    }
    expect(await transitions()).toEqual(["1 1 firing 1", "1 1 resolved 3", "1 2 firing 4"]);
    expect(fixture.transitionNudges).toBe(3);
    const { rows } = await database.pool.query(
      "select count(*)::int as orphans from rule_transition t where not exists (select from flush f where f.seq = t.seq)",
    );
    expect(rows[0].orphans).toBe(0);
  });

  it("see a herd of low readings as one episode", async () => {
    const { pipeline } = await start({ rules: lowRules() });
    await Promise.all(
      Array.from({ length: 1000 }, (_, i) => pipeline.offer(batchOf([{ device: 1, micros: T + i, values: { 0: 5 } }]))),
    );
    expect(await transitions()).toEqual(["1 1 firing 0"]);
  });

  it("go on after a restart where they were", async () => {
    const first = await start({ rules: lowRules(), generationLimits: { ...GENERATION_LIMITS, maxMessages: 2 } });
    for (const [i, value] of [5, 6, 7, 20, 4].entries()) {
      await first.pipeline.offer(batchOf([{ device: 1, micros: T + i, values: { 0: value } }]));
    }
    await first.pipeline.stop();
    const second = await start({ rules: lowRules() });
    await second.pipeline.offer(batchOf([{ device: 1, micros: T + 10, values: { 0: 3 } }]));
    await second.pipeline.offer(batchOf([{ device: 1, micros: T + 11, values: { 0: 30 } }]));
    expect(await transitions()).toEqual(["1 1 firing 0", "1 1 resolved 3", "1 2 firing 4", "1 2 resolved 11"]);
  });

  it("of deleted rules are forgotten with the generation, once their episodes have ended", async () => {
    const deleted = new Set<number>();
    const generationLimits = { ...GENERATION_LIMITS, maxMessages: 4 };
    const { pipeline } = await start({
      rules: lowRules(),
      generationLimits,
      isRuleDeleted: (id) => deleted.has(id),
    });
    const remembered = async () =>
      (await readRuleStates(database.pool, 0)).rules.map(({ ruleId }) => ruleId).sort((a, b) => a - b);
    let at = 0;
    const say = (device: number, value: number) =>
      pipeline.offer(batchOf([{ device, micros: T + at++, values: { 0: value } }]));
    for (const device of [1, 2, 3]) await say(device, 5);
    for (const device of [1, 2]) await say(device, 50);
    expect(new Set(await remembered())).toEqual(new Set([1, 2, 3]));
    for (const id of [1, 3]) deleted.add(id);
    for (let i = 0; i < 4; i++) await say(4, 50);
    expect(await remembered()).toEqual([2, 3]);
  });

  it("do not act on a late reading until only late ones came for ten minutes", async () => {
    let nowMicros = T;
    const clock = { ...systemClock, nowMicros: () => nowMicros };
    const { pipeline, reader } = await start({ rules: lowRules(), clock });
    const say = (micros: number, value: number) =>
      pipeline.offer(batchOf([{ device: 1, micros, values: { 0: value } }]));
    await say(T + 1000, 50);
    await say(T + 500, 1);
    nowMicros += 9 * 60e6;
    await say(T + 501, 1);
    expect(await transitions()).toEqual([]);
    nowMicros += 1 * 60e6;
    await say(T + 502, 1);
    expect(await transitions()).toEqual(["1 1 firing 502"]);
    expect(Object.keys(await stored(reader, 1))).toHaveLength(4);
  });
});

describe("when a commit fails", () => {
  it("its senders are refused, nothing of it is stored, rule states go back, and the next one is stored", async () => {
    const { pipeline, reader, errors } = await start({ rules: lowRules() });
    await pipeline.offer(batchOf([{ device: 1, micros: T, values: { 0: 50 } }]));
    await database.pool.query("alter table flush add constraint full_disk check (seq < 2) not valid");
    await database.pool.query(
      `create function no_space() returns trigger language plpgsql as
         $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$;
       create trigger no_space before insert on flush for each row execute function no_space()`,
    );
    const refused = await Promise.allSettled([
      pipeline.offer(batchOf([{ device: 1, micros: T + 1, values: { 0: 5 } }])),
      pipeline.offer(batchOf([{ device: 2, micros: T + 1, values: { 0: 5 } }])),
    ]);
    expect(refused.map((one) => one.status === "rejected" && one.reason.code)).toEqual(
      Array(2).fill("pipeline.commit_failed"),
    );
    expect(errors).toHaveLength(1);
    await database.pool.query("drop trigger no_space on flush; alter table flush drop constraint full_disk");
    await pipeline.offer(batchOf([{ device: 1, micros: T + 1, values: { 0: 5 } }]));
    expect(await transitions()).toEqual(["1 1 firing 1"]);
    expect(Object.keys(await stored(reader, 2))).toEqual([]);
  });

  it("a message that can never be stored is set aside with its reason, and only that one", async () => {
    const { pipeline, reader } = await start({ rules: lowRules() });
    await database.pool.query("alter table rule_transition add constraint poison check (value > -100)");
    const messages = Array.from({ length: 50 }, (_, i) => ({
      device: i + 1,
      micros: T + i,
      values: { 0: i === 33 ? -1000 : 20 },
    }));
    const outcome = await pipeline.offer(batchOf([...messages, { device: 1_000_007, micros: T, values: { 0: 1 } }]));
    expect(outcome.rejected.map(({ index, error }) => [index, error.code])).toEqual([
      [33, "reading.unstorable"],
      [50, "reading.unstorable"],
    ]);
    const { rows } = await database.pool.query("select device_uid, reason from rejected_message order by id");
    expect(await countNewRejected(database.pool)).toEqual(
      expect.arrayContaining([
        { organizationId: 1, count: 1 },
        { organizationId: null, count: 1 },
      ]),
    );
    expect(rows).toEqual([
      { device_uid: "device-34", reason: expect.stringContaining("poison") },
      { device_uid: null, reason: expect.stringContaining("not registered") },
    ]);
    expect(Object.keys(await stored(reader, 34))).toEqual([]);
    expect(Object.keys(await stored(reader, 50))).toHaveLength(1);
    // What was stored around it counts for rules and latest values as well.
    expect(pipeline.latestValues()!.lastMicros(50)).toBe(T + 49);
    await pipeline.offer(batchOf([{ device: 34, micros: T + 99, values: { 0: 5 } }]));
    expect(await transitions()).toEqual(["34 1 firing 99"]);
  });

  it("a full pipeline refuses at once, says when to come again, and has room again later", async () => {
    const limits = { ...PIPELINE_LIMITS, maxWaitingMessages: 10, flushDelayMs: 60_000, flushMessages: 11 };
    const timers: (() => void)[] = [];
    const clock = {
      ...systemClock,
      after(_: number, callback: () => void) {
        timers.push(callback);
        return () => undefined;
      },
    };
    const { pipeline } = await start({ limits, clock });
    const nine = Array.from({ length: 9 }, (_, i) => ({ device: 1, micros: T + i }));
    const first = pipeline.offer(batchOf(nine));
    expect(() => pipeline.offer(batchOf(nine))).toThrow(
      expect.objectContaining({ code: "pipeline.full", kind: "unavailable", retryAfterMs: 1000 }),
    );
    const room = pipeline.whenRoom();
    for (const fire of timers) fire();
    await first;
    await room;
    expect(pipeline.hasRoom(9)).toBe(true);
  });
});

describe("ownership", () => {
  it("a pipeline whose partition was taken over stores nothing and says so", async () => {
    const first = await start();
    await first.pipeline.offer(batchOf([{ device: 1, micros: T, values: { 0: 1 } }]));
    const second = await start();
    await expect(first.pipeline.offer(batchOf([{ device: 1, micros: T + 1, values: { 0: 2 } }]))).rejects.toThrow();
    expect(first.fenced).toBe(true);
    expect(() => first.pipeline.offer(batchOf([{ device: 1, micros: T + 2 }]))).toThrow(
      expect.objectContaining({ code: "pipeline.not_running" }),
    );
    await second.pipeline.offer(batchOf([{ device: 1, micros: T + 3, values: { 0: 4 } }]));
    expect(await stored(second.reader, 1)).toEqual({ [T]: { 0: 1 }, [T + 3]: { 0: 4 } });
  });
});
