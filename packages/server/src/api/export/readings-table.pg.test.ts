import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { FAULTS } from "@sluice/core/telemetry/validity.ts";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixtureDevice, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { createTelemetryReader, type DeviceSeries, type TelemetryReader } from "../../telemetry/index.ts";
import { DuckPool } from "../../telemetry/parts/duck-pool.ts";
import { findLiveParts } from "../../telemetry/parts/part-catalogue-store.ts";
import { createPartReader, PartReader } from "../../telemetry/parts/part-reader.ts";
import { COMPRESSORS } from "../../telemetry/parts/raw-reader.ts";
import { DEVICES, fill, settleAll, startSmallGenerations } from "../../telemetry/parts/testing/random-readings.ts";
import {
  type Contents,
  createTestFolder,
  readTables,
  startSettler,
  type TestFolder,
  type TestSettler,
} from "../../telemetry/parts/testing/settling-fixture.ts";
import { readEach } from "../../telemetry/read-each.ts";
import { findTail, findTailExtent } from "../../telemetry/telemetry-store.ts";
import { csvFile } from "./csv-file.ts";
import type { ExportTable } from "./export-table.ts";
import { parquetExport } from "./parquet-export.ts";
import { type ExportedProfile, longTable, wideTable } from "./readings-table.ts";

const EVER = { fromMicros: 0, toMicros: 2 ** 52, keys: undefined };
/** Metric numbers that the random readings have. */
const KEYS = new Map([
  [0, "ph"],
  [1, "temp"],
  [200, "PH"],
]);

let database: TestDatabase;
let sluice: PipelineFixture;
let folder: TestFolder;
let settler: TestSettler;
let partReader: PartReader;
let reader: TelemetryReader;
let scratch: string;
/** "device time key" → value and marks, from the tables alone. */
let expected: Contents;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), "sluice-export-"));
  database = await createTestDatabase();
  folder = await createTestFolder();
  partReader = createPartReader(folder.store, systemClock);
  sluice = await startSmallGenerations(database);
  settler = (await startSettler(database, folder.store))!;
  await fill(sluice, database, 60, 11);
  await settleAll(settler);
  // The hot tail, with versions of what is settled.
  await fill(sluice, database, 6, 12);
  reader = createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });
  expected = await readTables(database, DEVICES);
});
afterAll(async () => {
  await partReader.stop();
  await settler.die();
  await sluice.pipeline.stop();
  await folder.remove();
  await database.drop();
  await rm(scratch, { recursive: true });
});

/** Devices of the fixture by profile, with keys for their metrics. */
function profiles(): ExportedProfile[] {
  return [0, 1].map((rest) => {
    const ids = DEVICES.filter((id) => id % 2 === rest);
    const metricKeys: string[] = [];
    for (const [number, key] of KEYS) metricKeys[number] = key;
    const metricNumbers = new Map([...KEYS].map(([number, key]) => [key, number]));
    return {
      profile: { ...fixtureDevice(ids[0]!)!.profile, metricKeys, metricNumbers },
      uids: new Map(ids.map((id) => [id, `device-${id}`])),
    };
  });
}

async function textOf(file: AsyncGenerator<string>): Promise<string> {
  let text = "";
  for await (const piece of file) text += piece;
  return text;
}

async function write(name: string, table: ExportTable): Promise<string> {
  const file = path.join(scratch, name);
  const pieces: Uint8Array[] = [];
  for await (const piece of parquetExport(table)) pieces.push(piece);
  await writeFile(file, Buffer.concat(pieces));
  return file;
}

interface LongRow {
  readonly device: string;
  readonly time: string;
  readonly metric: string;
  readonly value: string;
  readonly flags: string;
  readonly text: string;
}

/** As `readTables` says it; messages without anything are no rows. */
function contentsOf(rows: readonly LongRow[]): Contents {
  return Object.fromEntries(
    rows.map(({ device, time, metric, value, flags, text }) => {
      const number = [...KEYS].find(([, key]) => key === metric)?.[0] ?? metric;
      const bits = flags === "" ? 0 : flags.split(" ").reduce((sum, word) => sum | bitOf(word), 0);
      const place = `${device.slice("device-".length)} ${microsOf(time)} ${number}`;
      return [place, text !== "" ? text : bits === 0 ? value : `${value} !${bits}`];
    }),
  );
}

function bitOf(word: string): number {
  return FAULTS.find(([, fault]) => fault === word)![0];
}

/** RFC 3339 with up to six digits. */
function microsOf(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  return Date.parse(time.replace(/\.\d+/, "")) * 1000 + Number(fraction.padEnd(6, "0"));
}

function readings(contents: Contents): Contents {
  return Object.fromEntries(Object.entries(contents).filter(([place]) => place.split(" ").length === 3));
}

test("a CSV holds what a reading of the tables from scratch finds, corrections and the hot tail included", async () => {
  const { rows } = await database.pool.query(
    "select (select count(*)::int from part where state = 'live') as parts, (select count(*)::int from generation where state in ('open', 'closed')) as hot",
  );
  expect([rows[0].parts > 3, rows[0].hot > 1]).toEqual([true, true]);
  const text = await textOf(csvFile(longTable(reader, profiles(), EVER), undefined, true));
  const end = text.trimEnd().split("\r\n").at(-1)!;
  const found = parse<LongRow>(text.replace(end, ""), { columns: true, skip_empty_lines: true });
  expect(end).toBe(`# end of ${found.length} rows`);
  expect(contentsOf(found)).toEqual(readings(expected));
  expect(found.length).toBe(Object.keys(readings(expected)).length);
  const order = found.map(({ device, time }) =>
    [Number(device.slice(7)) % 2, device, String(microsOf(time)).padStart(17, "0")].join(),
  );
  expect(order).toEqual(order.toSorted());
});

