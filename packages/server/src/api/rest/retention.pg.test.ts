import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { createLogger } from "../../platform/logger.ts";
import { RetentionWorker } from "../../telemetry/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const DAY_MS = 86_400_000;

let sluice: TestApp;
let profile: { readonly id: number; readonly key: string };
let profiles = 0;
let parts = 0;
beforeAll(async () => {
  sluice = await createTestApp();
});
beforeEach(async () => {
  const payload = { key: `pond-${++profiles}`, name: "Pond" };
  profile = (await sluice.ask({ method: "POST", url: "/api/v1/profiles", payload })).json();
});
afterAll(() => sluice.close());

const url = () => `/api/v1/profiles/${profile.key}/retention`;
const put = (payload: object) => sluice.ask({ method: "PUT", url: url(), payload });
const dryRun = async (payload: object = {}) =>
  (await sluice.ask({ method: "POST", url: `${url()}/dry-run`, payload })).json();

/** A live part of one day, of so many days ago. */
async function addPart(daysAgo: number): Promise<void> {
  const micros = (Date.now() - daysAgo * DAY_MS) * 1000;
  const name = `raw/${++parts}.parquet`;
  await sluice.database.pool.query(
    `insert into part (organization_id, profile_id, partition, state, span, generation, sequence, min_device, max_device,
                       min_micros, max_micros, has_versions, messages, readings, name, bytes, checksum, footer_checksum,
                       sidecar_name, sidecar_bytes, sidecar_checksum, sidecar_footer_checksum, writer, live_at)
     values (1, $1, 0, 'live', 'day', 1, 1, 1, 9, $2, $3, false, 10, 50, $4, 1000, 'x', 'x', $4 || '.q', 100, 'x', 'x',
             gen_random_uuid(), now())`,
    [profile.id, micros - DAY_MS * 1000, micros, name],
  );
}

/** Days → what is left of its part. */
async function left(): Promise<string[]> {
  const { rows } = await sluice.database.pool.query(
    `select state, raw_dropped_at is null as raw from part where profile_id = $1 order by min_micros desc`,
    [profile.id],
  );
  return rows.map(({ state, raw }) => (state !== "live" ? "nothing" : raw ? "readings" : "rollups"));
}

async function work(noticeMs = 0, options: { readonly clock?: Clock } = {}): Promise<void> {
  const worker = new RetentionWorker({
    pool: sluice.database.pool,
    clock: systemClock,
    logger: createLogger("silent"),
    noticeMs,
    ...options,
  });
  worker.start();
  await worker.settled();
  await worker.stop();
  expect(worker.health().lastError).toBeNull();
}

test("readings of a profile are kept two years, and their rollups for ever, unless somebody says otherwise", async () => {
  expect((await sluice.ask({ url: url() })).json()).toEqual({
    policy: "keep",
    rawDays: 730,
    quarterDays: null,
    dayDays: null,
    rollupDays: null,
    hold: null,
  });
  for (const daysAgo of [1, 729, 731, 9000]) await addPart(daysAgo);
  expect(await dryRun()).toMatchObject({
    raw: { parts: 2, readings: 100, bytes: 2000 },
    rollups: { parts: 0, bytes: 0, from: null },
  });
  await work();
  expect(await left()).toEqual(["readings", "readings", "rollups", "rollups"]);
});

test("a policy of one's own drops rollups too, and a dry run says so beforehand and changes nothing", async () => {
  for (const daysAgo of [5, 15, 40]) await addPart(daysAgo);
  const own = { policy: "own", rawDays: 10, rollupDays: 30 };
  expect(await dryRun(own)).toMatchObject({
    retention: { ...own, hold: null },
    raw: { parts: 1, bytes: 1000 },
    rollups: { parts: 1, bytes: 1100, from: expect.any(String) },
  });
  expect((await sluice.ask({ url: url() })).json()).toMatchObject({ policy: "keep" });
  expect((await put(own)).json()).toMatchObject(own);
  await work();
  expect(await left()).toEqual(["readings", "rollups", "nothing"]);
});

test("under a legal hold nothing goes until it is lifted", async () => {
  await addPart(100);
  const held = await put({ policy: "thin", holdReason: "a claim is being heard" });
  expect(held.json()).toMatchObject({ rawDays: 7, hold: { reason: "a claim is being heard" } });
  await work();
  expect(await left()).toEqual(["readings"]);
  expect((await put({ policy: "thin" })).json()).toMatchObject({ hold: { reason: "a claim is being heard" } });
  expect((await put({ policy: "thin", holdReason: null })).json()).toMatchObject({ hold: null });
  await work();
  expect(await left()).toEqual(["rollups"]);
});

