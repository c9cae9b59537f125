import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";
import { bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import { increase, lookBackMicros, timeWeightedMean } from "@sluice/core/telemetry/timed-aggregates.ts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchOf, type PipelineFixture, type TestMessage } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import type { AggregatedReadings, TelemetryReader } from "../reader.ts";
import { createTelemetryReader } from "../telemetry-reader.ts";
import { compactNext } from "./compact-parts.ts";
import { DuckPool } from "./duck-pool.ts";
import { PartReader } from "./part-reader.ts";
import { settleNext } from "./settle-generation.ts";
import { closeOpen, startSmallGenerations } from "./testing/random-readings.ts";
import { createTestFolder, startSettler, type TestFolder, type TestSettler } from "./testing/settling-fixture.ts";

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
const FROM = Date.UTC(2026, 9, 3) * 1000;
const TO = Date.UTC(2026, 10, 3) * 1000;
/** When the clocks of Lord Howe, Berlin and New York are changed. */
const CHANGES = [Date.UTC(2026, 9, 3, 15, 30), Date.UTC(2026, 9, 25, 1), Date.UTC(2026, 10, 1, 6)].map(
  (ms) => ms * 1000,
);
/** Of profile 1, as even devices are. */
const DEVICES = [2, 4, 8];
const METRICS = [0, 1, 7];
const ALL: Aggregate[] = ["count", "sum", "mean", "min", "max", "first", "last"];
const ZONES = ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "UTC"];
const INTERVALS = ["15m", "45m", "1h", "6h", "1d", "1w", "1mo", "20m"];

interface Reading {
  readonly value: number;
  readonly flag: number;
}

/** What is stored, kept in the plainest way: the later message holds, metric by metric. */
class Model {
  private readonly devices = new Map<number, Map<number, Map<number, Reading>>>();

  add({ device, micros, values }: TestMessage, flagOf: (value: number) => number): void {
    const times = this.devices.get(device) ?? new Map<number, Map<number, Reading>>();
    this.devices.set(device, times);
    const metrics = times.get(micros) ?? new Map<number, Reading>();
    times.set(micros, metrics);
    for (const [metric, value] of Object.entries(values ?? {})) {
      metrics.set(Number(metric), { value, flag: flagOf(value) });
    }
  }

  /** Ascending in time: [time, value], valid ones only. */
  valid(device: number, metric: number, fromMicros: number, toMicros: number): [number, number][] {
    const times = [...(this.devices.get(device) ?? [])].sort(([a], [b]) => a - b);
    return times.flatMap(([micros, metrics]): [number, number][] => {
      const reading = metrics.get(metric);
      const isWanted = reading?.flag === 0 && micros >= fromMicros && micros < toMicros;
      return isWanted ? [[micros, reading.value]] : [];
    });
  }
}

interface Asked {
  readonly interval: string;
  readonly zone: string;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly aggregates: readonly Aggregate[];
}

/** Device → bucket → metric → aggregates. */
type Table = Record<string, Record<number, number[]>>;

function expected(model: Model, asked: Asked): Table {
  const find = bucketFinder(parseInterval(asked.interval), asked.zone);
  const table: Table = {};
  for (const device of DEVICES) {
    for (const metric of METRICS) {
      const valid = model.valid(device, metric, asked.fromMicros, asked.toMicros);
      const buckets = Map.groupBy(valid, ([micros]) => find(micros).startMicros);
      const timed = timedColumns(model.valid(device, metric, 0, asked.fromMicros), valid, buckets, find, asked);
      let at = 0;
      for (const [start, readings] of buckets) {
        const values = readings.map(([, value]) => value);
        const sum = values.reduce((a, b) => a + b);
        const all: Record<Aggregate, number> = {
          count: values.length,
          sum,
          mean: sum / values.length,
          min: Math.min(...values),
          max: Math.max(...values),
          first: values[0]!,
          last: values.at(-1)!,
          timeWeightedMean: timed.timeWeightedMean[at]!,
          increase: timed.increase[at]!,
        };
        at++;
        const place = `${device} ${new Date(start / 1000).toISOString()}`;
        table[place] ??= {};
        table[place][metric] = asked.aggregates.map((aggregate) => all[aggregate]);
      }
    }
  }
  return table;
}

