import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GENERATION_LIMITS, GenerationKeeper } from "../../pipeline/generation-keeper.ts";
import { batchOf, type PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { compactNext } from "../parts/compact-parts.ts";
import { ParquetSource } from "../parts/parquet-copy.ts";
import { DAY_MICROS } from "../parts/periods.ts";
import type { SettlingStep } from "../parts/settling-context.ts";
import { deleteDoomed, dropSettledTables, type SweepLimits } from "../parts/sweep-parts.ts";
import { closeOpen, DEVICES, fill, settleAll, startSmallGenerations, T } from "../parts/testing/random-readings.ts";
import {
  type Contents,
  createTestFolder,
  readParts,
  readTables,
  startSettler,
  type TestFolder,
  type TestSettler,
} from "../parts/testing/settling-fixture.ts";
import { openSlice } from "../slice.ts";
import { readDeviceLast } from "../telemetry-store.ts";
import { eraseReadings } from "./erase-readings.ts";
import { findErasure, insertErasure } from "./erasure-store.ts";

const LATER = T + 60 * DAY_MICROS;
const ERASED = 3;
const AT_ONCE = { readGraceMs: 0 } as SweepLimits;

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

async function request(deviceId: number | null): Promise<number> {
  const client = await database.pool.connect();
  try {
    await client.query("begin");
    const id = await insertErasure(client, { organizationId: 1, deviceId, reason: "asked for", requestedBy: "user:1" });
    await client.query("commit");
    return id;
  } finally {
    client.release();
  }
}

const receipt = async (id: number) => (await findErasure(database.pool, 1, id))!;

function without(contents: Contents, ...devices: number[]): Contents {
  return Object.fromEntries(
    Object.entries(contents).filter(([place]) => !devices.some((device) => place.startsWith(`${device} `))),
  );
}

async function eraseAll(settler: TestSettler): Promise<void> {
  while (await eraseReadings(settler.context));
}

async function compactAll(settler: TestSettler): Promise<number> {
  for (let compactions = 0; ; compactions++) {
    await database.pool.query("update part set live_at = to_timestamp($1)", [(LATER - 2 * DAY_MICROS) / 1e6]);
    if ((await compactNext(settler.context, LATER)) === undefined) return compactions;
  }
}

/** Devices of every file that is there, of readings and of sidecars. */
async function devicesInFiles(): Promise<Set<number>> {
  const devices = new Set<number>();
  for (const prefix of ["raw/", "rollup/"]) {
    for await (const { name } of folder.store.list(prefix)) {
      const source = await ParquetSource.open(await folder.store.localPath(name));
      for (let group = 0; group < source.groups; group++)
        for (const device of await source.readDevices(group)) devices.add(device);
    }
  }
  return devices;
}

async function devicesInSnapshots(): Promise<Set<number>> {
  const devices = new Set<number>();
  const { rows } = await database.pool.query("select body from device_last");
  for (const { body } of rows) for (const device of openSlice(body).deviceIds) devices.add(device);
  return devices;
}

describe("erasing a device", () => {
  it("takes it out of parts, sidecars, tables, snapshots and files, leaves all else bit for bit, and says so", async () => {
    await fill(sluice, database, 30, 41);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    expect(await compactAll(settler)).toBeGreaterThan(0);
    await fill(sluice, database, 30, 43);
    const source = await readTables(database, [...DEVICES, 6]);
    const id = await request(ERASED);
    expect(await receipt(id)).toMatchObject({ state: "requested", messages: 0, until: [{ partition: 0 }] });
    await closeOpen(sluice, database);

    await settleAll(settler);
    await eraseAll(settler);
    const running = await receipt(id);
    expect(running.state).toBe("running");
    expect(running.messages).toBeGreaterThan(20);
    expect(running.bytes).toBeGreaterThan(0);
    expect(running.partsRewritten).toBeGreaterThan(0);
    const left = await readParts(database, folder.store);
    expect(without(left, 6)).toEqual(without(source, ERASED, 6));
    expect(await devicesInSnapshots()).not.toContain(ERASED);
    expect(await devicesInFiles()).toContain(ERASED);

    await dropSettledTables(settler.context, AT_ONCE);
    await deleteDoomed(settler.context, AT_ONCE);
    await eraseAll(settler);
    expect(await receipt(id)).toMatchObject({ state: "done", doneAt: expect.any(Date), messages: running.messages });
    expect(await devicesInFiles()).toEqual(new Set([1, 2, 4, 5, 6]));
    expect(sluice.pipeline.latestValues()?.latest(ERASED)).toBeUndefined();

    await compactAll(settler);
    expect(without(await readParts(database, folder.store), 6)).toEqual(without(source, ERASED, 6));
    await settler.die();
  });

  it("keeps what the device sends after its generations", async () => {
    await fill(sluice, database, 20, 47);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const id = await request(ERASED);
    await closeOpen(sluice, database);
    await sluice.pipeline.offer(batchOf([{ device: ERASED, micros: T + 77, values: { 0: 5 } }]));
    await closeOpen(sluice, database);
    await settleAll(settler);
    // Parts that were not looked through yet are merged with nothing that came later.
    await compactAll(settler);
    await eraseAll(settler);
    await compactAll(settler);
    const left = Object.entries(await readParts(database, folder.store)).filter(([place]) => place.startsWith("3 "));
    expect(Object.fromEntries(left)).toEqual({ [`3 ${T + 77}`]: "", [`3 ${T + 77} 0`]: "5" });
    await dropSettledTables(settler.context, AT_ONCE);
    await deleteDoomed(settler.context, AT_ONCE);
    await eraseAll(settler);
    expect((await receipt(id)).state).toBe("done");
    await settler.die();
  });

  it("waits while its profile is under a legal hold", async () => {
    await fill(sluice, database, 20, 53);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const source = await readParts(database, folder.store);
    await database.pool.query(
      `insert into organization (id, slug, name) overriding system value values (1, 'o', 'O') on conflict do nothing`,
    );
    await database.pool.query(
      `insert into device_profile (id, organization_id, key, name) overriding system value values (2, 1, 'held', 'Held')`,
    );
    await database.pool.query(
      "insert into retention (profile_id, policy, hold_reason, held_at) values (2, 'keep', 'a claim', now())",
    );
    const id = await request(ERASED);
    await eraseAll(settler);
    expect(await readParts(database, folder.store)).toEqual(source);
    expect((await receipt(id)).state).toBe("requested");
    await database.pool.query("delete from retention");
    await eraseAll(settler);
    expect(await readParts(database, folder.store)).toEqual(without(source, ERASED));
    await settler.die();
  });

  it("takes the quarter-hours of a part whose readings were dropped", async () => {
    await fill(sluice, database, 20, 59);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    await database.pool.query("update part set raw_dropped_at = now() - interval '1 day'");
    await deleteDoomed(settler.context, AT_ONCE);
    expect(await devicesInFiles()).toContain(ERASED);
    await request(ERASED);
    await eraseAll(settler);
    await deleteDoomed(settler.context, AT_ONCE);
    expect(await devicesInFiles()).toEqual(new Set([1, 2, 4, 5, 6]));
    const { rows } = await database.pool.query(
      "select count(*)::int as parts, sum(messages)::int as messages from part where state = 'live' and raw_deleted_at is not null",
    );
    expect(rows[0].parts).toBeGreaterThan(3);
    expect(rows[0].messages).toBeGreaterThan(50);
    await settler.die();
  });

  it("passes by a damaged part, says so, and is not done", async () => {
    await fill(sluice, database, 20, 61);
    const settler = (await startSettler(database, folder.store))!;
    await settleAll(settler);
    const { rows } = await database.pool.query(
      "select id, name from part where state = 'live' and min_device <= 3 and max_device >= 3 order by sequence limit 1",
    );
    const file = await folder.store.localPath(rows[0].name);
    const bytes = await readFile(file);
    bytes[20]! ^= 1;
    await folder.store.put(rows[0].name, bytes);
    const id = await request(ERASED);
    await closeOpen(sluice, database);
    await settleAll(settler);
    await eraseAll(settler);
    const damaged = await database.pool.query("select state, error, failures from part where id = $1", [rows[0].id]);
    expect(damaged.rows[0]).toMatchObject({ state: "live", error: expect.stringContaining("reads back"), failures: 1 });
    await dropSettledTables(settler.context, AT_ONCE);
    await deleteDoomed(settler.context, AT_ONCE);
    await eraseAll(settler);
    expect((await receipt(id)).state).toBe("running");

    bytes[20]! ^= 1;
    await folder.store.put(rows[0].name, bytes);
    await database.pool.query("update part set retry_at = null");
    await eraseAll(settler);
    await deleteDoomed(settler.context, AT_ONCE);
    await eraseAll(settler);
    expect((await receipt(id)).state).toBe("done");
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
  it("loses nothing else, and is ended by the next, when it dies after any step", async () => {
    await fill(sluice, database, 30, 67);
    const first = (await startSettler(database, folder.store))!;
    await settleAll(first);
    await first.die();
    const source = await readParts(database, folder.store);
    const id = await request(ERASED);
    for (const step of STEPS) {
      const settler: TestSettler = (await startSettler(database, folder.store, async (at) => {
        if (at !== step) return;
        await settler.die();
        throw new Error(`died: ${step}`);
      }))!;
      await expect(eraseReadings(settler.context)).rejects.toThrow("died");
      expect(without(await readParts(database, folder.store), ERASED)).toEqual(without(source, ERASED));
    }
    const settler = (await startSettler(database, folder.store))!;
    await eraseAll(settler);
    expect(await readParts(database, folder.store)).toEqual(without(source, ERASED));
    const { messages } = await receipt(id);
    const places = Object.keys(source).filter((place) => /^3 \d+$/.test(place));
    expect(messages).toBeGreaterThanOrEqual(places.length);
    await settler.die();
  });
});

it("erasing an organization leaves nothing of it, and all of the others", async () => {
  await database.pool.query(
    `insert into organization (id, slug, name) overriding system value values (1, 'one', 'One'), (2, 'two', 'Two')`,
  );
  await database.pool.query(
    `insert into device_profile (id, organization_id, key, name) overriding system value
     values (1, 2, 'even', 'Even'), (2, 1, 'odd', 'Odd')`,
  );
  await fill(sluice, database, 20, 71);
  const settler = (await startSettler(database, folder.store))!;
  await settleAll(settler);
  await fill(sluice, database, 10, 73);
  const source = await readTables(database, DEVICES);
  const id = await request(null);
  await closeOpen(sluice, database);
  await settleAll(settler);
  await eraseAll(settler);
  expect(without(await readParts(database, folder.store), 6)).toEqual(without(source, 1, 3, 5));
  await dropSettledTables(settler.context, AT_ONCE);
  await deleteDoomed(settler.context, AT_ONCE);
  await eraseAll(settler);
  expect((await receipt(id)).state).toBe("done");
  expect(await devicesInFiles()).toEqual(new Set([2, 4, 6]));
  await settler.die();
});

it("a new owner takes nothing that is to be erased from snapshots", async () => {
  await fill(sluice, database, 20, 79);
  await request(ERASED);
  await sluice.pipeline.stop();
  sluice = await startSmallGenerations(database);
  await closeOpen(sluice, database);
  const { rows } = await database.pool.query("select max(generation) as newest from device_last");
  const bodies = await readDeviceLast(database.pool, 0);
  expect(bodies.length).toBeGreaterThan(0);
  const newest = await database.pool.query("select body from device_last where generation = $1", [rows[0].newest]);
  for (const { body } of newest.rows) expect([...openSlice(body).deviceIds]).not.toContain(ERASED);
});

it("closes the generation that holds readings to be erased within a minute of others that come", async () => {
  await sluice.pipeline.offer(batchOf([{ device: ERASED, micros: T }]));
  await sluice.pipeline.settled();
  const open = { number: 1, messages: 1, openedMicros: 0, heard: new Set<number>() };
  const keeper = new GenerationKeeper(database.pool, 0, GENERATION_LIMITS, { open, ready: 2 });
  const hear = async (second: number) => {
    keeper.committed(1, false, second * 1e6, Int32Array.of(1), 1);
    await keeper.idle();
    return keeper.next(second * 1e6).opens;
  };
  expect(await hear(0)).toBe(false);
  await request(ERASED);
  expect(await hear(59)).toBe(false);
  expect(await hear(60)).toBe(true);
});
