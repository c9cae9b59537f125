import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Clock } from "../platform/clock.ts";
import { connectClient } from "../platform/postgres.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { PostgresDeviceDirectory, type RegistryEvent } from "./device-directory.ts";
import type { DeviceEntry } from "./directory.ts";
import { listMetrics } from "./profile-store.ts";
import { registerDevice } from "./register-device.ts";
import { rotateDeviceToken } from "./rotate-device-token.ts";
import { addOrganization, createTestRegistry, type TestRegistry } from "./testing/test-registry.ts";
import { updateDevice } from "./update-device.ts";
import { defineMetric, updateProfile } from "./update-profile.ts";

/** Time that moves only when told: each `tick` runs what is due next. */
class HandClock implements Clock {
  readonly #due = new Set<() => void>();
  nowMicros = () => 0;
  monotonicMs = () => 0;
  after(_delayMs: number, callback: () => void): () => void {
    this.#due.add(callback);
    return () => this.#due.delete(callback);
  }
  tick(): void {
    const due = [...this.#due];
    this.#due.clear();
    for (const callback of due) callback();
  }
}

let database: TestDatabase;
let registry: TestRegistry;
let clock: HandClock;
let directory: PostgresDeviceDirectory;
let other: PostgresDeviceDirectory;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query("delete from organization");
  registry = await createTestRegistry(database.pool);
  clock = new HandClock();
  directory = newDirectory();
  other = newDirectory();
  await Promise.all([directory.start(), other.start()]);
});
afterEach(() => Promise.all([directory.stop(), other.stop()]));
afterAll(() => database.drop());

function newDirectory(maxCachedDevices?: number, pool = database.pool): PostgresDeviceDirectory {
  const connect = () => connectClient(database.url, "listen");
  return new PostgresDeviceDirectory({ pool, connect, clock, maxCachedDevices });
}

/** Resolves when the directory hears of the next change. */
function nextChange(of: PostgresDeviceDirectory): Promise<RegistryEvent> {
  return new Promise((resolve) => {
    const unwatch = of.watch((event) => {
      unwatch();
      resolve(event);
    });
  });
}

async function register(uid: string, profile = "generic"): Promise<string> {
  return (await registerDevice(registry, registry.requester, { uid, profile })).token;
}

async function resolveOne(uid: string, from = directory): Promise<DeviceEntry> {
  return (await from.resolve(registry.requester.organizationId, [uid])).get(uid)!;
}

/** How often the pool is asked for a connection while `work` runs. */
async function countQueries(work: () => Promise<unknown>): Promise<number> {
  let queries = 0;
  const count = () => void queries++;
  database.pool.on("acquire", count);
  await work();
  database.pool.off("acquire", count);
  return queries;
}

test("a token finds its device, and from then on without asking the database", async () => {
  const token = await register("zone-4", "irrigation-zone");
  const found = (await directory.senderByToken(token))?.device;
  expect(found).toMatchObject({ uid: "zone-4", active: true, profile: { key: "irrigation-zone" } });
  expect(found?.profile.metricNumbers.get("moisture")).toBe(0);
  expect(await countQueries(() => directory.senderByToken(token))).toBe(0);
  expect(directory.cachedDevice(registry.requester.organizationId, "zone-4")).toBe(found);
  expect(directory.cachedDeviceById(found!.id)).toBe(found);
});

test.each(["", "sld_", `sld_${"A".repeat(43)}`, "x".repeat(10_000), "a\0b"])(
  "no device has the token %j",
  async (token) => {
    expect(await directory.senderByToken(token)).toBeUndefined();
  },
);

test("a hundred requests with one new token ask the database once", async () => {
  const token = await register("a");
  await resolveOne("a");
  await directory.stop();
  directory = newDirectory();
  await directory.start();
  const queries = await countQueries(() =>
    Promise.all(Array.from({ length: 100 }, () => directory.senderByToken(token))),
  );
  expect(queries).toBeLessThanOrEqual(2);
});

test("a rotated token stops working, and the new one works, on every node", async () => {
  const old = await register("a");
  expect(await directory.senderByToken(old)).toBeDefined();
  expect(await other.senderByToken(old)).toBeDefined();
  const heard = Promise.all([nextChange(directory), nextChange(other)]);
  const { id, token } = await rotateDeviceToken(registry, registry.requester, "a");
  expect(await heard).toEqual([
    { kind: "device", id },
    { kind: "device", id },
  ]);
  for (const node of [directory, other]) {
    expect(await node.senderByToken(old)).toBeUndefined();
    expect((await node.senderByToken(token))?.device.id).toBe(id);
  }
});