function timedColumns(
  earlier: readonly [number, number][],
  valid: readonly [number, number][],
  buckets: ReadonlyMap<number, readonly unknown[]>,
  find: ReturnType<typeof bucketFinder>,
  { fromMicros, toMicros }: Asked,
) {
  let end = 0;
  const first = find(fromMicros);
  const lookedBack = fromMicros - lookBackMicros(first.endMicros - first.startMicros);
  const last = earlier.findLast(([micros]) => micros >= lookedBack);
  const column = {
    before: last && { timeMicros: last[0], value: last[1] },
    timesMicros: Float64Array.from(valid, ([micros]) => micros),
    values: Float64Array.from(valid, ([, value]) => value),
    buckets: [...buckets].map(([startMicros, readings]) => {
      end += readings.length;
      const { endMicros } = find(startMicros);
      return {
        startMicros: Math.max(startMicros, fromMicros),
        endMicros: Math.min(endMicros, toMicros),
        lengthMicros: endMicros - startMicros,
        end,
      };
    }),
  };
  return { timeWeightedMean: timeWeightedMean(column), increase: increase(column) };
}

function tableOf({ deviceIds, timesMicros, columns }: AggregatedReadings): Table {
  const table: Table = {};
  timesMicros.forEach((start, row) => {
    const metrics: Record<number, number[]> = {};
    for (const [metric, byAggregate] of columns) {
      const values = [...byAggregate].map(([aggregate, column]) => ({ aggregate, value: column[row]! }));
      const isAbsent = values.every(({ aggregate, value }) =>
        aggregate === "count" ? value === 0 : Number.isNaN(value),
      );
      if (!isAbsent) metrics[metric] = values.map(({ value }) => value);
    }
    table[`${deviceIds[row]} ${new Date(start / 1000).toISOString()}`] = metrics;
  });
  return table;
}

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;
let duck: DuckPool;
let reader: TelemetryReader;
let settler: TestSettler;
const model = new Model();
const flagOf = (value: number) => (value > 90 ? 1 : 0);

/** Sums of small integers are the same in any order. */
const message: fc.Arbitrary<TestMessage> = fc.record({
  device: fc.constantFrom(...DEVICES),
  micros: fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -90, max: 90 }))
        .map(([at, step]) => at + step * 3 * MINUTE),
    },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 31 * 48 }).map((step) => FROM + step * 30 * MINUTE) },
  ),
  values: fc.dictionary(fc.constantFrom("0", "1", "7"), fc.integer({ min: 0, max: 100 }), { maxKeys: 3 }),
});

