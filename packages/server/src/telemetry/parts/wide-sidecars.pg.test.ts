import type { Aggregate } from "@sluice/core/telemetry/aggregate.ts";
import { type BucketFinder, bucketFinder, parseInterval } from "@sluice/core/telemetry/buckets.ts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import type { TelemetryReader } from "../reader.ts";
import { coarsenNext } from "../retention/coarsen-sidecars.ts";
import { createTelemetryReader } from "../telemetry-reader.ts";
import { compactNext } from "./compact-parts.ts";
import { createPartReader, type PartReader } from "./part-reader.ts";
import { closeOpen, settleAll, startSmallGenerations } from "./testing/random-readings.ts";
import { createTestFolder, startSettler, type TestFolder } from "./testing/settling-fixture.ts";

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
/** Over two ends of months in UTC and in Berlin, and the end of summer time. */
const FROM = Date.UTC(2025, 8, 28) * 1000;
const TO = Date.UTC(2025, 10, 4) * 1000;
/** Of profile 1. */
const DEVICES = [2, 4];
const METRICS = [0, 1, 7];
const ALL: Aggregate[] = ["count", "sum", "mean", "min", "max", "first", "last"];
/** What is larger is marked when it comes. */
const MAX_VALID = 90;

interface Reading {
  readonly device: number;
  readonly metric: number;
  readonly micros: number;
  readonly value: number;
}

/** The sums of integers are the same in any order. Nothing lies at the twentieth of October, and of metric 7 half of all days. */
const anyReading: fc.Arbitrary<Reading> = fc
  .record({
    device: fc.constantFrom(...DEVICES),
    metric: fc.constantFrom(...METRICS),
    micros: fc.integer({ min: 0, max: (TO - FROM) / MINUTE / 5 - 1 }).map((step) => FROM + step * 5 * MINUTE),
    value: fc.integer({ min: 0, max: 100 }),
  })
  .filter(({ metric, micros }) => {
    const day = Math.floor(micros / DAY);
    return day !== Date.UTC(2025, 9, 20) / 86_400_000 && (metric !== 7 || day % 2 === 0);
  });

/** By device, metric and time; what comes later holds. */
class Model {
  private readonly readings = new Map<string, Reading>();
  private gone: Reading[] = [];

  /** What comes among valid readings that are gone, of the same row, does not count. */
  add(reading: Reading, rowOf?: BucketFinder): void {
    if (rowOf === undefined || !this.isAmongGone(reading, rowOf)) this.readings.set(placeOf(reading), reading);
  }

  dropReadings(): void {
    this.gone = this.valid();
  }

  private isAmongGone({ device, metric, micros }: Reading, rowOf: BucketFinder): boolean {
    const ofRow = this.gone
      .filter((other) => other.device === device && other.metric === metric)
      .map((other) => other.micros)
      .filter((other) => rowOf(other).startMicros === rowOf(micros).startMicros);
    return ofRow.length > 0 && micros >= Math.min(...ofRow) && micros <= Math.max(...ofRow);
  }

  private valid(): Reading[] {
    const valid = [...this.readings.values()].filter(({ value }) => value <= MAX_VALID);
    return valid.sort((a, b) => a.micros - b.micros);
  }

  table(interval: string, zone: string): Record<string, number[]> {
    const find = bucketFinder(parseInterval(interval), zone);
    const groups = Map.groupBy(this.valid(), ({ device, metric, micros }) =>
      [device, metric, find(micros).startMicros].join(" "),
    );
    return Object.fromEntries(
      [...groups].map(([place, readings]) => {
        const values = readings.map(({ value }) => value);
        const sum = values.reduce((a, b) => a + b);
        const extremes = [Math.min(...values), Math.max(...values)];
        return [place, [values.length, sum, sum / values.length, ...extremes, values[0]!, values.at(-1)!]];
      }),
    );
  }
}

