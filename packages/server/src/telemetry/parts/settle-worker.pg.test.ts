import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { createLogger } from "../../platform/logger.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { MARKER } from "./claim-object-store.ts";
import { SettleWorker, type SettleWorkerOptions } from "./settle-worker.ts";
import { DEVICES, fill, isOfClosingDevice, startSmallGenerations } from "./testing/random-readings.ts";
import { createTestFolder, readParts, readTables, type TestFolder } from "./testing/settling-fixture.ts";

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

const newWorker = (options: Partial<SettleWorkerOptions> = {}) =>
  new SettleWorker({
    pool: database.pool,
    connectionString: database.url,
    objectStore: { kind: "folder", folder: folder.root },
    clock: systemClock,
    logger: createLogger("silent"),
    ...options,
  });

it("settles in a thread of its own, two at once do it once, and being stopped midway loses nothing", async () => {
  await fill(sluice, database, 40, 61);
  const source = await readTables(database, DEVICES);
  const stopped = newWorker();
  stopped.start();
  await stopped.stop();
  const workers = [newWorker(), newWorker()];
  for (const worker of workers) worker.start();
  await Promise.all(workers.map((worker) => worker.settled()));
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(workers.map((worker) => worker.health().lastError)).toEqual([null, null]);
  const parts = Object.entries(await readParts(database, folder.store));
  expect(Object.fromEntries(parts.filter(([place]) => !isOfClosingDevice(place)))).toEqual(source);
});

it("stops however long a request of its thread takes", async () => {
  await fill(sluice, database, 10, 67);
  const isHeld = Promise.withResolvers<void>();
  const silent = http.createServer(() => isHeld.resolve());
  await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const cacheFolder = path.join(folder.root, "cache");
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const where = { bucket: "b", prefix: "", endpoint: `http://127.0.0.1:${port}`, region: "us-east-1", credentials };
  // What it waits for until it ends the thread is over at once here.
  const clock: Clock = { ...systemClock, after: (ms, callback) => systemClock.after(ms === 10_000 ? 0 : ms, callback) };
  const objectStore = { kind: "s3", ...where, cacheFolder, maxCacheBytes: 1e6 } as const;
  const worker = newWorker({ clock, objectStore });
  worker.start();
  await isHeld.promise;
  await worker.stop();
  expect(worker.health()).toMatchObject({ isRunning: false, lastError: null });
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  const { rows } = await database.pool.query("select count(*)::int as n from generation where state in ('settled')");
  expect(rows[0].n).toBe(0);
});

it("drops no table while the database's clock has just gone another way than its own", async () => {
  await fill(sluice, database, 10, 73);
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
  const dropped = async () =>
    (await database.pool.query("select count(*)::int as n from generation where dropped_at is not null")).rows[0].n;
  const worker = newWorker({ clock });
  worker.start();
  await worker.settled();
  await database.pool.query("update generation set settled_at = now() - interval '1 hour' where state = 'settled'");
  aheadMs = 3_600_000;
  worker.nudge();
  await worker.settled();
  expect(await dropped()).toBe(0);
  await worker.stop();
  const other = newWorker();
  other.start();
  await other.settled();
  await other.stop();
  expect(await dropped()).toBeGreaterThan(0);
});

it("begins no thread once it was told to stop, and says what did not work", async () => {
  await fill(sluice, database, 10, 71);
  await folder.store.put(MARKER, Buffer.from('{"id":"another","epoch":"1"}\n'));
  const worker = newWorker();
  worker.start();
  await worker.settled();
  expect(worker.health().lastError).toContain("another installation's");
  const stopped = worker.stop();
  worker.nudge();
  await stopped;
  expect(worker.roundCounts()).toEqual({ done: 1, failed: 1 });
});

it("settles at every poll while something else fails, which waits longer each time", async () => {
  await fill(sluice, database, 10, 79);
  let aheadMs = 0;
  const pauses: number[] = [];
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    after: (ms, callback) => {
      if (ms >= 10_000) pauses.push(ms);
      return systemClock.after(ms, callback);
    },
  };
  const worker = newWorker({ clock });
  const nudge = async () => {
    worker.nudge();
    await worker.settled();
  };
  worker.start();
  await worker.settled();
  expect(worker.health().lastError).toBeNull();
  // Of a table that cannot be dropped.
  await database.pool.query(`create view holding as select count(*) from slice_0_1;
    update generation set settled_at = now() - interval '1 hour' where number = 1`);
  await nudge();
  expect(worker.health().lastError).toContain("depend");
  for (let round = 0; round < 2; round++) {
    await fill(sluice, database, 10, 80 + round);
    await nudge();
    const { rows } = await database.pool.query(
      "select count(*)::int as n from generation where state in ('closed', 'settling')",
    );
    expect(rows[0].n).toBe(0);
  }
  // It was not tried again, and is not forgotten.
  expect(worker.roundCounts()).toMatchObject({ failed: 1 });
  expect(worker.health().lastError).toContain("depend");
  await database.pool.query("drop view holding");
  aheadMs = 30_000;
  await nudge();
  expect(worker.health().lastError).toBeNull();
  expect(new Set(pauses)).toEqual(new Set([10_000]));
  await worker.stop();
});
