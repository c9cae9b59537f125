import { NO_LIMITS, ValidityLimits } from "@sluice/core/telemetry/validity.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GENERATION_LIMITS } from "../pipeline/generation-keeper.ts";
import {
  batchOf,
  fixtureDevice,
  lowRules,
  type PipelineFixture,
  startPipeline,
} from "../pipeline/testing/pipeline-fixture.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";

const T = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
/** Metric 0 lies in 0 … 100, hangs after 10 s and leaps by more than 20 within a minute; metric 1 has no limits. */
const LIMITED = new ValidityLimits([
  { minimum: 0, maximum: 100, flatlineMs: 10_000, maxStep: 20, stepMs: 60_000 },
  { minimum: null, maximum: null, flatlineMs: null, maxStep: null, stepMs: null },
]);
const RANGE = 1;
const FLATLINE = 2;
const SPIKE = 4;

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

/** Devices of profile 2 (odd numbers) have the limits, those of profile 1 none. */
function limitedDevice(id: number) {
  const device = fixtureDevice(id);
  return device && { ...device, profile: { ...device.profile, validity: id % 2 === 1 ? LIMITED : NO_LIMITS } };
}

async function start(options: Parameters<typeof startPipeline>[1] = {}): Promise<PipelineFixture> {
  const fixture = await startPipeline(database, {
    directory: { cachedDeviceById: limitedDevice, resolveIds: async () => new Map() },
    ...options,
  });
  running.push(fixture);
  return fixture;
}

/** Restarts when there is one running: nothing is left in memory. */
async function restart(options?: Parameters<typeof startPipeline>[1]): Promise<PipelineFixture> {
  for (const { pipeline } of running.splice(0)) await pipeline.stop();
  return start(options);
}

const offer = ({ pipeline }: PipelineFixture, device: number, seconds: number, values: Record<number, number>) =>
  pipeline.offer(batchOf([{ device, micros: T + seconds * SECOND, values }]));

/** Second → value and flags of metric 0. */
async function readings({ reader }: PipelineFixture, device: number): Promise<readonly (readonly number[])[]> {
  const { timesMicros, columns, flags } = await reader.series({ deviceId: device, fromMicros: 0, toMicros: 2 ** 52 });
  return Array.from(timesMicros, (micros, row) => [
    (micros - T) / SECOND,
    columns.get(0)![row]!,
    flags.get(0)?.[row] ?? 0,
  ]);
}

test("invalid readings are stored and shown with what is wrong with them; the others have no mark", async () => {
  const sluice = await start();
  await offer(sluice, 1, 0, { 0: 50, 1: 1e9 });
  await offer(sluice, 1, 1, { 0: 101 });
  await offer(sluice, 1, 2, { 0: 90 });
  await offer(sluice, 1, 3, { 0: 51 });
  await offer(sluice, 2, 3, { 0: 101 });
  expect(await readings(sluice, 1)).toEqual([
    [0, 50, 0],
    [1, 101, RANGE],
    [2, 90, SPIKE],
    [3, 51, 0],
  ]);
  expect(await readings(sluice, 2)).toEqual([[3, 101, 0]]);
});

test("means leave invalid readings out, and a bucket of nothing else is none", async () => {
  const { pipeline, reader } = await start();
  const values = [10, 12, 101, 14];
  const messages = values.map((value, i) => ({ device: 1, micros: T + i * SECOND, values: { 0: value } }));
  await pipeline.offer(batchOf([...messages, { device: 1, micros: T + HOUR, values: { 0: -5 } }]));
  const query = { deviceId: 1, fromMicros: 0, toMicros: 2 ** 52, interval: "1h" };
  const { timesMicros, columns } = await reader.buckets({ ...query, aggregates: ["mean", "max", "count"] });
  expect(timesMicros).toHaveLength(1);
  const columnsOf = columns.get(0)!;
  expect([columnsOf.get("mean"), columnsOf.get("max"), columnsOf.get("count")].map((column) => column![0])).toEqual([
    12, 14, 3,
  ]);
});

test("the newest reading is shown, marked, beside the newest valid one, in memory and out of the store", async () => {
  let sluice = await start();
  const latest = async () => {
    const fromStore = await sluice.reader.latest(1);
    expect(sluice.pipeline.latestValues()!.latest(1)).toEqual(fromStore);
    return fromStore!.values.get(0);
  };
  await offer(sluice, 1, 0, { 0: 50 });
  expect(await latest()).toEqual({ timeMicros: T, value: 50 });
  await offer(sluice, 1, 1, { 0: 101 });
  const marked = { timeMicros: T + SECOND, value: 101, flags: RANGE, valid: { timeMicros: T, value: 50 } };
  expect(await latest()).toEqual(marked);
  sluice = await restart();
  expect(await latest()).toEqual(marked);
  await offer(sluice, 1, 2, { 0: 52 });
  expect(await latest()).toEqual({ timeMicros: T + 2 * SECOND, value: 52 });
});

