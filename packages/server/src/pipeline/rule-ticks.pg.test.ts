import { compileRule } from "@sluice/core/rules/compile-rule.ts";
import { RuleCatalog } from "@sluice/core/rules/rule-catalog.ts";
import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { OUT_OF_RANGE } from "@sluice/core/telemetry/validity.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../ingest/testing/manual-clock.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { PIPELINE_LIMITS } from "./pipeline-options.ts";
import { TICK_RETRY_MS } from "./rule-ticks.ts";
import { batchOf, type PipelineFixture, startPipeline } from "./testing/pipeline-fixture.ts";

/** What happens to rules although no reading comes: their time, and changes of the rules themselves. */
const DRY: RuleDefinition = { kind: "threshold", metric: "0", operator: "below", value: 10 };
const DRY_FOR_A_MINUTE: RuleDefinition = { ...DRY, forMs: 60_000 };
const SILENT: RuleDefinition = { kind: "no-data", metric: "0", afterMs: 60_000 };

let database: TestDatabase;
let clock: ManualClock;
let startMicros: number;
let rules: RuleCatalog;
let fixture: PipelineFixture;

beforeEach(async () => {
  database = await createTestDatabase();
  clock = new ManualClock();
  startMicros = clock.nowMicros();
  rules = new RuleCatalog();
});
afterEach(async () => {
  await fixture.pipeline.stop();
  await database.drop();
});

async function start(): Promise<void> {
  fixture = await startPipeline(database, { rules, clock, limits: { ...PIPELINE_LIMITS, flushMessages: 1 } });
  await fixture.pipeline.settled();
}

function compile(definition: RuleDefinition, id = 1, revision = 1) {
  const inputOf = () => ({ deviceId: id, metricNumber: 0 });
  return compileRule(id, definition, { deviceId: id, revision, definedMicros: clock.nowMicros(), inputOf });
}

/** As the index does it: in force, then told. */
async function put(...compiled: ReturnType<typeof compile>[]): Promise<void> {
  fixture.pipeline.rulesChanged(rules.replace([1, 2, 3], compiled));
  await fixture.pipeline.settled();
}

async function say(value: number, device = 1): Promise<void> {
  await fixture.pipeline.offer(batchOf([{ device, micros: clock.nowMicros(), values: { 0: value } }]));
  await fixture.pipeline.settled();
}

async function pass(seconds: number): Promise<void> {
  clock.advance(seconds * 1000);
  await fixture.pipeline.settled();
}

/** "rule state episode second" */
async function transitions(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select rule_id, state, episode, reading_micros from rule_transition order by seq, ordinal",
  );
  return rows.map(({ rule_id, state, episode, reading_micros }) => {
    return `${rule_id} ${state} ${episode} ${(Number(reading_micros) - startMicros) / 1e6}`;
  });
}

async function countFlushes(): Promise<number> {
  return (await database.pool.query("select count(*)::int as count from flush")).rows[0].count;
}

describe("a rule that is changed", () => {
  beforeEach(async () => {
    await start();
    await put(compile(DRY));
    await say(5);
  });

  it("ends what it had begun when it is switched off or deleted, and counts on when it comes back", async () => {
    await pass(10);
    await put();
    expect(await transitions()).toEqual(["1 firing 1 0", "1 resolved 1 10"]);
    await say(5);
    await put(compile(DRY));
    await pass(10);
    await say(5);
    expect((await transitions()).slice(2)).toEqual(["1 firing 2 20"]);
  });

  it("ends what it had begun when its definition is another one, and begins anew", async () => {
    await pass(10);
    await put(compile(DRY_FOR_A_MINUTE, 1, 2));
    await say(5);
    await pass(60);
    expect((await transitions()).slice(1)).toEqual(["1 resolved 1 10", "1 pending 2 10", "1 firing 2 70"]);
  });

  it("ends what it had begun at its next reading, even while a flush that failed holds the change back", async () => {
    await database.pool.query(
      `create function no_space() returns trigger language plpgsql as
         $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$;
       create trigger no_space before insert on flush for each row execute function no_space()`,
    );
    await pass(10);
    await put(compile({ ...DRY, value: 20 }, 1, 2));
    await database.pool.query("drop trigger no_space on flush");
    await say(15);
    expect(await transitions()).toEqual(["1 firing 1 0", "1 resolved 1 10", "1 firing 2 10"]);
    await pass(TICK_RETRY_MS / 1000);
    expect(await transitions()).toHaveLength(3);
  });

  it("goes on when anything but its definition was changed", async () => {
    await pass(10);
    await put(compile(DRY));
    await say(5);
    expect(await transitions()).toEqual(["1 firing 1 0"]);
  });

  it("ends what it had begun also when it was taken away while nobody was there", async () => {
    await fixture.pipeline.stop();
    rules = new RuleCatalog();
    await pass0(30);
    await start();
    expect(await transitions()).toEqual(["1 firing 1 0", "1 resolved 1 30"]);
    await fixture.pipeline.stop();
    await start();
    expect(await transitions()).toHaveLength(2);
  });

  it("goes on from a state of version 1", async () => {
    await fixture.pipeline.stop();
    await database.pool.query("update flush set rule_states = $1 where rule_states is not null", [
      Buffer.from(JSON.stringify([1, [[1, 1, "firing", 41]]])),
    ]);
    await start();
    await pass(1);
    await say(50);
    expect((await transitions()).at(-1)).toBe("1 resolved 41 1");
  });

  it("opens the gate of another when it is switched off", async () => {
    const gated: RuleDefinition = { ...DRY, gates: [{ kind: "rule", rule: 1, is: "not-firing" }] };
    const inputOf = () => ({ deviceId: 2, metricNumber: 0 });
    const second = compileRule(2, gated, { deviceId: 2, definedMicros: startMicros, inputOf });
    await put(compile(DRY), second);
    await say(5, 2);
    expect(await transitions()).toEqual(["1 firing 1 0"]);
    await pass(5);
    await put(second);
    expect((await transitions()).slice(1)).toEqual(["1 resolved 1 5", "2 firing 1 5"]);
  });

  async function pass0(seconds: number): Promise<void> {
    clock.advance(seconds * 1000);
  }
});