function placeOf({ device, metric, micros }: Reading): string {
  return [device, metric, micros].join(" ");
}

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;
let partReader: PartReader;
let reader: TelemetryReader;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await createTestFolder();
  sluice = await startSmallGenerations(database);
  partReader = createPartReader(folder.store, systemClock);
  reader = createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });
});
afterEach(async () => {
  await partReader.stop();
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

async function send(readings: readonly Reading[]): Promise<void> {
  for (let at = 0; at < readings.length; at += 20) {
    const some = readings.slice(at, at + 20);
    const batch = batchOf(
      some.map(({ device, micros, metric, value }) => ({ device, micros, values: { [metric]: value } })),
    );
    for (let i = 0; i < batch.valueCount; i++) batch.setFlags(i, batch.values[i]! > MAX_VALID ? 1 : 0);
    await sluice.pipeline.offer(batch);
  }
}

async function withSettler(run: (context: Parameters<typeof coarsenNext>[0]) => Promise<void>): Promise<void> {
  const settler = (await startSettler(database, folder.store))!;
  await settleAll(settler);
  await run(settler.context);
  await settler.die();
}

/** Settled, without its readings, and its quarter-hours made days or months. */
async function coarsen(wanted: "day" | "month", zone: string): Promise<void> {
  await closeOpen(sluice, database);
  await withSettler(async (context) => {
    do await database.pool.query("update part set live_at = to_timestamp(0)");
    while ((await compactNext(context, TO + 60 * DAY)) !== undefined);
    await database.pool.query("update part set raw_dropped_at = now() where state = 'live' and raw_dropped_at is null");
    await database.pool.query(
      `insert into retention_notice (part_id, what)
       select id, $1 from part where state = 'live' and profile_id = 1 and sidecar_interval = 'quarter' and max_micros < $2`,
      [wanted, TO],
    );
    await database.pool.query(
      `insert into retention (profile_id, policy, raw_days, quarter_days, day_days) values (1, 'own', 1, 1, $1)
       on conflict do nothing`,
      [wanted === "day" ? null : 2],
    );
    await database.pool.query(
      `insert into retention (profile_id, policy, raw_days, quarter_days, day_days) values (1, 'own', 1, 1, 2)
       on conflict do nothing`,
    );
    while (await coarsenNext(context, async () => zone, 0, TO + 60 * DAY));
  });
}

async function answer(interval: string, zone: string): Promise<Record<string, number[]>> {
  const asked = { interval, zone, fromMicros: FROM - 40 * DAY, toMicros: TO + 40 * DAY, aggregates: ALL };
  const found = await reader.aggregate({ ...asked, profileId: 1, metricNumbers: METRICS });
  const table: Record<string, number[]> = {};
  found.timesMicros.forEach((start, row) => {
    for (const [metric, columns] of found.columns) {
      const values = ALL.map((aggregate) => columns.get(aggregate)![row]!);
      if (values[0]! > 0) table[[found.deviceIds[row], metric, start].join(" ")] = values;
    }
  });
  return table;
}

describe.each([
  ["day", "UTC"],
  ["day", "Europe/Berlin"],
  ["month", "UTC"],
  ["month", "Europe/Berlin"],
] as const)("once of a time %ss of %s are all that is left", { timeout: 120_000 }, (wanted, zone) => {
  test("queries tell what was there, and of what comes later all that cannot be the same readings again", async () => {
    const model = new Model();
    const rowOf = bucketFinder(parseInterval(wanted === "day" ? "1d" : "1mo"), zone);
    const intervals = wanted === "day" ? ["1d", "1mo"] : ["1mo"];
    const expectTruth = async () => {
      for (const interval of intervals) expect(await answer(interval, zone)).toEqual(model.table(interval, zone));
    };
    const [readings, late] = fc.sample(fc.array(anyReading, { minLength: 600, maxLength: 600, size: "max" }), {
      numRuns: 2,
      seed: 5,
    }) as [Reading[], Reading[]];
    for (const reading of readings) model.add(reading);
    await send(readings);
    await coarsen(wanted, zone);
    const { rows } = await database.pool.query(
      "select distinct sidecar_interval as interval, sidecar_zone as zone from part where state = 'live' and profile_id = 1 and max_micros < $1",
      [TO],
    );
    expect(rows).toEqual([{ interval: wanted, zone }]);
    await expectTruth();
    // Some of what was there, some of other times, and a day of which there was nothing.
    model.dropReadings();
    const onFreeDay = Array.from({ length: 5 }, (_, i) => {
      return { device: 2, metric: 1, micros: Date.UTC(2025, 9, 20, 9, i * 7) * 1000, value: i };
    });
    const later = [...readings.slice(0, 40), ...late.slice(0, 60), ...onFreeDay];
    for (const reading of later) model.add(reading, rowOf);
    await send(later);
    await expectTruth();
    await closeOpen(sluice, database);
    await withSettler(async () => {});
    await expectTruth();
    await coarsen(wanted, zone);
    await expectTruth();
  });
});

test("single readings are said to be gone wherever within a day they are asked for, and buckets that cut days too", async () => {
  await send([2, 9, 20].map((hour) => ({ device: 2, metric: 0, micros: FROM + hour * 60 * MINUTE + 1, value: hour })));
  await coarsen("day", "Europe/Berlin");
  const berlinMidnight = FROM + 22 * 60 * MINUTE;
  const goneBefore = new Date(berlinMidnight / 1000).toISOString();
  for (const [from, to] of [
    [1, 3],
    [12, 13],
    [19, 30],
  ] as const) {
    const range = { deviceId: 2, fromMicros: FROM + from * 60 * MINUTE, toMicros: FROM + to * 60 * MINUTE };
    await expect(reader.series(range)).rejects.toMatchObject({ code: "telemetry.raw_gone", details: { goneBefore } });
  }
  const later = { deviceId: 2, fromMicros: berlinMidnight, toMicros: TO };
  expect((await reader.series(later)).timesMicros).toHaveLength(0);
  const increase = await reader.buckets({ ...later, interval: "1d", aggregates: ["increase"] });
  expect(increase.timesMicros).toHaveLength(0);
  // Within the quarter-hour by which the first row is told.
  const within = { deviceId: 2, fromMicros: FROM + 120 * MINUTE + 1, toMicros: TO, zone: "Europe/Berlin" };
  const cut = reader.buckets({ ...within, interval: "1d", aggregates: ["sum"] });
  await expect(cut).rejects.toMatchObject({ code: "telemetry.resolution_gone" });
});

test("a metric with invalid readings alone is told, without a value, settled or not", async () => {
  const invalid = { device: 2, metric: 7, micros: FROM, value: 99 };
  await send([{ ...invalid, metric: 0, value: 1 }, invalid]);
  const range = { deviceId: 2, fromMicros: FROM, toMicros: FROM + DAY, metricNumbers: METRICS };
  const ask = async (interval: string) => {
    const { timesMicros, columns } = await reader.buckets({ ...range, interval, aggregates: ["mean", "count"] });
    return { buckets: timesMicros.length, columns: [...columns].map(([metric, of]) => [metric, ...of.values()]) };
  };
  const expected = {
    buckets: 1,
    columns: [
      [0, Float64Array.of(1), Float64Array.of(1)],
      [7, Float64Array.of(Number.NaN), Float64Array.of(0)],
    ],
  };
  for (const interval of ["1h", "20m"]) expect(await ask(interval)).toEqual(expected);
  await closeOpen(sluice, database);
  await withSettler(async () => {});
  for (const interval of ["1h", "20m"]) expect(await ask(interval)).toEqual(expected);
});