test("a deactivated device's token opens nothing; the uid still resolves, as inactive", async () => {
  const token = await register("a");
  await directory.senderByToken(token);
  const heard = nextChange(directory);
  await updateDevice(registry, registry.requester, "a", { status: "inactive" });
  await heard;
  expect(await directory.senderByToken(token)).toBeUndefined();
  expect((await resolveOne("a")).active).toBe(false);
});

test("an answer that a change has overtaken is given to who asked, and not kept", async () => {
  await register("a");
  const { organizationId } = registry.requester;
  const gate = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const latePool: Pool = Object.create(database.pool, {
    query: {
      value: async (text: string, values: unknown[]) => {
        const answer = await database.pool.query(text, values);
        answered.resolve();
        await gate.promise;
        return answer;
      },
    },
  });
  const late = newDirectory(undefined, latePool);
  await late.start();
  const asked = late.resolve(organizationId, ["a"]);
  await answered.promise;
  const heard = nextChange(late);
  await updateDevice(registry, registry.requester, "a", { status: "inactive" });
  await heard;
  gate.resolve();
  expect((await asked).get("a")?.active).toBe(true);
  expect(late.cachedDevice(organizationId, "a")).toBeUndefined();
  expect((await resolveOne("a", late)).active).toBe(false);
  expect(late.cachedDevice(organizationId, "a")?.active).toBe(false);
  await late.stop();
});

test("many uids are looked up in one query, and unknown ones are absent", async () => {
  const uids = ["a", "b", "c"];
  for (const uid of uids) await register(uid);
  await resolveOne("a");
  const { organizationId } = registry.requester;
  let found: ReadonlyMap<string, DeviceEntry> = new Map();
  const queries = await countQueries(async () => {
    found = await directory.resolve(organizationId, [...uids, "nobody", "a/b", "\0", "\ud800"]);
  });
  expect(queries).toBe(1);
  expect([...found.keys()].sort()).toEqual(uids);
  const ids = [...found.values()].map(({ id }) => id);
  expect(await countQueries(() => directory.resolveIds(ids))).toBe(0);
  expect((await other.resolveIds([...ids, 999])).size).toBe(3);
});

test("a uid of another organization does not resolve", async () => {
  const stranger = await addOrganization(database.pool, "stranger");
  await register("a");
  await resolveOne("a");
  expect((await directory.resolve(stranger.organizationId, ["a"])).size).toBe(0);
});

test("two nodes that meet the same unknown uids register each once, as generic devices of the default site", async () => {
  await register("known");
  const uids = ["known", ...Array.from({ length: 200 }, (_, index) => `new-${index}`)];
  const { organizationId } = registry.requester;
  const [first, second] = await Promise.all([
    directory.provision(organizationId, [...uids, "not/a-uid"]),
    other.provision(organizationId, [...uids].reverse()),
  ]);
  expect(first.size).toBe(201);
  expect(second.size).toBe(201);
  for (const uid of uids) expect(second.get(uid)?.id).toBe(first.get(uid)?.id);
  expect(first.get("new-7")).toMatchObject({ active: true, profile: { key: "generic" } });
  const { rows } = await database.pool.query(
    "select count(*)::int as devices, count(distinct site_id)::int as sites from device",
  );
  expect(rows[0]).toEqual({ devices: 201, sites: 1 });
});

test("metrics get the same numbers on two nodes at once, committed before anyone uses them", async () => {
  await register("a");
  const [here, there] = [await resolveOne("a"), await resolveOne("a", other)];
  await Promise.all([
    directory.allocateMetrics(here.profile, ["ph", "temp", "ph"]),
    other.allocateMetrics(there.profile, ["temp", "do", "ph"]),
    directory.allocateMetrics(here.profile, ["do", "turbidity"]),
  ]);
  await other.allocateMetrics(there.profile, ["turbidity"]);
  await directory.allocateMetrics(here.profile, ["do"]);
  const stored = new Map((await listMetrics(database.pool, here.profile.id)).map(({ key, number }) => [key, number]));
  expect([...stored.values()].sort()).toEqual([0, 1, 2, 3]);
  expect(here.profile.metricNumbers).toEqual(stored);
  expect(there.profile.metricNumbers).toEqual(stored);
  expect(here.profile.metricKeys.map((key) => stored.get(key))).toEqual([0, 1, 2, 3]);
});

