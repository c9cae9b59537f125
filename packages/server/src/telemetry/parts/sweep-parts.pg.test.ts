import { randomUUID } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { durableFiles } from "../../platform/object-store/durable-files.ts";
import { createFolderObjectStore } from "../../platform/object-store/folder-object-store.ts";
import type { ObjectStore } from "../../platform/object-store.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { claimObjectStore, MARKER } from "./claim-object-store.ts";
import { compactNext } from "./compact-parts.ts";
import { hasSettlingWork } from "./part-store.ts";
import { DAY_MICROS } from "./periods.ts";
import type { RoundReport } from "./round-report.ts";
import { settleNext } from "./settle-generation.ts";
import { type RoundOptions, runSettlingRound } from "./settling-round.ts";
import { deleteDoomed, deleteOrphans, dropSettledTables } from "./sweep-parts.ts";
import { DEVICES, fill, isOfClosingDevice, settleAll, startSmallGenerations, T } from "./testing/random-readings.ts";
import { createTestFolder, readParts, readTables, startSettler, type TestFolder } from "./testing/settling-fixture.ts";

const AT_ONCE = { readGraceMs: 0, orphanAgeMs: 0 };
const IN_FUTURE_MS = Date.now() + 1e9;

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

async function objects(store: ObjectStore = folder.store): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list("")) if (name !== MARKER) names.push(name);
  return names.sort();
}

const messagesOf = ({ errors }: RoundReport) => errors.map(({ message }) => message).join();

async function neededObjects(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select unnest(array[name, sidecar_name]) as name from part where state in ('live', 'writing')",
  );
  return rows.map(({ name }) => name).sort();
}

async function contentsOfParts() {
  const contents = await readParts(database, folder.store);
  return Object.fromEntries(Object.entries(contents).filter(([place]) => !isOfClosingDevice(place)));
}

describe("sweeping", () => {
  it("leaves exactly what the live parts need, after deaths, compaction and files of nobody", async () => {
    await fill(sluice, database, 40, 43);
    const source = await readTables(database, DEVICES);
    const dying = (await startSettler(database, folder.store, async (step) => {
      if (step !== "sidecar-stored") return;
      await dying.die();
      throw new Error("died");
    }))!;
    await expect(settleNext(dying.context)).rejects.toThrow("died");
    const settler = (await startSettler(database, folder.store))!;
    await claimObjectStore(settler.client as never, folder.store, randomUUID);
    await settleAll(settler);
    while ((await compactNext(settler.context, T + 60 * DAY_MICROS)) !== undefined);
    await folder.store.put("raw/1/1/2026-10/nobody.parquet", new Uint8Array(3));

    expect(await deleteDoomed(settler.context, { ...AT_ONCE, readGraceMs: 3600_000 })).toBe(0);
    expect(await deleteOrphans(settler.context, { ...AT_ONCE, orphanAgeMs: 3600_000 }, Date.now())).toBe(0);
    expect(await deleteDoomed(settler.context, AT_ONCE)).toBeGreaterThan(10);
    expect(await deleteOrphans(settler.context, AT_ONCE, IN_FUTURE_MS)).toBe(1);
    expect(await objects()).toEqual(await neededObjects());
    expect(await contentsOfParts()).toEqual(source);
    await settler.die();
  });

  it("takes nothing of a slow settler that is still at work, and everything of one that was given up", async () => {
    await fill(sluice, database, 20, 47);
    await claimObjectStore(database.pool, folder.store, randomUUID);
    let resume = () => {};
    const reached = Promise.withResolvers<void>();
    const slow = (await startSettler(database, folder.store, async (step) => {
      if (step !== "raw-stored") return;
      reached.resolve();
      await new Promise<void>((resolve) => {
        resume = resolve;
      });
    }))!;
    const slowRun = settleNext(slow.context).then(
      () => "committed",
      (error: Error) => error.message,
    );
    await reached.promise;
    const before = await objects();
    expect(before.length).toBe(1);
    // Whoever sweeps without the lock abandons nothing; the file has a row, so it is no orphan however old it seems.
    await deleteDoomed({ ...slow.context, db: database.pool as never }, AT_ONCE);
    await deleteOrphans({ ...slow.context, db: database.pool as never }, AT_ONCE, IN_FUTURE_MS);
    expect(await objects()).toEqual(before);

    await slow.client.query("select pg_advisory_unlock_all()");
    const next = (await startSettler(database, folder.store))!;
    await deleteDoomed(next.context, AT_ONCE);
    expect(await objects()).toEqual([]);
    // It goes on, puts its sidecar although it was given up, and notices at the latest at its commit.
    resume();
    expect(await slowRun).not.toBe("committed");
    await settleAll(next);
    await deleteOrphans(next.context, AT_ONCE, IN_FUTURE_MS);
    expect(await objects()).toEqual(await neededObjects());
    await slow.die();
    await next.die();
  });

  it("drops the tables of settled generations after the grace, never one that is being read", async () => {
    await fill(sluice, database, 20, 53);
    const settler = (await startSettler(database, folder.store))!;
    await settler.client.query("set lock_timeout = 50");
    const settled = await settleAll(settler);
    expect(await dropSettledTables(settler.context, { ...AT_ONCE, readGraceMs: 3600_000 })).toBe(0);
    const reader = await database.pool.connect();
    await reader.query("begin; select count(*) from slice_0_1");
    expect(await dropSettledTables(settler.context, AT_ONCE)).toBe(settled - 1);
    await reader.query("commit");
    reader.release();
    expect(await dropSettledTables(settler.context, AT_ONCE)).toBe(1);
    const { rows } = await database.pool.query("select to_regclass('slice_0_1') is null as gone");
    expect(rows[0].gone).toBe(true);
    await sluice.pipeline.stop();
    await sluice.pipeline.start();
    await settler.die();
  });
});

