import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { openObjectStore } from "../../platform/object-store/open-object-store.ts";
import type { ObjectStore } from "../../platform/object-store.ts";
import { type S3TestServer, startS3Server } from "../../platform/testing/s3-server.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { createTelemetryReader } from "../telemetry-reader.ts";
import { compactNext } from "./compact-parts.ts";
import { createPartReader, type PartReader } from "./part-reader.ts";
import { DAY_MICROS } from "./periods.ts";
import { deleteDoomed } from "./sweep-parts.ts";
import { DEVICES, fill, settleAll, startSmallGenerations, T } from "./testing/random-readings.ts";
import { createTestFolder, readAnswers, startSettler } from "./testing/settling-fixture.ts";

let database: TestDatabase;
let sluice: PipelineFixture;

beforeEach(async () => {
  database = await createTestDatabase();
  sluice = await startSmallGenerations(database);
});
afterEach(async () => {
  await sluice.pipeline.stop();
  await database.drop();
});

function readerOf(
  partReader: Pick<PartReader, "readRows" | "readQuarters" | "readBuckets" | "readQuarterStarts" | "metricsIn">,
) {
  return createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });
}

async function settleInto(store: ObjectStore): Promise<void> {
  const settler = (await startSettler(database, store))!;
  await settleAll(settler);
  await settler.die();
}

test("a query whose files are replaced and swept beneath it answers from those in their place", async () => {
  const folder = await createTestFolder();
  const partReader = createPartReader(folder.store, systemClock);
  await fill(sluice, database, 40, 12);
  await settleInto(folder.store);
  const truth = await readAnswers(readerOf(partReader), [2]);
  let swept = 0;
  const sweep = async () => {
    const settler = (await startSettler(database, folder.store))!;
    await database.pool.query("update part set live_at = to_timestamp(0)");
    while ((await compactNext(settler.context, T + 60 * DAY_MICROS)) !== undefined);
    swept = await deleteDoomed(settler.context, { readGraceMs: 0, orphanAgeMs: 0 });
    await settler.die();
  };
  const beneath = Object.assign(Object.create(partReader) as PartReader, {
    readRows: async (...asked: Parameters<PartReader["readRows"]>) => {
      if (swept === 0) await sweep();
      return partReader.readRows(...asked);
    },
  });
  expect(await readAnswers(readerOf(beneath), [2])).toEqual(truth);
  expect(swept).toBeGreaterThan(1);
  await partReader.stop();
  await folder.remove();
});

test("queries of more files than the cache of a bucket has room for are answered, and leave no more than that behind", async () => {
  const s3: S3TestServer = await startS3Server();
  const maxCacheBytes = 6_000;
  const settings = { ...s3.settings, maxCacheBytes };
  const store = await openObjectStore({ kind: "s3", ...settings }, systemClock);
  const partReader = createPartReader(store, systemClock);
  const reader = readerOf(partReader);
  await fill(sluice, database, 60, 13);
  const truth = await readAnswers(reader, DEVICES);
  await settleInto(store);
  const { rows } = await database.pool.query("select sum(bytes)::int as bytes from part where state = 'live'");
  expect(rows[0].bytes).toBeGreaterThan(2 * maxCacheBytes);
  const answers = await Promise.all([1, 2, 3].map(() => readAnswers(reader, DEVICES)));
  for (const answer of answers) expect(answer).toEqual(truth);
  // Nothing is leased any more: the next copy that is fetched takes the room of all others.
  await store.get(await anyName());
  await readAnswers(reader, [1]);
  expect(await bytesIn(settings.cacheFolder)).toBeLessThan(rows[0].bytes);
  await partReader.stop();
  await s3.stop();
}, 120_000);

async function anyName(): Promise<string> {
  const { rows } = await database.pool.query("select name from part where state = 'live' limit 1");
  return rows[0].name;
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map(async (name) => {
      const found = await stat(path.join(folder, name)).catch(() => undefined);
      return found?.isFile() ? found.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