test("a snapshot of a closed generation keeps the mark and the newest valid reading", async () => {
  const generationLimits = { ...GENERATION_LIMITS, maxMessages: 1 };
  let sluice = await start({ generationLimits });
  await offer(sluice, 1, 0, { 0: 50 });
  await offer(sluice, 1, 1, { 0: 90, 1: 3 });
  for (let second = 2; second < 5; second++) await offer(sluice, 3, second, { 0: 1 });
  const marked = { timeMicros: T + SECOND, value: 90, flags: SPIKE, valid: { timeMicros: T, value: 50 } };
  sluice = await restart({ generationLimits });
  expect(sluice.pipeline.latestValues()!.value(1, 0)).toEqual(marked);
  expect(sluice.pipeline.latestValues()!.value(1, 1)).toEqual({ timeMicros: T + SECOND, value: 3 });
});

test("what came before a restart still judges: a leap from the last valid reading, a value that hangs", async () => {
  let sluice = await start();
  for (let second = 0; second <= 12; second += 2) await offer(sluice, 1, second, { 0: 50 });
  await offer(sluice, 3, 12, { 0: 40 });
  sluice = await restart();
  await offer(sluice, 1, 14, { 0: 50 });
  await offer(sluice, 3, 14, { 0: 80 });
  await offer(sluice, 3, 15, { 0: 81 });
  await offer(sluice, 1, 16, { 0: 49.9 });
  expect((await readings(sluice, 1)).slice(-3)).toEqual([
    [12, 50, FLATLINE],
    [14, 50, FLATLINE],
    [16, 49.9, 0],
  ]);
  expect(await readings(sluice, 3)).toEqual([
    [12, 40, 0],
    [14, 80, SPIKE],
    [15, 81, 0],
  ]);
});

test("a message that is sent again keeps its mark, and a corrected one gets its own", async () => {
  const sluice = await start();
  await offer(sluice, 1, 0, { 0: 50 });
  await offer(sluice, 1, 1, { 0: 90 });
  await offer(sluice, 1, 2, { 0: 50 });
  // Late now, and by its range alone it would pass.
  await offer(sluice, 1, 1, { 0: 90 });
  expect(await readings(sluice, 1)).toEqual([
    [0, 50, 0],
    [1, 90, SPIKE],
    [2, 50, 0],
  ]);
  await offer(sluice, 1, 1, { 0: 51 });
  expect((await readings(sluice, 1))[1]).toEqual([1, 51, 0]);
});

test("marks survive the merging of small slices", async () => {
  const sluice = await start();
  for (let second = 0; second < 200; second++)
    await offer(sluice, 1, second, { 0: second % 50 === 49 ? 101 : 50 + (second % 7) });
  const { rows } = await database.pool.query("select count(*)::int as slices from slice_0_1");
  expect(rows[0].slices).toBeLessThan(100);
  const marked = (await readings(sluice, 1)).filter(([, , flags]) => flags !== 0);
  expect(marked).toEqual([49, 99, 149, 199].map((second) => [second, 101, RANGE]));
});

test("what a refused flush had remembered is forgotten, so that its readings are judged alike when they come again", async () => {
  const sluice = await start();
  const messages = [50, 90, 91].map((value, second) => ({
    device: 1,
    micros: T + second * SECOND,
    values: { 0: value },
  }));
  const unregistered = { device: 1_000_001, micros: T, values: { 0: 1 } };
  const { rejected } = await sluice.pipeline.offer(batchOf([...messages, unregistered]));
  expect(rejected).toMatchObject([{ index: 3 }]);
  expect(await readings(sluice, 1)).toEqual([
    [0, 50, 0],
    [1, 90, SPIKE],
    [2, 91, 0],
  ]);
});

test("an invalid reading fires nothing, also after a restart; the next valid one does", async () => {
  const firings = async () => {
    const { rows } = await database.pool.query(
      "select device_id as device, state, value from rule_transition order by seq",
    );
    return rows;
  };
  let sluice = await start({ rules: lowRules() });
  await offer(sluice, 1, 0, { 0: 20 });
  await offer(sluice, 1, 1, { 0: -5 });
  await offer(sluice, 2, 1, { 0: -5 });
  expect(await firings()).toEqual([{ device: 2, state: "firing", value: -5 }]);
  sluice = await restart({ rules: lowRules() });
  await offer(sluice, 1, 2, { 0: -6 });
  expect(await firings()).toHaveLength(1);
  await offer(sluice, 1, 3, { 0: 9 });
  expect((await firings()).slice(1)).toEqual([{ device: 1, state: "firing", value: 9 }]);
});