describe("an object store", () => {
  const round = (options: Partial<RoundOptions> = {}) =>
    runSettlingRound({
      connectionString: database.url,
      store: folder.store,
      clock: systemClock,
      newUuid: randomUUID,
      sweepsOrphans: true,
      sweepLimits: { readGraceMs: 0, orphanAgeMs: -1e12 },
      isStopping: () => false,
      ...options,
    });
  const countOf = async (what: string) =>
    (await database.pool.query(`select count(*)::int as n from ${what}`)).rows[0].n;

  it("of another installation is neither written to nor swept, and readings wait", async () => {
    await fill(sluice, database, 10, 71);
    await folder.store.put(MARKER, Buffer.from('{"id":"another","epoch":"1"}\n'));
    await folder.store.put("raw/1/1/2026-10/theirs.parquet", new Uint8Array(3));
    const report = await round();
    expect(report).toMatchObject({ settled: 0, deleted: 0, hasMore: false });
    expect(messagesOf(report)).toContain("another installation's");
    expect(await objects()).toEqual(["raw/1/1/2026-10/theirs.parquet"]);
    expect(await countOf("part")).toBe(0);
  });

  it("that has no marker but holds what nobody knows is another's, too", async () => {
    await folder.store.put("raw/1/1/2026-10/theirs.parquet", new Uint8Array(3));
    expect(messagesOf(await round())).toContain("knows nothing");
    expect(await objects()).toEqual(["raw/1/1/2026-10/theirs.parquet"]);
  });

  it("that is empty while readings are settled is one that was not mounted: nothing is written into it", async () => {
    await fill(sluice, database, 10, 73);
    expect((await round({ deletes: false })).errors).toEqual([]);
    const elsewhere = await createTestFolder();
    const report = await round({ store: elsewhere.store });
    expect(messagesOf(report)).toContain("mount its disk");
    // With the store their tables may be the last that is left of the readings.
    expect(report.dropped).toBe(0);
    expect(await objects(elsewhere.store)).toEqual([]);
    await elsewhere.remove();
  });

  it("of which a live file is missing is not swept, the part says so, and no more once the file is back", async () => {
    await fill(sluice, database, 10, 79);
    await round();
    await folder.store.put("raw/1/1/2026-10/nobody.parquet", new Uint8Array(3));
    const [lost] = await neededObjects();
    const bytes = await folder.store.get(lost!);
    await folder.store.delete(lost!);
    const report = await round();
    expect(messagesOf(report)).toContain(lost);
    expect(await objects()).toContain("raw/1/1/2026-10/nobody.parquet");
    expect(await countOf("part where state = 'live' and error is not null")).toBe(1);
    await folder.store.put(lost!, bytes);
    expect((await round()).errors).toEqual([]);
    expect(await objects()).toEqual(await neededObjects());
    expect(await countOf("part where state = 'live' and error is not null")).toBe(0);
  });
});

