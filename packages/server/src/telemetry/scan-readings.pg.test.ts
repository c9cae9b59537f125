import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GENERATION_LIMITS } from "../pipeline/generation-keeper.ts";
import {
  batchOf,
  type PipelineFixture,
  startPipeline,
  type TestMessage,
} from "../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { createPartReader, type PartReader } from "./parts/part-reader.ts";
import { settleNext } from "./parts/settle-generation.ts";
import { createTestFolder, startSettler, type TestFolder } from "./parts/testing/settling-fixture.ts";
import { type ScanQuery, scanReadings } from "./scan-readings.ts";
import { createTelemetryReader } from "./telemetry-reader.ts";

const T = 1_700_000_000_000_000;
const FROM = T + 20_000;
const TO = T + 180_000;
const DEVICES = [2, 5, 3];
const METRICS = [1, 0];

let database: TestDatabase;
let sluice: PipelineFixture;
let folder: TestFolder;
let partReader: PartReader;
/** Late ones, versions and flushes of any size, over many generations. */
const message: fc.Arbitrary<TestMessage> = fc.record({
  device: fc.integer({ min: 1, max: 6 }),
  micros: fc.integer({ min: 0, max: 200 }).map((step) => T + step * 1000),
  values: fc.dictionary(fc.constantFrom("0", "1", "2"), fc.integer({ min: 0, max: 9 }), { maxKeys: 3 }),
});
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  partReader = createPartReader(folder.store, systemClock);
  const generationLimits = { ...GENERATION_LIMITS, maxMessages: 90 };
  sluice = await startPipeline(database, { generationLimits });
  for (const messages of fc.sample(fc.array(message, { minLength: 1, maxLength: 12 }), { numRuns: 120, seed: 5 })) {
    await sluice.pipeline.offer(batchOf(messages));
  }
});
afterAll(async () => {
  await partReader.stop();
  await folder.remove();
  await sluice.pipeline.stop();
  await database.drop();
});

const reader = () =>
  createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });

test("a series of more values than are wanted is not read", async () => {
  const query = { deviceId: 2, fromMicros: FROM, toMicros: TO, metricNumbers: METRICS };
  await expect(sluice.reader.series({ ...query, maxValues: 10 })).rejects.toMatchObject({
    code: "query.too_many_points",
    details: { limit: 10 },
  });
  expect((await sluice.reader.series(query)).timesMicros.length).toBeGreaterThan(5);
});

/** Device → [time, metric 1, metric 0] of each row that has either. */
async function scanned(query: Partial<ScanQuery>, rowsPerWindow: number) {
  const devices = DEVICES.map((deviceId) => ({ deviceId, metricNumbers: METRICS }));
  const scan = await scanReadings(
    { db: database.pool, partition: 0, partReader },
    { devices, fromMicros: FROM, toMicros: TO, ...query },
    rowsPerWindow,
  );
  const rows: number[][][] = DEVICES.map(() => []);
  let windows = 0;
  for await (const window of scan.windows()) {
    windows++;
    for (const [device, { timesMicros, columns }] of window.entries()) {
      timesMicros.forEach((time, row) => {
        rows[device]!.push([time, ...columns.map((column) => column[row]!)]);
      });
    }
  }
  return { windows, rows: rows.map((ofDevice) => ofDevice.filter(hasValue)) };
}

async function seriesOf(deviceId: number): Promise<number[][]> {
  const { timesMicros, columns } = await reader().series({ deviceId, fromMicros: FROM, toMicros: TO });
  const valueAt = (metric: number, row: number) => columns.get(metric)?.[row] ?? Number.NaN;
  const rows = Array.from(timesMicros, (time, row) => [time, ...METRICS.map((metric) => valueAt(metric, row))]);
  return rows.filter(hasValue);
}

const hasValue = ([, ...values]: readonly number[]) => values.some((value) => !Number.isNaN(value));

test("windows one after the other hold what a query of the whole holds, however small they are", async () => {
  const whole = await Promise.all(DEVICES.map(seriesOf));
  expect(whole.flat().length).toBeGreaterThan(100);
  const one = await scanned({}, 1_000_000);
  expect(one).toEqual({ windows: 1, rows: whole });
  const many = await scanned({}, 10);
  expect(many.rows).toEqual(whole);
  expect(many.windows).toBeGreaterThan(10);
});

test("it is the same once some of it is settled", async () => {
  const whole = await Promise.all(DEVICES.map(seriesOf));
  const settler = (await startSettler(database, folder.store))!;
  for (let generation = 0; generation < 4; generation++) await settleNext(settler.context);
  await settler.die();
  expect((await scanned({}, 1_000_000)).rows).toEqual(whole);
  const many = await scanned({}, 40);
  expect(many.rows).toEqual(whole);
  expect(many.windows).toBeGreaterThan(5);
  expect(await Promise.all(DEVICES.map(seriesOf))).toEqual(whole);
});

test("where nothing is stored there is one empty window", async () => {
  expect(await scanned({ fromMicros: T - 2000, toMicros: T - 1000 }, 10)).toEqual({ windows: 1, rows: [[], [], []] });
});