test("a hold brings back what was dropped and is not deleted yet, and its profile cannot be deleted", async () => {
  for (const daysAgo of [100, 200]) await addPart(daysAgo);
  await put({ policy: "thin" });
  await work();
  expect(await left()).toEqual(["rollups", "rollups"]);
  await sluice.database.pool.query(
    `update part set raw_deleted_at = now() where min_micros = (select min(min_micros) from part where profile_id = $1)`,
    [profile.id],
  );
  await put({ policy: "thin", holdReason: "a claim is being heard" });
  expect(await left()).toEqual(["readings", "rollups"]);
  const remove = () => sluice.ask({ method: "DELETE", url: `/api/v1/profiles/${profile.key}` });
  const refused = await remove();
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({ code: "profile.held" });
  await put({ policy: "keep", holdReason: null });
  expect((await remove()).statusCode).toBe(204);
  await work();
  expect(await left()).toEqual(["readings", "rollups"]);
});

test("what somebody holds between two rounds of the worker stays", async () => {
  await addPart(100);
  await put({ policy: "thin" });
  await work(86_400_000);
  await sluice.database.pool.query("update retention_notice set since = now() - interval '2 days'");
  await put({ policy: "thin", holdReason: "a claim is being heard" });
  await work(86_400_000);
  expect(await left()).toEqual(["readings"]);
  await put({ policy: "thin", holdReason: null });
  await work(86_400_000);
  expect(await left()).toEqual(["readings"]);
});

test("what is due goes a day later, and a clock that is ahead of the database's makes nothing due", async () => {
  await addPart(100);
  await addPart(1);
  await put({ policy: "thin" });
  await work(86_400_000);
  expect(await left()).toEqual(["readings", "readings"]);
  await sluice.database.pool.query("update retention_notice set since = now() - interval '25 hours'");
  await work(86_400_000, { clock: { ...systemClock, nowMicros: () => (Date.now() + 3650 * DAY_MS) * 1000 } });
  expect(await left()).toEqual(["readings", "rollups"]);
});

test("whoever sets other days begins with notice anew", async () => {
  await addPart(100);
  await put({ policy: "thin" });
  await work(86_400_000);
  const notices = async () => (await sluice.database.pool.query("select 1 from retention_notice")).rows.length;
  const given = await notices();
  expect(given).toBeGreaterThan(0);
  await put({ policy: "thin" });
  expect(await notices()).toBe(given);
  await put({ policy: "keep" });
  expect(await notices()).toBe(0);
});

test("a dry run says what becomes coarser, by a policy or by days alone", async () => {
  for (const daysAgo of [5, 50, 500, 1500]) await addPart(daysAgo);
  expect(await dryRun({ policy: "thin" })).toMatchObject({
    retention: { rawDays: 7, quarterDays: 90, dayDays: 730, rollupDays: null },
    raw: { parts: 3, readings: 150, bytes: 3000 },
    toDays: { parts: 1, bytes: 100 },
    toMonths: { parts: 1, bytes: 100 },
    rollups: { parts: 0 },
  });
  expect(await dryRun({ rawDays: 30 })).toMatchObject({
    retention: { policy: "own", rawDays: 30, quarterDays: null },
    raw: { parts: 3, from: expect.any(String), to: expect.any(String) },
    toDays: { parts: 0 },
  });
});

test("what makes no sense is refused, and only those who may change the registry change it", async () => {
  expect((await put({ policy: "own", rawDays: 30, rollupDays: 10 })).json()).toMatchObject({ code: "retention.days" });
  expect((await put({ policy: "keep", rawDays: 30 })).json()).toMatchObject({ code: "retention.days" });
  for (const days of [{ quarterDays: 5 }, { rawDays: 5, quarterDays: 4 }, { rawDays: 5, dayDays: 50 }]) {
    expect((await put({ policy: "own", ...days })).json()).toMatchObject({ code: "retention.days" });
  }
  const asOperator = await sluice.ask({ as: "operator", method: "PUT", url: url(), payload: { policy: "thin" } });
  expect(asOperator.statusCode).toBe(403);
});
