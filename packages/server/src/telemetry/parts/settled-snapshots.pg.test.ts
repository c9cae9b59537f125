import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import type { TelemetryReader } from "../reader.ts";
import { createTelemetryReader } from "../telemetry-reader.ts";
import { compactNext } from "./compact-parts.ts";
import { describeFile } from "./describe-file.ts";
import { DuckPool } from "./duck-pool.ts";
import type { QueryPart } from "./part-catalogue-store.ts";
import { PartReader } from "./part-reader.ts";
import { PartWriter } from "./part-writer.ts";
import { DAY_MICROS } from "./periods.ts";
import { settleNext } from "./settle-generation.ts";
import { closeOpen, DEVICES, fill, settleAll, startSmallGenerations, T } from "./testing/random-readings.ts";
import {
  createTestFolder,
  readAnswers,
  startSettler,
  type TestFolder,
  type TestSettler,
} from "./testing/settling-fixture.ts";

const LATER = T + 60 * DAY_MICROS;
const READERS = 100;
/** So many that a file has several blocks, of which a query may read some. */
const MESSAGES = 20_000;
const PART: QueryPart = {
  id: 1,
  profileId: 1,
  name: "",
  bytes: 0,
  footerChecksum: "",
  sidecarName: "",
  sidecarBytes: 0,
  sidecarFooterChecksum: "",
  messages: 2,
  minDevice: 2,
  maxDevice: 2,
  minMicros: T,
  maxMicros: T + 1,
  hasReadings: true,
  sidecarInterval: "quarter",
  sidecarZone: "UTC",
};

let database: TestDatabase;
let folder: TestFolder;
let sluice: PipelineFixture;
let duck: DuckPool;
let reader: TelemetryReader;
let settler: TestSettler;

beforeEach(async () => {
  database = await createTestDatabase();
  // What DuckDB would take for a pattern, and what would end a text in SQL.
  folder = await createTestFolder("sluice 'objects' [*?]-");
  sluice = await startSmallGenerations(database);
  duck = new DuckPool({ clock: systemClock });
  reader = readerOver(duck);
  settler = (await startSettler(database, folder.store))!;
});
afterEach(async () => {
  await duck.stop();
  await settler.die();
  await sluice.pipeline.stop();
  await database.drop();
  await folder.remove();
});

function readerOver(pool: DuckPool): TelemetryReader {
  return readerOf(new PartReader({ store: folder.store, duck: pool }));
}

function readerOf(partReader: PartReader): TelemetryReader {
  return createTelemetryReader({ pool: database.pool, partition: 0, latestValues: () => undefined, partReader });
}

const ask = {
  series: (of: TelemetryReader) => of.series({ deviceId: 2, fromMicros: T, toMicros: T + DAY_MICROS }),
  sum: (of: TelemetryReader) =>
    of.buckets({ deviceId: 2, fromMicros: 0, toMicros: LATER, interval: "1h", aggregates: ["sum"] }),
};

async function settleOne(): Promise<{ raw: string; sidecar: string }> {
  const messages = Array.from({ length: MESSAGES }, (_, i) => {
    const also: Record<number, number> = i % 3 === 0 ? { 200: i } : {};
    const noise = (Math.imul(i + 1, 2_654_435_761) >>> 0) / 7;
    return { device: 2, micros: T + i, values: { 0: i * 1.37, 1: noise, ...also } };
  });
  await sluice.pipeline.offer(batchOf(messages));
  await closeOpen(sluice, database);
  await settleAll(settler);
  expect((await ask.series(reader)).timesMicros.length).toBe(MESSAGES);
  expect((await ask.sum(reader)).timesMicros.length).toBe(1);
  const { rows } = await database.pool.query(
    "select name, sidecar_name from part where min_device = 2 and state = 'live'",
  );
  expect(rows.length).toBe(1);
  const [raw, sidecar] = [
    await folder.store.localPath(rows[0].name),
    await folder.store.localPath(rows[0].sidecar_name),
  ];
  return { raw, sidecar };
}