describe("a round", () => {
  it("counts a grace from now on that began while the clock was ahead, and tries what was put off until then", async () => {
    await fill(sluice, database, 20, 107);
    const settler = (await startSettler(database, folder.store))!;
    await claimObjectStore(settler.client as never, folder.store, randomUUID);
    await settleNext(settler.context);
    await settler.die();
    await database.pool.query(`update generation set settled_at = now() + interval '1 year' where state = 'settled';
      update part set live_at = now() + interval '1 year' where state = 'live';
      update generation set state = 'settling', error = 'x', retry_at = now() + interval '1 year'
       where number = (select min(number) from generation where state = 'closed')`);
    expect(await hasSettlingWork(database.pool, 3600_000)).toBe(true);
    const report = await runSettlingRound({
      connectionString: database.url,
      store: folder.store,
      clock: systemClock,
      newUuid: randomUUID,
      sweepsOrphans: false,
      sweepLimits: { readGraceMs: 0, orphanAgeMs: 0 },
      isStopping: () => false,
    });
    expect(report).toMatchObject({ errors: [] });
    expect(report.settled).toBeGreaterThan(0);
    const { rows } = await database.pool.query(
      `select (select count(*)::int from generation where settled_at > now() or (state = 'settled' and dropped_at is null))
            + (select count(*)::int from part where live_at > now()) as ahead,
              (select count(*)::int from part where raw_dropped_at is not null) as dropped`,
    );
    expect(rows[0]).toEqual({ ahead: 0, dropped: 0 });
  });

  it("on a full disk frees room first, leaves nothing half made behind, and settles once there is room", async () => {
    await fill(sluice, database, 20, 83);
    const source = await readTables(database, DEVICES);
    const options = {
      connectionString: database.url,
      clock: systemClock,
      newUuid: randomUUID,
      sweepsOrphans: false,
      sweepLimits: { readGraceMs: 0, orphanAgeMs: 0 },
      isStopping: () => false,
    };
    const full = createFolderObjectStore(folder.root, { ...durableFiles, syncFile: () => Promise.reject(noSpace()) });
    const settler = (await startSettler(database, folder.store))!;
    await claimObjectStore(settler.client as never, folder.store, randomUUID);
    await settleNext(settler.context);
    await settler.die();
    const before = await objects();
    const report = await runSettlingRound({ ...options, store: full });
    expect(report).toMatchObject({ settled: 0, dropped: 1, hasMore: false });
    expect(messagesOf(report)).toContain("ENOSPC");
    expect(await objects()).toEqual(before);
    expect(await readdir(folder.store.scratchFolder)).toEqual([]);
    await database.pool.query("update generation set retry_at = null");
    const after = await runSettlingRound({ ...options, store: folder.store });
    expect(after.errors).toEqual([]);
    expect(after.settled).toBeGreaterThan(0);
    expect(await contentsOfParts()).toEqual(source);
  });

  it("goes on with everything else when a generation cannot be settled: the partition's files, and other partitions", async () => {
    await fill(sluice, database, 60, 97);
    await database.pool.query(`alter table slice_0_4 rename to lost`);
    await database.pool.query(`create table slice_1_1 (like slice_0_1);
      insert into generation (partition, number, state, closed_at) values (1, 1, 'closed', now())`);
    const report = await runSettlingRound({
      connectionString: database.url,
      store: folder.store,
      clock: { ...systemClock, nowMicros: () => T + 60 * DAY_MICROS },
      newUuid: randomUUID,
      sweepsOrphans: true,
      sweepLimits: { readGraceMs: 0, orphanAgeMs: 1e15 },
      isStopping: () => false,
    });
    expect(report.errors).toEqual([{ step: "settle", message: expect.stringContaining("slice_0_4") }]);
    expect(report).toMatchObject({ settled: 4, dropped: 4, hasMore: false });
    expect(report.compacted).toBeGreaterThan(0);
    const { rows } = await database.pool.query(
      "select partition, number, error from generation where error is not null",
    );
    expect(rows).toEqual([{ partition: 0, number: 4, error: expect.stringContaining("slice_0_4") }]);
  });

  it("deletes nothing while the database's clock cannot be trusted", async () => {
    await fill(sluice, database, 20, 89);
    const round = (deletes: boolean) =>
      runSettlingRound({
        connectionString: database.url,
        store: folder.store,
        clock: { ...systemClock, nowMicros: () => T + 60 * DAY_MICROS },
        newUuid: randomUUID,
        sweepsOrphans: false,
        deletes,
        sweepLimits: { readGraceMs: 0, orphanAgeMs: 0 },
        isStopping: () => false,
      });
    let report = await round(false);
    while (report.hasMore) report = await round(false);
    expect(report).toMatchObject({ dropped: 0, deleted: 0, errors: [] });
    expect((await objects()).length).toBeGreaterThan((await neededObjects()).length);
    const next = await round(true);
    expect(next.dropped).toBeGreaterThan(0);
    expect(next.deleted).toBeGreaterThan(0);
  });
});

function noSpace(): Error {
  return Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
}

it("a round settles, compacts and sweeps by itself", async () => {
  await fill(sluice, database, 30, 59);
  const source = await readTables(database, DEVICES);
  await writeFile(path.join(folder.root, "not-ours"), "x");
  const clock = { ...systemClock, nowMicros: () => T + 60 * DAY_MICROS };
  const round = () =>
    runSettlingRound({
      connectionString: database.url,
      store: folder.store,
      clock,
      newUuid: randomUUID,
      sweepsOrphans: true,
      sweepLimits: { readGraceMs: 0, orphanAgeMs: 1e15 },
      isStopping: () => false,
    });
  let report = await round();
  expect(report.settled).toBeGreaterThan(2);
  expect(report.compacted).toBeGreaterThan(0);
  while (report.hasMore) report = await round();
  expect((await round()).settled).toBe(0);
  expect(await contentsOfParts()).toEqual(source);
  expect((await objects()).filter((name) => name !== "not-ours")).toEqual(await neededObjects());
});
