import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GENERATION_LIMITS } from "../../pipeline/generation-keeper.ts";
import { systemClock } from "../../platform/clock.ts";
import { createPartReader, type PartReader } from "../../telemetry/index.ts";
import { settleNext } from "../../telemetry/parts/settle-generation.ts";
import { createTestFolder, startSettler, type TestFolder } from "../../telemetry/parts/testing/settling-fixture.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const START_MS = Date.UTC(2026, 9, 24, 6);
const HOUR_MS = 3_600_000;

let sluice: TestApp;
let folder: TestFolder;
let partReader: PartReader;
/** What queries of readings wait for, and which of them were called off. */
let held: Promise<void> | undefined;
let onAsked: (signal: AbortSignal) => void = () => {};

beforeAll(async () => {
  folder = await createTestFolder();
  partReader = createPartReader(folder.store, systemClock);
  const heldReader = Object.assign(Object.create(partReader) as PartReader, {
    readRows: async (...asked: Parameters<PartReader["readRows"]>) => {
      onAsked(asked[4]!);
      await held;
      return partReader.readRows(...asked);
    },
    readBuckets: async (...asked: Parameters<PartReader["readBuckets"]>) => {
      onAsked(asked[5]!);
      await held;
      return partReader.readBuckets(...asked);
    },
  });
  const generationLimits = { ...GENERATION_LIMITS, maxMessages: 9 };
  sluice = await createTestApp([], { partReader: heldReader, generationLimits });
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "danube", profile: "generic" } });
  for (let hour = 0; hour < 24; hour++) await sluice.store("danube", START_MS + hour * HOUR_MS, { pH: hour });
  const settler = (await startSettler(sluice.database, folder.store))!;
  while ((await settleNext(settler.context)) !== undefined);
  await settler.die();
  await sluice.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await partReader.stop();
  await sluice.close();
  await folder.remove();
});

const TELEMETRY = `/api/v1/devices/danube/telemetry?from=${START_MS}&to=${START_MS + 5 * HOUR_MS}`;

test.each([
  ["readings", TELEMETRY, {}],
  ["readings as CSV", TELEMETRY, { accept: "text/csv" }],
  ["buckets", `${TELEMETRY}&interval=1h`, {}],
  ["a day of a sensor", "/api/sensors/historical?sensor_id=danube&date=2026-10-24", {}],
  ["an export", "/api/v1/telemetry/export?devices=danube", {}],
])("a query of %s ends when its caller goes away", async (_what, url, headers) => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  held = promise;
  const asked = Promise.withResolvers<AbortSignal>();
  onAsked = asked.resolve;
  const authorization = `Bearer ${await sluice.tokenOf("admin")}`;
  const { port } = sluice.app.server.address() as AddressInfo;
  const request = http.get({ port, host: "127.0.0.1", path: url, headers: { ...headers, authorization } });
  request.on("error", () => {});
  const signal = await asked.promise;
  expect(signal.aborted).toBe(false);
  const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  request.destroy();
  await aborted;
  held = undefined;
  release();
});

test("single readings that retention has let go of are 410 and say from when on there are some; buckets are answered", async () => {
  await sluice.database.pool.query("update part set raw_dropped_at = now() where state = 'live'");
  for (const headers of [{}, { accept: "text/csv" }]) {
    const gone = await sluice.ask({ url: TELEMETRY, headers });
    expect(gone.json()).toMatchObject({
      status: 410,
      code: "telemetry.raw_gone",
      goneBefore: new Date(START_MS + 4.25 * HOUR_MS).toISOString(),
    });
  }
  const hours = (await sluice.ask({ url: `${TELEMETRY}&interval=1h` })).json<{ series: { pH: { mean: number[] } } }>();
  expect(hours.series.pH.mean).toEqual([0, 1, 2, 3, 4]);
});

test("buckets that are finer than what is left are 410 and say what there is", async () => {
  await sluice.database.pool.query("update part set sidecar_interval = 'day', sidecar_zone = 'Europe/Berlin'");
  const gone = await sluice.ask({ url: `${TELEMETRY}&interval=1h` });
  expect(gone.json()).toMatchObject({
    status: 410,
    code: "telemetry.resolution_gone",
    left: "1d",
    zone: "Europe/Berlin",
  });
});

test("a device's number with another organization finds nothing settled", async () => {
  const { rows } = await sluice.database.pool.query(
    "select min_device as id, organization_id as owner from part limit 1",
  );
  const range = { deviceIds: [rows[0].id], fromMicros: 0, toMicros: 2 ** 52 };
  const { findLiveParts } = await import("../../telemetry/parts/part-catalogue-store.ts");
  const found = (organizationId: number) => findLiveParts(sluice.database.pool, 0, { ...range, organizationId });
  expect((await found(rows[0].owner)).length).toBeGreaterThan(0);
  expect(await found(rows[0].owner + 1)).toEqual([]);
});
