import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PipelineFixture } from "../../pipeline/testing/pipeline-fixture.ts";
import { systemClock } from "../../platform/clock.ts";
import { prepareFolder } from "../../platform/object-store/folder-object-store.ts";
import { openObjectStore } from "../../platform/object-store/open-object-store.ts";
import { createS3ObjectStore, S3_LIMITS } from "../../platform/object-store/s3-object-store.ts";
import { type S3TestServer, startS3Server } from "../../platform/testing/s3-server.ts";
import { createTestDatabase, type TestDatabase } from "../../platform/testing/test-database.ts";
import { claimObjectStore, MARKER } from "./claim-object-store.ts";
import { compactNext } from "./compact-parts.ts";
import { DAY_MICROS } from "./periods.ts";
import { settleNext } from "./settle-generation.ts";
import { deleteDoomed, deleteOrphans } from "./sweep-parts.ts";
import { DEVICES, fill, isOfClosingDevice, settleAll, startSmallGenerations, T } from "./testing/random-readings.ts";
import { readParts, readTables, startSettler } from "./testing/settling-fixture.ts";

let database: TestDatabase;
let s3: S3TestServer;
let sluice: PipelineFixture;

beforeEach(async () => {
  database = await createTestDatabase();
  s3 = await startS3Server();
  sluice = await startSmallGenerations(database);
});
afterEach(async () => {
  await sluice.pipeline.stop();
  await database.drop();
  await s3.stop();
});

it("settles, compacts and sweeps in a bucket over a network that fails", async () => {
  await fill(sluice, database, 24, 67);
  const source = await readTables(database, DEVICES);
  const store = await openObjectStore({ kind: "s3", ...s3.settings }, systemClock);
  // Few: the pauses before what failed is tried again are real.
  const faults = new Map([
    [3, "half"],
    [5, "unavailable"],
    [8, "failing"],
    [11, "cut"],
    [17, "cut-after-doing-it"],
  ] as const);
  let requests = 0;
  s3.fault = () => faults.get((requests++ % 24) as 3) ?? "none";
  const settler = (await startSettler(database, store))!;
  await claimObjectStore(database.pool, store, randomUUID);
  await settleAll(settler);
  while ((await compactNext(settler.context, T + 60 * DAY_MICROS)) !== undefined);
  s3.fault = () => "none";
  const limits = { readGraceMs: 0, orphanAgeMs: 0 };
  expect(await deleteDoomed(settler.context, limits)).toBeGreaterThan(0);
  expect(await deleteOrphans(settler.context, limits, Date.now() + 1e9)).toBe(0);
  const parts = Object.entries(await readParts(database, store));
  expect(Object.fromEntries(parts.filter(([place]) => !isOfClosingDevice(place)))).toEqual(source);
  const names: string[] = [];
  for await (const { name } of store.list("")) if (name !== MARKER) names.push(name);
  const { rows } = await database.pool.query(
    "select unnest(array[name, sidecar_name]) as name from part where state = 'live'",
  );
  expect(names.sort()).toEqual(rows.map(({ name }) => name).sort());
  await settler.die();
});

it("a bucket that is away puts no generation off: what is due is tried as soon as it is back", async () => {
  await fill(sluice, database, 10, 71);
  await prepareFolder(s3.settings.cacheFolder);
  const store = await createS3ObjectStore(s3.settings, systemClock, { ...S3_LIMITS, maxAttempts: 1 });
  const settler = (await startSettler(database, store))!;
  for (const fault of ["unavailable", "cut"] as const) {
    s3.fault = () => fault;
    await expect(settleNext(settler.context)).rejects.toMatchObject({ code: "object.unavailable", retryable: true });
  }
  const { rows } = await database.pool.query("select count(*)::int as n from generation where retry_at is not null");
  expect(rows[0].n).toBe(0);
  s3.fault = () => "none";
  expect(await settleNext(settler.context)).toBeDefined();
  await settler.die();
});