async function send(rounds: number, seed: number): Promise<void> {
  const batches = fc.sample(fc.array(message, { minLength: 1, maxLength: 12 }), { numRuns: rounds, seed });
  for (const messages of batches) {
    const batch = batchOf(messages);
    for (let at = 0; at < batch.valueCount; at++) batch.setFlags(at, flagOf(batch.values[at]!));
    for (const one of messages) model.add(one, flagOf);
    await sluice.pipeline.offer(batch);
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  sluice = await startSmallGenerations(database);
  duck = new DuckPool({ clock: systemClock });
  const partReader = new PartReader({ store: folder.store, duck });
  reader = createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });
  settler = (await startSettler(database, folder.store))!;
});
afterAll(async () => {
  await duck.stop();
  await settler.die();
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

/** Every interval, each in another zone than the last time. */
async function expectTruth(): Promise<void> {
  turn++;
  for (const [i, interval] of INTERVALS.entries()) {
    const zone = ZONES[(i + turn) % ZONES.length]!;
    const asked = { interval, zone, fromMicros: FROM, toMicros: TO, aggregates: ALL };
    const answer = await reader.aggregate({ ...asked, profileId: 1, metricNumbers: METRICS });
    expect(tableOf(answer), `${interval} in ${zone}`).toEqual(expected(model, asked));
  }
}
let turn = 0;

describe("aggregates equal those made from scratch", { timeout: 120_000 }, () => {
  test("while all is hot, partly settled, settled, compacted, and with late readings after that", async () => {
    await send(80, 3);
    await closeOpen(sluice, database);
    await expectTruth();
    for (let i = 0; i < 6; i++) await settleNext(settler.context);
    await expectTruth();
    while ((await settleNext(settler.context)) !== undefined);
    await expectTruth();
    for (let i = 0; i < 4; i++) await compactNext(settler.context, TO + 60 * DAY);
    await expectTruth();
    while ((await compactNext(settler.context, TO + 60 * DAY)) !== undefined);
    await send(15, 4);
    await expectTruth();
    await closeOpen(sluice, database);
    while ((await settleNext(settler.context)) !== undefined);
    await send(5, 5);
    await expectTruth();
  });

  test("over ranges that begin and end anywhere, of some devices, metrics and aggregates", async () => {
    const anyMicros = fc.integer({ min: 0, max: 31 * 1440 * 4 }).map((step) => FROM + step * 15_000_000);
    const query = fc.record({
      interval: fc.constantFrom(...INTERVALS),
      zone: fc.constantFrom(...ZONES),
      range: fc.tuple(anyMicros, anyMicros),
      aggregate: fc.constantFrom<Aggregate>(...ALL, "timeWeightedMean", "increase"),
      deviceId: fc.constantFrom(...DEVICES),
    });
    await fc.assert(
      fc.asyncProperty(query, async ({ range, aggregate, deviceId, ...asked }) => {
        const [fromMicros, toMicros] = range.sort((a, b) => a - b) as [number, number];
        const whole = { ...asked, fromMicros, toMicros, aggregates: [aggregate] };
        const { timesMicros, columns } = await reader.buckets({ ...whole, deviceId });
        const deviceIds = new Int32Array(timesMicros.length).fill(deviceId);
        const truth = Object.entries(expected(model, whole)).filter(([place]) => place.startsWith(`${deviceId} `));
        expect(tableOf({ deviceIds, timesMicros, columns })).toEqual(Object.fromEntries(truth));
      }),
      { numRuns: 60, seed: 9 },
    );
  });

  test("from quarter-hours alone, once retention has let the readings go", async () => {
    await closeOpen(sluice, database);
    while ((await settleNext(settler.context)) !== undefined);
    await database.pool.query("update part set live_at = to_timestamp(0)");
    while ((await compactNext(settler.context, TO + 60 * DAY)) !== undefined);
    await database.pool.query("update part set raw_dropped_at = now() where state = 'live'");
    const { rows } = await database.pool.query("select name from part where state = 'live'");
    for (const { name } of rows) await folder.store.delete(name);
    for (const interval of ["15m", "1h", "1d"]) {
      const asked = { interval, zone: "Australia/Lord_Howe", fromMicros: FROM, toMicros: TO, aggregates: ALL };
      const answer = await reader.aggregate({ ...asked, profileId: 1, metricNumbers: METRICS });
      expect(tableOf(answer)).toEqual(expected(model, asked));
    }
    const range = { deviceId: DEVICES[0]!, fromMicros: FROM, toMicros: TO };
    await expect(reader.series(range)).rejects.toMatchObject({ code: "telemetry.raw_gone" });
    const byReadings = reader.buckets({ ...range, interval: "20m", aggregates: ["mean"] });
    await expect(byReadings).rejects.toMatchObject({ code: "telemetry.raw_gone" });
    const later = { ...range, fromMicros: TO, toMicros: TO + DAY };
    expect((await reader.series(later)).timesMicros).toHaveLength(0);
  });
});
