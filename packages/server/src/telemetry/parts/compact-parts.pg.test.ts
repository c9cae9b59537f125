import { readFile } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { compactNext } from "./compact-parts.ts";
import { DAY_MICROS } from "./periods.ts";
import { COMPRESSORS, PARSERS } from "./raw-reader.ts";
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
  type Contents,
  createTestFolder,
  readParts,
  readTables,
  startSettler,
  type TestFolder,
  type TestSettler,
} from "./testing/settling-fixture.ts";
import { readSettlingTroubles } from "./trouble-store.ts";

const LATER = T + 60 * DAY_MICROS;
const QUARTER = 900_000_000;

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

async function contentsOfParts(): Promise<Contents> {
  const contents = await readParts(database, folder.store);
  return Object.fromEntries(Object.entries(contents).filter(([place]) => !isOfClosingDevice(place)));
}

async function compactAll(settler: TestSettler, nowMicros: number): Promise<number> {
  for (let compactions = 0; ; compactions++) {
    // As if all had gone live long ago: rows are dated by the database's clock.
    await database.pool.query("update part set live_at = to_timestamp($1)", [(nowMicros - 2 * DAY_MICROS) / 1e6]);
    if ((await compactNext(settler.context, nowMicros)) === undefined) return compactions;
  }
}

async function livePlaces(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select profile_id, to_char(to_timestamp(min_micros / 1000000), 'YYYY-MM') as month, span from part where state = 'live' and max_micros < $1 order by 1, 2, 3",
    [LATER],
  );
  return rows.map((row) => `${row.profile_id} ${row.month}`);
}

describe("compaction", () => {
  it("keeps every reading bit for bit and leaves a part a month, also when readings come late", async () => {
    await fill(sluice, database, 60, 23);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    expect(await compactAll(settler, LATER)).toBeGreaterThan(4);
    expect(await contentsOfParts()).toEqual(await readTables(database, DEVICES));
    await fill(sluice, database, 30, 29);
    const source = await readTables(database, DEVICES);
    await settleAll(settler);
    await compactAll(settler, LATER);
    expect(await contentsOfParts()).toEqual(source);
    const places = await livePlaces();
    expect(new Set(places).size).toBe(places.length);
    await settler.die();
  });

  const STEPS: SettlingStep[] = [
    "row-written",
    "file-made",
    "raw-stored",
    "sidecar-stored",
    "read-back",
    "before-commit",
    "committed",
  ];
  it("loses and doubles nothing when it dies after any step", async () => {
    await fill(sluice, database, 40, 31);
    const source = await readTables(database, DEVICES);
    const first = (await startSettler(database, folder.store))!;
    await settleAll(first);
    await first.die();
    for (const step of STEPS) {
      const settler: TestSettler = (await startSettler(database, folder.store, async (at) => {
        if (at !== step) return;
        await settler.die();
        throw new Error(`died: ${step}`);
      }))!;
      await expect(compactNext(settler.context, LATER)).rejects.toThrow("died");
      expect(await contentsOfParts()).toEqual(source);
    }
  });

  it("passes by a damaged source and merges the others", async () => {
    await fill(sluice, database, 60, 33);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const source = await contentsOfParts();
    const { rows } = await database.pool.query(
      `select id, name, messages::int, readings::int from part as one
        where exists (select 1 from part as other where other.id > one.id and other.profile_id = one.profile_id
                         and other.min_micros / 86400000000 = one.min_micros / 86400000000)
        order by messages desc limit 3`,
    );
    const [flipped, miscounted, lost] = rows;
    const bytes = await readFile(await folder.store.localPath(flipped.name));
    bytes[30]! ^= 4;
    await folder.store.put(flipped.name, bytes);
    await database.pool.query("update part set readings = readings - 1 where id = $1", [miscounted.id]);
    const lostBytes = await readFile(await folder.store.localPath(lost.name));
    await folder.store.delete(lost.name);

    expect(await compactAll(settler, LATER)).toBeGreaterThan(0);
    const damaged = await database.pool.query(
      "select id, state, error, retry_at > now() as waits from part where error is not null and state = 'live'",
    );
    const errorOf = (id: string) => damaged.rows.find((row) => row.id === id)?.error;
    expect(damaged.rows.map(({ id }) => id).sort()).toEqual([flipped.id, miscounted.id, lost.id].sort());
    expect(damaged.rows.every(({ waits }) => waits)).toBe(true);
    expect(errorOf(flipped.id)).toContain("reads back");
    expect(errorOf(miscounted.id)).toContain(`not ${miscounted.messages} and ${miscounted.readings - 1}`);
    expect(errorOf(lost.id)).toContain("not");
    expect(await readSettlingTroubles(database.pool)).toMatchObject({
      parts: 3,
      generations: 0,
      error: expect.any(String),
    });

    bytes[30]! ^= 4;
    await folder.store.put(flipped.name, bytes);
    await folder.store.put(lost.name, lostBytes);
    await database.pool.query("update part set retry_at = null, readings = $2 where id = $1", [
      miscounted.id,
      miscounted.readings,
    ]);
    await database.pool.query("update part set retry_at = null");
    await compactAll(settler, LATER);
    expect(await contentsOfParts()).toEqual(source);
    expect(await readSettlingTroubles(database.pool)).toMatchObject({ parts: 0, error: null });
    await settler.die();
  });

  it("gives no two live parts the same place in the order of arrival", async () => {
    await fill(sluice, database, 40, 35);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const places = async () =>
      (await database.pool.query("select sequence from part where state = 'live'")).rows.map(
        ({ sequence }) => sequence,
      );
    const settled = await places();
    expect(new Set(settled).size).toBe(settled.length);
    await compactAll(settler, LATER);
    const compacted = await places();
    expect(new Set(compacted).size).toBe(compacted.length);
    await settler.die();
  });

  it("makes sidecars that say what the readings say", async () => {
    await fill(sluice, database, 40, 37);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    await compactAll(settler, LATER);
    const { rows } = await database.pool.query("select name, sidecar_name from part where state = 'live'");
    let quarters = 0;
    for (const { name, sidecar_name } of rows) {
      const raw = await readObjects(name);
      const expected = rollUp(raw);
      expect(await readObjects(sidecar_name)).toEqual(expected);
      quarters += expected.length;
    }
    expect(quarters).toBeGreaterThan(20);
    await settler.die();
  });

  it("files open in DuckDB with the right types, and times in UTC", async () => {
    await sluice.pipeline.offer(
      batchOf([{ device: 1, micros: T + 123_456, values: { 0: 1.5, 1: -0 }, extras: { note: "ü" } }]),
    );
    await closeOpen(sluice, database);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const { rows } = await database.pool.query(
      "select name, sidecar_name from part where state = 'live' and min_device = 1",
    );
    const instance = await DuckDBInstance.create(":memory:");
    const duck = await instance.connect();
    await duck.run("set timezone = 'Asia/Kolkata'");
    const raw = `read_parquet('${await folder.store.localPath(rows[0].name)}')`;
    const whole = await duck.runAndReadAll(`select * from ${raw}`);
    expect(whole.columnNames().map((name, i) => [name, String(whole.columnType(i))])).toEqual([
      ["device", "INTEGER"],
      ["time", "TIMESTAMP WITH TIME ZONE"],
      ["metric_0", "DOUBLE"],
      ["metric_1", "DOUBLE"],
      ["extras", "VARCHAR"],
    ]);
    const row = await duck.runAndReadAll(
      `select device, strftime(time at time zone 'UTC', '%Y-%m-%d %H:%M:%S.%f'), metric_0, extras from ${raw} where device = 1`,
    );
    expect(row.getRowsJS()).toEqual([[1, "2026-10-31 23:58:00.123456", 1.5, '{"note":"ü"}']]);
    const sidecar = await duck.runAndReadAll(
      `select bucket at time zone 'UTC', "metric_0:count", "metric_0:sum" from read_parquet('${await folder.store.localPath(rows[0].sidecar_name)}')`,
    );
    expect(sidecar.getRowsJS()).toEqual([[new Date("2026-10-31T23:45:00Z"), 1, 1.5]]);
    duck.closeSync();
    instance.closeSync();
    await settler.die();
  });
});