test("however small the pieces are in which it is read, nothing is missing and nothing comes twice", async () => {
  const query = { profileId: 1, deviceIds: [4, 2], fromMicros: 0, toMicros: 2 ** 52 };
  const whole = rowsOf(await all(reader.each(query)));
  expect(whole.length).toBeGreaterThan(50);
  for (const valuesPerRead of [40, 400]) {
    let pieces = 0;
    const each = readEach(
      async (range) => ({
        parts: await findLiveParts(database.pool, 0, range),
        slices: await findTailExtent(database.pool, 0, range),
      }),
      async (range, signal, answer) => {
        pieces++;
        const parts = await findLiveParts(database.pool, 0, range);
        return answer(parts, await findTail(database.pool, 0, range), signal);
      },
      partReader,
      query,
      { valuesPerRead, tailBytesPerRead: valuesPerRead * 10 },
    );
    expect(rowsOf(await all(each))).toEqual(whole);
    expect(pieces).toBeGreaterThan(3);
  }
});

test("what is too much for one statement is read by halves", async () => {
  const query = { profileId: 1, deviceIds: [4, 2], fromMicros: 0, toMicros: 2 ** 52 };
  const few = new PartReader({ store: folder.store, duck: new DuckPool({ clock: systemClock, maxValues: 150 }) });
  const narrow = createTelemetryReader({
    ...{ pool: database.pool, partition: 0, latestValues: () => undefined },
    partReader: few,
  });
  await expect(narrow.series({ deviceId: 2, ...query })).rejects.toMatchObject({ code: "query.too_many_points" });
  expect(rowsOf(await all(narrow.each(query)))).toEqual(rowsOf(await all(reader.each(query))));
  await few.stop();
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function rowsOf(found: readonly DeviceSeries[]): string[] {
  return found.flatMap(({ deviceId, series }) =>
    Array.from(series.timesMicros, (micros, row) => {
      const values = [0, 1, 200].map((metric) => [series.columns.get(metric)?.[row], series.flags.get(metric)?.[row]]);
      return JSON.stringify([
        deviceId,
        micros,
        values.map(([value, flag]) => [value ?? null, flag || 0]),
        series.extras.get(row),
      ]);
    }),
  );
}

test("a Parquet file opens in DuckDB and hyparquet with its types, times in UTC, and the same readings", async () => {
  const file = await write("long.parquet", longTable(reader, profiles(), EVER));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const described = await connection.runAndReadAll(`describe select * from '${file}'`);
  expect(described.getRows().map(([name, type]) => `${name} ${type}`)).toEqual([
    "device VARCHAR",
    "time TIMESTAMP WITH TIME ZONE",
    "metric VARCHAR",
    "value DOUBLE",
    "flags VARCHAR",
    "text VARCHAR",
  ]);
  const byDuck = await connection.runAndReadAll(
    `select device, epoch_us(time)::double, metric, value, flags, text from '${file}'`,
  );
  const buffer = await asyncBufferFromFile(file);
  const byHyparquet = await parquetReadObjects({ file: buffer, compressors: COMPRESSORS });
  const element = parquetSchema(await parquetMetadataAsync(buffer)).children[1]!.element;
  expect(element.logical_type).toEqual({ type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" });
  const rows = byDuck.getRows().map(([device, micros, metric, value, flags, text]) => ({
    device: String(device),
    time: new Date(Math.floor(Number(micros) / 1000))
      .toISOString()
      .replace(/Z$/, `${String(Number(micros) % 1000).padStart(3, "0")}Z`),
    metric: String(metric),
    value: Object.is(value, -0) ? "-0" : String(value),
    flags: String(flags),
    text: String(text ?? ""),
  }));
  expect(contentsOf(rows)).toEqual(readings(expected));
  expect(byHyparquet.map(({ value }) => value)).toEqual(byDuck.getRows().map(([, , , value]) => value));
});

test("the wide form has a row a message and a column a metric; names that differ in case alone are told apart", async () => {
  const [even] = profiles();
  const file = await write("wide.parquet", wideTable(reader, even!, EVER));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = await connection.runAndReadAll(
    `select device, epoch_us(time)::double, ph, temp, "PH#2" from '${file}' where ph is not null or temp is not null or "PH#2" is not null`,
  );
  const found: Record<string, string> = {};
  for (const [device, micros, ...values] of rows.getRows()) {
    values.forEach((value, at) => {
      if (value === null) return;
      found[`${String(device).slice(7)} ${micros} ${[0, 1, 200][at]}`] = Object.is(value, -0) ? "-0" : String(value);
    });
  }
  const wanted = Object.entries(readings(expected))
    .filter(([place]) => ["2", "4"].includes(place.split(" ")[0]!) && /^\d+$/.test(place.split(" ")[2]!))
    .map(([place, text]) => [place, text.split(" !")[0]!]);
  expect(found).toEqual(Object.fromEntries(wanted));
});