describe("the border between hot and settled", { timeout: 120_000 }, () => {
  test("a series is the same bit for bit before, while and after it moves", async () => {
    await fill(sluice, database, 80, 31);
    const source = await readAnswers(reader, DEVICES);
    expect(Object.keys(source).length).toBeGreaterThan(300);
    for (let i = 0; i < 3; i++) await settleNext(settler.context);
    expect(await readAnswers(reader, DEVICES)).toEqual(source);
    await settleAll(settler);
    expect(await readAnswers(reader, DEVICES)).toEqual(source);
    let compactions = 0;
    while ((await compactNext(settler.context, LATER)) !== undefined) {
      if (++compactions % 8 === 1) expect(await readAnswers(reader, DEVICES)).toEqual(source);
    }
    expect(await readAnswers(reader, DEVICES)).toEqual(source);
  });

  test("queries see all of it, once, while parts are committed and replaced beneath them", async () => {
    const start = T - (T % 3_600_000_000);
    for (let i = 0; i < 30; i++) {
      const messages = Array.from({ length: 20 }, (_, step) => {
        return { device: 2, micros: start + (i * 20 + step) * 60_000_000, values: { 0: 1, 1: i * 20 + step } };
      });
      await sluice.pipeline.offer(batchOf(messages));
    }
    await closeOpen(sluice, database);
    const range = { deviceId: 2, profileId: 1, fromMicros: start, toMicros: start + DAY_MICROS };
    let isMoving = true;
    let queries = 0;
    const readOn = async (which: number) => {
      do {
        if (which % 2 === 0) {
          const { columns } = await reader.series(range);
          expect(columns.get(1)).toEqual(Float64Array.from({ length: 600 }, (_, i) => i));
        } else {
          const buckets = await reader.buckets({ ...range, interval: "1h", aggregates: ["count"] });
          expect([...buckets.columns.get(0)!.get("count")!]).toEqual(Array.from({ length: 10 }, () => 60));
        }
        queries++;
      } while (isMoving);
    };
    const readers = Array.from({ length: READERS }, (_, which) => readOn(which));
    const move = async () => {
      while ((await settleNext(settler.context)) !== undefined);
      while ((await compactNext(settler.context, LATER)) !== undefined);
      isMoving = false;
    };
    await Promise.all([move(), ...readers]);
    expect(queries).toBeGreaterThan(READERS);
    const { rows } = await database.pool.query("select state, count(*)::int from part group by 1 order by 1");
    expect(rows.map(({ state }) => state)).toEqual(["live", "replaced"]);
  });
});

describe("a file that is not as it was written", { timeout: 60_000 }, () => {
  test("is missing, by name", async () => {
    const { raw, sidecar } = await settleOne();
    await rm(raw);
    await expect(ask.series(reader)).rejects.toMatchObject({ code: "telemetry.part_missing" });
    await rm(sidecar);
    await expect(ask.sum(reader)).rejects.toMatchObject({ code: "telemetry.part_missing" });
  });

  test("is damaged, by name: cut short, or with a bit flipped anywhere", async () => {
    const { raw, sidecar } = await settleOne();
    const truth = await readAnswers(reader, [2]);
    const whole = await readFile(raw);
    const damaged = { code: "telemetry.part_damaged" };
    let named = 0;
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 150)) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x10;
      await writeFile(raw, flipped);
      // What no answer depends on, such as an index of pages, may be as it likes.
      const answer = await readAnswers(readerOver(duck), [2]).catch((error) => error);
      if (answer instanceof Error) {
        expect(answer, `byte ${at}`).toMatchObject(damaged);
        named++;
      } else expect(answer, `byte ${at}`).toEqual(truth);
    }
    expect(named).toBeGreaterThan(130);
    const known = readerOver(duck);
    await writeFile(raw, whole);
    expect((await ask.series(known)).timesMicros.length).toBe(MESSAGES);
    await truncate(sidecar, 300);
    await expect(ask.sum(reader)).rejects.toMatchObject(damaged);
  });
});