test("a thousand messages that meet new metrics at once share a transaction, and all find their numbers", async () => {
  await register("a");
  const { profile } = await resolveOne("a");
  const queries = await countQueries(() =>
    Promise.all(
      Array.from({ length: 1000 }, (_, index) => directory.allocateMetrics(profile, ["ph", `m${index % 50}`])),
    ),
  );
  expect(queries).toBeLessThan(10);
  expect(profile.metricNumbers.size).toBe(51);
});

test("an allocation that fails is told to those who wait for it, and the next one works", async () => {
  await register("a");
  const { profile } = await resolveOne("a");
  await database.pool.query("alter table profile_metric rename to hidden");
  const outcomes = await Promise.allSettled([
    directory.allocateMetrics(profile, ["ph"]),
    directory.allocateMetrics(profile, ["do"]),
  ]);
  await database.pool.query("alter table hidden rename to profile_metric");
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await directory.allocateMetrics(profile, ["ph"]);
  expect(profile.metricNumbers.has("ph")).toBe(true);
});

test("a device found before sees the metrics that came later", async () => {
  await register("a");
  const device = await resolveOne("a");
  await directory.allocateMetrics(device.profile, ["ph"]);
  expect(device.profile.metricNumbers.get("ph")).toBe(0);
  expect((await resolveOne("a")).profile).toBe(device.profile);
});

test("a profile takes 256 metrics; the keys past that stay without a number", async () => {
  await register("a");
  const { profile } = await resolveOne("a");
  const keys = Array.from({ length: 300 }, (_, index) => `metric-${index}`);
  await directory.allocateMetrics(profile, keys.slice(0, 200));
  expect(directory.isProfileFull(profile)).toBe(false);
  await directory.allocateMetrics(profile, keys);
  expect(profile.metricNumbers.size).toBe(256);
  expect(profile.metricNumbers.get("metric-255")).toBe(255);
  expect(profile.metricNumbers.has("metric-256")).toBe(false);
  expect(directory.isProfileFull(profile)).toBe(true);
  expect(await countQueries(() => directory.allocateMetrics(profile, ["one-more"]))).toBe(0);
});

test("keys that the database cannot hold get no number and spoil none of the others", async () => {
  await register("a");
  const { profile } = await resolveOne("a");
  await directory.allocateMetrics(profile, ["", "a\0b", "\ud800", "x".repeat(257), "ü".repeat(129), "good"]);
  expect([...profile.metricNumbers.keys()]).toEqual(["good"]);
});

test("a profile's new rate and metric arrive on a node that knows it", async () => {
  await register("a");
  const { profile } = await resolveOne("a");
  const newRate = nextChange(directory);
  await updateProfile(registry, registry.requester, "generic", { readingsPerSecond: 5 });
  await newRate;
  expect(profile.readingsPerSecond).toBe(5);
  const newMetric = nextChange(directory);
  await defineMetric(registry, registry.requester, "generic", { key: "ph" });
  await newMetric;
  expect(profile.metricNumbers.get("ph")).toBe(0);
});

test("after the listening connection broke, nothing known before is trusted", async () => {
  const token = await register("a");
  await directory.senderByToken(token);
  const lost = nextChange(directory);
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'sluice/listen'",
  );
  expect(await lost).toEqual({ kind: "gap" });
  expect(directory.cachedDevice(registry.requester.organizationId, "a")).toBeUndefined();
});

test("it listens again after a broken connection", async () => {
  const token = await register("a");
  const lost = nextChange(directory);
  await database.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'sluice/listen'",
  );
  await lost;
  await nextChange(directory);
  await directory.senderByToken(token);
  const heard = nextChange(directory);
  const { id } = await rotateDeviceToken(registry, registry.requester, "a");
  expect(await heard).toEqual({ kind: "device", id });
  expect(await directory.senderByToken(token)).toBeUndefined();
});

test("a connection that does not answer within a tick counts as lost", async () => {
  await resolveOne("a");
  const lost = nextChange(directory);
  clock.tick();
  clock.tick();
  expect(await lost).toEqual({ kind: "gap" });
});

test("it keeps no more devices than its limit", async () => {
  await directory.stop();
  directory = newDirectory(2);
  await directory.start();
  for (const uid of ["a", "b", "c"]) await register(uid);
  const { organizationId } = registry.requester;
  const found = await directory.resolve(organizationId, ["a", "b", "c"]);
  expect(found.size).toBe(3);
  expect(["a", "b", "c"].filter((uid) => directory.cachedDevice(organizationId, uid))).toHaveLength(2);
});
