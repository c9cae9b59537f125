import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { compactNext } from "./compact-parts.ts";
import { hasSettlingWork } from "./part-store.ts";
import { DAY_MICROS } from "./periods.ts";
import { SETTLE_OPTIONS, settleNext } from "./settle-generation.ts";
import type { SettlingStep } from "./settling-context.ts";
import {
  closeOpen,
  DEVICES,
  fill,
  isOfClosingDevice,
  settleAll,
  startSmallGenerations,
  T,
} from "./testing/random-readings.ts";
import {
  createTestFolder,
  readParts,
  readTables,
  startSettler,
  type TestFolder,
  type TestSettler,
} from "./testing/settling-fixture.ts";
import { readSettlingTroubles } from "./trouble-store.ts";

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  sluice = await startSmallGenerations(database);
});
afterEach(async () => {
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

async function contentsOfParts() {
  const contents = await readParts(database, folder.store);
  return Object.fromEntries(Object.entries(contents).filter(([place]) => !isOfClosingDevice(place)));
}

describe("settling", () => {
  it("keeps every reading, bit for bit, whatever came late, twice, corrected or out of order", async () => {
    await fill(sluice, database, 100, 7);
    const source = await readTables(database, DEVICES);
    const settler = (await startSettler(database, folder.store))!;
    expect(await settleAll(settler)).toBeGreaterThan(5);
    expect(await contentsOfParts()).toEqual(source);
    expect(Object.keys(source).length).toBeGreaterThan(300);
    await settler.die();
  });

  it("keeps the mark of a reading that is sent again in a later generation, and drops it with a correction", async () => {
    const send = async (value: number, mark: number, micros: number) => {
      const batch = batchOf([{ device: 1, micros, values: { 0: value } }]);
      batch.setFlags(0, mark);
      await sluice.pipeline.offer(batch);
    };
    await send(7, 2, T);
    await send(7, 2, T + 1);
    await closeOpen(sluice, database);
    await send(7, 0, T);
    await send(8, 0, T + 1);
    await closeOpen(sluice, database);
    const source = await readTables(database, [1]);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    expect(await contentsOfParts()).toEqual(source);
    expect(source[`1 ${T} 0`]).toBe("7 !2");
    expect(source[`1 ${T + 1} 0`]).toBe("8");
    await settler.die();
  });

  const STEPS: SettlingStep[] = [
    "claimed",
    "row-written",
    "file-made",
    "raw-stored",
    "sidecar-stored",
    "read-back",
    "before-commit",
    "committed",
  ];
  it("loses and doubles nothing when it dies after any step, again and again", async () => {
    await fill(sluice, database, 60, 11);
    const source = await readTables(database, DEVICES);
    for (let death = 0; death < 40; death++) {
      const step = STEPS[death % STEPS.length]!;
      let passes = Math.floor(death / STEPS.length);
      const settler: TestSettler = (await startSettler(database, folder.store, async (at) => {
        if (at !== step || passes-- > 0) return;
        // First the connection, so that nothing it leaves behind is tidied up.
        await settler.die();
        throw new Error(`died: ${step}`);
      }))!;
      await settleAll(settler).then(
        () => settler.die(),
        (error) => expect(String(error)).toContain("died"),
      );
    }
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    expect(await contentsOfParts()).toEqual(source);
    const { rows } = await database.pool.query("select count(*)::int as writing from part where state = 'writing'");
    expect(rows[0].writing).toBe(0);
    await settler.die();
  });

  it("has one settler a partition, and a slow one that lost its lock commits nothing", async () => {
    await fill(sluice, database, 40, 13);
    const source = await readTables(database, DEVICES);
    let resume = () => {};
    const reached = Promise.withResolvers<void>();
    const slow = (await startSettler(database, folder.store, async (step) => {
      if (step !== "before-commit") return;
      reached.resolve();
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    }))!;
    const slowRun = settleNext(slow.context).catch((error: Error) => error.message);
    await reached.promise;
    expect(await startSettler(database, folder.store)).toBeUndefined();

    // Its lock is gone although it lives, as when another takes a stalled machine for dead.
    await slow.client.query("select pg_advisory_unlock_all()");
    const second = (await startSettler(database, folder.store))!;
    await settleAll(second);
    resume();
    expect(await slowRun).toContain("abandoned");
    expect(await contentsOfParts()).toEqual(source);
    await slow.die();
    await second.die();
  });

  it("notes a generation that cannot be settled, lets later ones wait, and tries again later and later", async () => {
    await fill(sluice, database, 60, 19);
    const source = await readTables(database, DEVICES);
    const settler = (await startSettler(database, folder.store))!;
    const first = (await database.pool.query("select min(number) as number from generation where state = 'closed'"))
      .rows[0].number;
    const table = `slice_0_${first}`;
    const { body } = (await database.pool.query(`select body from ${table} limit 1`)).rows[0];
    await database.pool.query(`update ${table} set body = 'broken' where body = $1`, [body]);
    const state = async () =>
      (
        await database.pool.query(
          "select state, error, failures, round(extract(epoch from retry_at - clock_timestamp()))::int as pause_s from generation where number = $1",
          [first],
        )
      ).rows[0];
    for (const pauseS of [30, 60, 120]) {
      await expect(settleNext(settler.context)).rejects.toThrow();
      expect(await state()).toMatchObject({ state: "settling", error: expect.any(String) });
      expect(Math.abs((await state()).pause_s - pauseS)).toBeLessThan(10);
      expect(await settleNext(settler.context)).toBeUndefined();
      expect(await hasSettlingWork(database.pool, 3600_000)).toBe(false);
      await database.pool.query("update generation set retry_at = null where number = $1", [first]);
    }
    expect((await readSettlingTroubles(database.pool)).generations).toBe(1);
    expect(Object.keys(await contentsOfParts())).toHaveLength(0);

    await database.pool.query(`update ${table} set body = $1 where body = 'broken'`, [body]);
    await settleAll(settler);
    expect(await contentsOfParts()).toEqual(source);
    expect(await state()).toMatchObject({ state: "settled", error: null, pause_s: null });
    await settler.die();
  });

  it("is not done with a generation of which rows went into no part", async () => {
    await fill(sluice, database, 20, 21);
    const settler = (await startSettler(database, folder.store))!;
    const { rows } = await database.pool.query("select min(number) as number from generation where state = 'closed'");
    await database.pool.query(`update slice_0_${rows[0].number} set rows = rows + 1`);
    await expect(settleNext(settler.context)).rejects.toThrow(/\d+ of \d+ rows went into parts/);
    expect((await database.pool.query("select 1 from part where state = 'live'")).rowCount).toBe(0);
    await settler.die();
  });

  it("gives what is nobody's any more to organization 0, and what is merged with it to whoever had it", async () => {
    await database.pool.query(
      `insert into organization (id, slug, name) overriding system value values (7, 'seven', 'Seven')`,
    );
    await database.pool.query(
      `insert into device_profile (id, organization_id, key, name) overriding system value values (2, 7, 'odd', 'Odd')`,
    );
    const send = async (value: number) => {
      await sluice.pipeline.offer(batchOf([{ device: 1, micros: T, values: { 0: value } }]));
      await closeOpen(sluice, database);
    };
    await send(1);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    await database.pool.query("delete from device_profile where id = 2");
    await send(2);
    await settleAll(settler);
    const organizations = async () =>
      (
        await database.pool.query(
          "select organization_id from part where state = 'live' and profile_id = 2 order by sequence",
        )
      ).rows.map(({ organization_id }) => organization_id);
    expect(await organizations()).toEqual([7, 0]);
    while ((await compactNext(settler.context, T + 60 * DAY_MICROS)) !== undefined);
    expect(await organizations()).toEqual([7]);
    expect((await contentsOfParts())[`1 ${T} 0`]).toBe("2");
    await settler.die();
  });

  it("settles a generation that does not fit the memory device range by device range", async () => {
    await fill(sluice, database, 60, 17);
    const source = await readTables(database, DEVICES);
    const settler = (await startSettler(database, folder.store))!;
    while ((await settleNext(settler.context, { ...SETTLE_OPTIONS, maxOpenBytes: 2_000 })) !== undefined);
    expect(await contentsOfParts()).toEqual(source);
    const { rows } = await database.pool.query(
      "select count(*)::int as parts from part a join part b using (generation, profile_id) where a.state = 'live' and b.state = 'live' and a.max_device < b.min_device",
    );
    expect(rows[0].parts).toBeGreaterThan(0);
    await settler.die();
  });
});