describe("what is asked of DuckDB", { timeout: 60_000 }, () => {
  test("nothing, by a query of what is hot", async () => {
    await sluice.pipeline.offer(batchOf([{ device: 2, micros: T, values: { 0: 5 } }]));
    const range = { deviceId: 2, fromMicros: T, toMicros: T + DAY_MICROS };
    expect((await reader.series(range)).timesMicros.length).toBe(1);
    await reader.buckets({ ...range, interval: "1h", aggregates: ["mean", "increase"] });
    expect(duck.size).toBe(0);
  });

  test("columns by the names that files have, whatever the folder and the metrics are called", async () => {
    const odd = await createTestFolder("month=7");
    const metrics = ["file_index", "filename", "file_row_number", "month", "device", "file"];
    const path = `${odd.root}/part`;
    const keys = new Map(metrics.map((key, number) => [number, key]));
    const writer = new PartWriter(odd.root, "part", { keys, flagged: new Set(), hasExtras: false }, "quick");
    const values = new Map(metrics.map((_, number) => [number, Float64Array.of(number, number + 10)]));
    writer.write({
      length: 2,
      deviceIds: Int32Array.of(2, 2),
      timesMicros: Float64Array.of(T, T + 1),
      columns: values,
      flags: new Map(),
      extras: new Map(),
    });
    writer.finish();
    const [raw, sidecar] = [describeFile(`${path}.raw`), describeFile(`${path}.sidecar`)];
    const stores = { lease: async (name: string) => ({ path: `${odd.root}/${name}`, release: () => {} }) };
    const partReader = new PartReader({ store: { ...folder.store, ...stores }, duck });
    const part = {
      ...PART,
      name: "part.raw",
      bytes: raw.bytes,
      footerChecksum: raw.footerChecksum,
      sidecarName: "part.sidecar",
      sidecarBytes: sidecar.bytes,
      sidecarFooterChecksum: sidecar.footerChecksum,
    };
    const wanted = [
      { part, windows: [[T, T + DAY_MICROS]] as const },
      { part, windows: [[T, T + 1]] as const },
    ];
    const [whole, first] = await partReader.readRows(wanted, [2], undefined, false);
    expect([...whole!.columns]).toEqual([...values]);
    expect([...first!.columns].map(([metric, column]) => [metric, ...column])).toEqual(
      metrics.map((_, number) => [number, number]),
    );
    await odd.remove();
  });

  test("once more, when a local copy was taken away beneath a query; and no more, when it was lost", async () => {
    const { raw } = await settleOne();
    const whole = await readFile(raw);
    let fetched = 0;
    const forgetCopy = async () => {
      fetched++;
      await writeFile(raw, whole);
    };
    const partReader = new PartReader({ store: { ...folder.store, forgetCopy }, duck });
    const overCopies = readerOf(partReader);
    await rm(raw);
    expect((await ask.series(overCopies)).timesMicros.length).toBe(MESSAGES);
    expect(fetched).toBe(1);
    const flipped = Buffer.from(whole);
    flipped[100]! ^= 1;
    await writeFile(raw, flipped);
    const anew = readerOf(new PartReader({ store: { ...folder.store, forgetCopy }, duck }));
    expect((await ask.series(anew)).timesMicros.length).toBe(MESSAGES);
    expect(fetched).toBe(2);
  });
});

describe("readings that come once the others are gone", { timeout: 60_000 }, () => {
  test("do not count among those, however often they are sent, and count beside them", async () => {
    await settleOne();
    const sum = async (fromMicros = 0) => {
      const query = { deviceId: 2, fromMicros, toMicros: LATER, interval: "1h", aggregates: ["sum", "count"] as const };
      const { columns } = await reader.buckets({ ...query, metricNumbers: [0] });
      return [...columns.get(0)!].map(([, values]) => [...values]);
    };
    const before = await sum();
    await database.pool.query("update part set raw_dropped_at = now() where state = 'live'");
    const resent = Array.from({ length: 5 }, (_, i) => ({ device: 2, micros: T + i * 7, values: { 0: i * 7.37 } }));
    await sluice.pipeline.offer(batchOf(resent));
    expect(await sum()).toEqual(before);
    await closeOpen(sluice, database);
    await settleAll(settler);
    expect(await sum()).toEqual(before);
    await sluice.pipeline.offer(batchOf([{ device: 2, micros: T + 60_000_000, values: { 0: 1000 } }]));
    const [[beforeSum], [beforeCount]] = before as [[number], [number]];
    expect(await sum()).toEqual([[beforeSum + 1000], [beforeCount + 1]]);
  });
});