type Row = Record<string, number | bigint | string | null>;

async function readObjects(name: string): Promise<Row[]> {
  const file = await asyncBufferFromFile(await folder.store.localPath(name));
  return (await parquetReadObjects({ file, compressors: COMPRESSORS, parsers: PARSERS })) as Row[];
}

/** Quarter-hours, from scratch. */
function rollUp(raw: readonly Row[]): Row[] {
  const quarters = new Map<string, Row>();
  const names = Object.keys(raw[0]!).filter(
    (name) => !["device", "time", "extras"].includes(name) && !name.includes("!"),
  );
  for (const row of raw) {
    const bucket = BigInt(Math.floor(Number(row.time) / QUARTER) * QUARTER);
    const key = `${row.device} ${bucket}`;
    const quarter = quarters.get(key) ?? emptyQuarter(row.device!, bucket, names);
    quarters.set(key, quarter);
    for (const name of names) {
      if (row[name] === null) continue;
      quarter[`${name}:count`] = (quarter[`${name}:count`] as number) + 1;
      if ((row[`${name}!flags`] ?? 0) !== 0) continue;
      addTo(quarter, name, row[name] as number, row.time as bigint);
    }
  }
  for (const quarter of quarters.values()) leaveOutRepetition(quarter, names);
  return [...quarters.values()];
}

/** Of a single valid reading, sum and firstTime say everything. */
function leaveOutRepetition(quarter: Row, names: readonly string[]): void {
  for (const name of names.filter((metric) => quarter[`${metric}:valid`] === 1)) {
    for (const field of ["min", "max", "first", "last", "lastTime"]) quarter[`${name}:${field}`] = null;
  }
}

function emptyQuarter(device: Row[string], bucket: bigint, names: readonly string[]): Row {
  const quarter: Row = { device: device ?? null, bucket };
  for (const name of names) {
    quarter[`${name}:count`] = 0;
    quarter[`${name}:valid`] = 0;
    for (const field of ["sum", "min", "max", "first", "last", "firstTime", "lastTime"])
      quarter[`${name}:${field}`] = null;
  }
  return quarter;
}

function addTo(quarter: Row, name: string, value: number, time: bigint): void {
  const isFirst = quarter[`${name}:valid`] === 0;
  quarter[`${name}:valid`] = (quarter[`${name}:valid`] as number) + 1;
  quarter[`${name}:sum`] = isFirst ? value : (quarter[`${name}:sum`] as number) + value;
  if (isFirst || value < (quarter[`${name}:min`] as number)) quarter[`${name}:min`] = value;
  if (isFirst || value > (quarter[`${name}:max`] as number)) quarter[`${name}:max`] = value;
  if (isFirst) quarter[`${name}:first`] = value;
  if (isFirst) quarter[`${name}:firstTime`] = time;
  quarter[`${name}:last`] = value;
  quarter[`${name}:lastTime`] = time;
}