describe("a tick", () => {
  it("waits for a device whose readings come late also after a restart", async () => {
    await start();
    await put(compile(SILENT));
    const sayLate = async () => {
      const micros = clock.nowMicros() - 3_600_000_000;
      await fixture.pipeline.offer(batchOf([{ device: 1, micros, values: { 0: 5 } }]));
      await fixture.pipeline.settled();
    };
    await sayLate();
    await pass(3_630);
    await sayLate();
    await fixture.pipeline.stop();
    await start();
    await pass(59);
    expect(await transitions()).toEqual([]);
    await pass(1);
    expect(await transitions()).toEqual(["1 firing 1 90"]);
  });

  it("stores no state for a lag that hardly changes", async () => {
    await start();
    await put(compile(SILENT));
    for (let i = 0; i < 5; i++) {
      clock.advance(10_000);
      const micros = clock.nowMicros() - 3_600_000_000 + i * 1_000_000;
      await fixture.pipeline.offer(batchOf([{ device: 1, micros, values: { 0: 5 } }]));
      await fixture.pipeline.settled();
    }
    const { rows } = await database.pool.query(
      "select count(*)::int as count from flush where rule_states is not null",
    );
    expect(rows[0].count).toBe(1);
  });

  it("needs no flush where it finds nothing due", async () => {
    await start();
    await put(compile(SILENT));
    for (let i = 0; i < 10; i++) {
      await say(5);
      await pass(50);
    }
    expect(await countFlushes()).toBe(10);
    await pass(10);
    expect(await transitions()).toEqual(["1 firing 1 510"]);
    expect(await countFlushes()).toBe(11);
    await pass(3600);
    expect(await countFlushes()).toBe(11);
  });

  it("that could not be committed comes again after a pause, and once", async () => {
    await start();
    await put(compile(DRY_FOR_A_MINUTE));
    await say(5);
    await database.pool.query(
      `create function no_space() returns trigger language plpgsql as
         $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$;
       create trigger no_space before insert on flush for each row execute function no_space()`,
    );
    await pass(60);
    expect(fixture.errors).toHaveLength(1);
    expect(await transitions()).toEqual(["1 pending 1 0"]);
    await database.pool.query("drop trigger no_space on flush");
    await pass((TICK_RETRY_MS - 1) / 1000);
    expect(await transitions()).toHaveLength(1);
    await pass(0.001);
    expect(await transitions()).toEqual(["1 pending 1 0", "1 firing 1 60"]);
    expect(fixture.errors).toHaveLength(1);
  });

  it("that can never be committed keeps no reading from being stored", async () => {
    await start();
    await put(compile(DRY_FOR_A_MINUTE), compile(SILENT, 2));
    await say(5);
    await say(5, 2);
    await database.pool.query("alter table rule_transition add constraint poison check (state <> 'firing')");
    await pass(60);
    await say(7, 3);
    expect(fixture.errors.length).toBeGreaterThan(0);
    const { rows } = await database.pool.query("select count(*)::int as count from rejected_message");
    expect(rows[0].count).toBe(0);
    expect(fixture.pipeline.latestValues()!.lastMicros(3)).toBe(clock.nowMicros());
    await database.pool.query("alter table rule_transition drop constraint poison");
    await pass(TICK_RETRY_MS / 1000);
    expect((await transitions()).sort()).toEqual(["1 firing 1 60", "1 pending 1 0", "2 firing 1 60"]);
  });

  it("of many rules at once is shared out among flushes, and none is forgotten", async () => {
    const many = Array.from({ length: 12_000 }, (_, index) => compile(SILENT, index + 1));
    rules = new RuleCatalog(many);
    await start();
    await pass(60);
    const { rows } = await database.pool.query(
      "select count(*)::int as fired, count(distinct seq)::int as flushes from rule_transition where state = 'firing'",
    );
    expect(rows[0]).toEqual({ fired: 12_000, flushes: 2 });
  });

  it("is not needed for a reading that is marked invalid, which does not act", async () => {
    await start();
    await put(compile({ ...DRY, resolveAfterMs: 60_000 }));
    const batch = batchOf([{ device: 1, micros: clock.nowMicros(), values: { 0: 5 } }]);
    batch.setFlags(0, OUT_OF_RANGE);
    await fixture.pipeline.offer(batch);
    await pass(1);
    expect(await transitions()).toEqual([]);
    await say(5);
    expect(await transitions()).toEqual(["1 firing 1 1"]);
  });
});
