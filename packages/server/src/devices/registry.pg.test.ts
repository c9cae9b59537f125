import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { createAsset, MAX_ASSET_DEPTH } from "./create-asset.ts";
import { createProfile } from "./create-profile.ts";
import { createSite } from "./create-site.ts";
import { deactivateDevice } from "./deactivate-device.ts";
import { deleteAsset } from "./delete-asset.ts";
import { deleteProfile } from "./delete-profile.ts";
import { deleteSite } from "./delete-site.ts";
import { findDevice, listDevices } from "./device-store.ts";
import { listMetrics } from "./profile-store.ts";
import { registerDevice } from "./register-device.ts";
import { rotateDeviceToken } from "./rotate-device-token.ts";
import { addOrganization, createTestRegistry, type TestRegistry } from "./testing/test-registry.ts";
import { updateAsset } from "./update-asset.ts";
import { updateDevice } from "./update-device.ts";
import { defineMetric, updateProfile } from "./update-profile.ts";
import { updateSite } from "./update-site.ts";

let database: TestDatabase;
let registry: TestRegistry;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query("delete from organization");
  registry = await createTestRegistry(database.pool);
});
afterAll(() => database.drop());

const failure = (code: string) => expect.objectContaining({ code });

test("a registered device joins the default site, gets its token once, and only the token's hash is kept", async () => {
  const { device, token } = await registerDevice(registry, registry.requester, { uid: "zone-4", profile: "generic" });
  expect(device).toMatchObject({ uid: "zone-4", name: "zone-4", site: "default", asset: null, status: "active" });
  expect(token).toMatch(/^sld_/);
  const { rows } = await database.pool.query("select row_to_json(device)::text as row from device");
  expect(rows[0].row).not.toContain(token);
});

test("a device brings its profile's actuators and rules in the transaction that inserts it", async () => {
  await registerDevice(registry, registry.requester, { uid: "zone-4", profile: "irrigation-zone" });
  expect(registry.registered).toMatchObject([
    {
      device: { uid: "zone-4", organizationId: registry.requester.organizationId },
      profile: {
        key: "irrigation-zone",
        actuators: [{ key: "pump" }],
        rules: [{ metric: "moisture", metricNumber: 0 }],
      },
    },
  ]);
  const failing = { ...registry, onDeviceRegistered: () => Promise.reject(new Error("no pump")) };
  await expect(
    registerDevice(failing, registry.requester, { uid: "zone-5", profile: "irrigation-zone" }),
  ).rejects.toThrow("no pump");
  expect(await findDevice(database.pool, registry.requester.organizationId, "zone-5")).toBeUndefined();
});

test("a uid is taken once in an organization and free in another", async () => {
  const other = await addOrganization(database.pool, "other");
  await createSite(registry, other, { name: "Elsewhere", timeZone: "UTC" });
  await createProfile(registry, other, { key: "generic", name: "Generic", metrics: [], actuators: [], rules: [] });
  await registerDevice(registry, registry.requester, { uid: "pump-1", profile: "generic" });
  await expect(registerDevice(registry, registry.requester, { uid: "pump-1", profile: "generic" })).rejects.toEqual(
    failure("device.uid_taken"),
  );
  const { device } = await registerDevice(registry, other, { uid: "pump-1", profile: "generic", site: "elsewhere" });
  expect(device.site).toBe("elsewhere");
});

test("eight requests for one uid at once register one device", async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => registerDevice(registry, registry.requester, { uid: "race", profile: "generic" })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(registry.registered).toHaveLength(1);
});

test.each([
  [{ uid: "a/b", profile: "generic" }, "device.uid_invalid"],
  [{ uid: "a", profile: "nothing" }, "profile.unknown"],
  [{ uid: "a", profile: "generic", site: "nowhere" }, "site.unknown"],
  [{ uid: "a", profile: "generic", asset: 99 }, "asset.unknown"],
])("registering %o fails with %s", async (registration, code) => {
  await expect(registerDevice(registry, registry.requester, registration)).rejects.toEqual(failure(code));
});

test("what belongs to another organization is unknown", async () => {
  const other = await addOrganization(database.pool, "other");
  await registerDevice(registry, registry.requester, { uid: "pump-1", profile: "generic" });
  await expect(updateDevice(registry, other, "pump-1", { name: "mine" })).rejects.toEqual(failure("device.unknown"));
  await expect(rotateDeviceToken(registry, other, "pump-1")).rejects.toEqual(failure("device.unknown"));
  await expect(deleteSite(registry, other, "default")).rejects.toEqual(failure("site.unknown"));
  await expect(registerDevice(registry, other, { uid: "x", profile: "generic" })).rejects.toEqual(
    failure("profile.unknown"),
  );
});

test("an asset decides its device's site", async () => {
  const site = await createSite(registry, registry.requester, { name: "North farm", timeZone: "America/Chicago" });
  const asset = await createAsset(registry, registry.requester, { kind: "zone", name: "Zone 4", site: site.slug });
  const { device } = await registerDevice(registry, registry.requester, {
    uid: "a",
    profile: "generic",
    asset: asset.id,
  });
  expect(device).toMatchObject({ site: "north-farm", asset: asset.id });
  await expect(updateDevice(registry, registry.requester, "a", { site: "default" })).rejects.toEqual(
    failure("device.asset_elsewhere"),
  );
  expect(await updateDevice(registry, registry.requester, "a", { asset: null })).toMatchObject({
    site: "north-farm",
    asset: null,
  });
  expect(await updateDevice(registry, registry.requester, "a", { site: "default" })).toMatchObject({ site: "default" });
});

test("an update changes what it names and nothing else", async () => {
  await registerDevice(registry, registry.requester, {
    uid: "a",
    name: "Pump",
    profile: "generic",
    properties: { make: "X" },
  });
  const renamed = await updateDevice(registry, registry.requester, "a", { name: "Main pump" });
  expect(renamed).toMatchObject({ name: "Main pump", properties: { make: "X" }, status: "active" });
  expect(await deactivateDevice(registry, registry.requester, "a")).toMatchObject({
    name: "Main pump",
    status: "inactive",
  });
});

test("devices are listed in pages, filtered and searched", async () => {
  for (let number = 1; number <= 5; number++) {
    const profile = number % 2 === 0 ? "irrigation-zone" : "generic";
    await registerDevice(registry, registry.requester, { uid: `Zone-${number}`, profile });
  }
  const { organizationId } = registry.requester;
  const uids = async (filter: Omit<Parameters<typeof listDevices>[2], "limit">, limit = 10) =>
    (await listDevices(database.pool, organizationId, { ...filter, limit })).map(({ uid }) => uid);
  expect(await uids({}, 2)).toEqual(["Zone-1", "Zone-2"]);
  const second = await findDevice(database.pool, organizationId, "Zone-2");
  expect(await uids({ afterId: second!.id }, 2)).toEqual(["Zone-3", "Zone-4"]);
  expect(await uids({ profile: "irrigation-zone" })).toEqual(["Zone-2", "Zone-4"]);
  expect(await uids({ search: "zone-5" })).toEqual(["Zone-5"]);
  expect(await uids({ search: "%" })).toEqual([]);
  expect(await uids({ site: "elsewhere" })).toEqual([]);
});

test("a site that has devices stays, and so does the default site", async () => {
  await createSite(registry, registry.requester, { name: "North farm", timeZone: "UTC" });
  await registerDevice(registry, registry.requester, { uid: "a", profile: "generic", site: "north-farm" });
  await expect(deleteSite(registry, registry.requester, "north-farm")).rejects.toEqual(failure("site.not_empty"));
  await updateDevice(registry, registry.requester, "a", { site: "default" });
  await deleteSite(registry, registry.requester, "north-farm");
  await expect(updateSite(registry, registry.requester, "north-farm", { name: "x" })).rejects.toEqual(
    failure("site.unknown"),
  );
  await expect(deleteSite(registry, registry.requester, "default")).rejects.toEqual(failure("site.is_default"));
});

test("a site's zone must be an IANA name, and its slug free", async () => {
  const create = (name: string, timeZone: string) => createSite(registry, registry.requester, { name, timeZone });
  await expect(create("A", "Mars/Olympus")).rejects.toEqual(failure("time_zone.unknown"));
  await expect(create("水", "UTC")).rejects.toEqual(failure("site.slug_needed"));
  await create("A", "UTC");
  await expect(create("a", "UTC")).rejects.toEqual(failure("site.slug_taken"));
  await expect(updateSite(registry, registry.requester, "a", { timeZone: "+02:00" })).rejects.toEqual(
    failure("time_zone.unknown"),
  );
  expect(await updateSite(registry, registry.requester, "a", { region: "Coast" })).toMatchObject({
    region: "Coast",
    timeZone: "UTC",
  });
});

test("an asset never stands below itself, below another site's, or too deep", async () => {
  const make = (name: string, parent?: number, site?: string) =>
    createAsset(registry, registry.requester, { kind: "zone", name, parent, site });
  const farm = await make("farm");
  const bed = await make("bed", farm.id);
  await expect(updateAsset(registry, registry.requester, farm.id, { parent: bed.id })).rejects.toEqual(
    failure("asset.circle"),
  );
  await expect(updateAsset(registry, registry.requester, farm.id, { parent: farm.id })).rejects.toEqual(
    failure("asset.circle"),
  );
  await createSite(registry, registry.requester, { name: "far", timeZone: "UTC" });
  await expect(make("lost", farm.id, "far")).rejects.toEqual(failure("asset.parent_elsewhere"));
  let deepest = farm.id;
  for (let depth = 2; depth <= MAX_ASSET_DEPTH; depth++) deepest = (await make(`level ${depth}`, deepest)).id;
  await expect(make("too deep", deepest)).rejects.toEqual(failure("asset.too_deep"));
  await expect(deleteAsset(registry, registry.requester, farm.id)).rejects.toEqual(failure("asset.not_empty"));
  await deleteAsset(registry, registry.requester, bed.id);
});

test("two moves that would close a circle between them cannot both happen", async () => {
  const make = (name: string) => createAsset(registry, registry.requester, { kind: "zone", name });
  const [a, b] = [await make("a"), await make("b")];
  const outcomes = await Promise.allSettled([
    updateAsset(registry, registry.requester, a.id, { parent: b.id }),
    updateAsset(registry, registry.requester, b.id, { parent: a.id }),
  ]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("an own profile: numbered metrics, described later, deleted only while no device has it", async () => {
  const profile = await createProfile(registry, registry.requester, {
    key: "pond",
    name: "Pond",
    metrics: [{ key: "do", unit: "mg/L", minimum: 0, maximum: 20 }, { key: "temp" }],
    actuators: [{ key: "aerator", kind: "aerator", maxRunMs: 60_000, cooldownMs: 0 }],
    rules: [],
    readingsPerSecond: 1,
    readingsBurst: 1,
  });
  expect(profile).toMatchObject({ readingsPerSecond: 1, isBuiltIn: false });
  expect(await defineMetric(registry, registry.requester, "pond", { key: "temp", unit: "°C" })).toMatchObject({
    number: 1,
    unit: "°C",
  });
  expect(await defineMetric(registry, registry.requester, "pond", { key: "ph" })).toMatchObject({
    number: 2,
    unit: null,
  });
  expect((await listMetrics(database.pool, profile.id)).map(({ key }) => key)).toEqual(["do", "temp", "ph"]);
  expect(await updateProfile(registry, registry.requester, "pond", { readingsPerSecond: 5 })).toMatchObject({
    readingsPerSecond: 5,
    readingsBurst: 1,
  });
  await registerDevice(registry, registry.requester, { uid: "p", profile: "pond" });
  await expect(deleteProfile(registry, registry.requester, "pond")).rejects.toEqual(failure("profile.in_use"));
  await expect(deleteProfile(registry, registry.requester, "generic")).rejects.toEqual(failure("profile.is_built_in"));
});

test.each([
  ["profile.key_taken", { key: "generic" }],
  ["profile.key_doubled", { metrics: [{ key: "a" }, { key: "a" }] }],
  ["metric.key_invalid", { metrics: [{ key: "x".repeat(257) }] }],
  ["metric.range_empty", { metrics: [{ key: "a", minimum: 2, maximum: 1 }] }],
  ["profile.too_many", { metrics: Array.from({ length: 257 }, (_, index) => ({ key: `m${index}` })) }],
  ["profile.rule_unknown_part", { rules: [rule("nothing", "pump")] }],
])("refuses a profile with %s", async (code, part) => {
  const template = { key: "own", name: "Own", metrics: [], actuators: [], rules: [], ...part };
  await expect(createProfile(registry, registry.requester, template)).rejects.toEqual(failure(code));
});

test("refuses a default rule that runs an actuator beyond its envelope", async () => {
  const template = {
    key: "own",
    name: "Own",
    metrics: [{ key: "a" }],
    actuators: [{ key: "pump", kind: "pump", maxRunMs: 999, cooldownMs: 0 }],
    rules: [rule("a", "pump")],
  };
  await expect(createProfile(registry, registry.requester, template)).rejects.toEqual(
    failure("profile.rule_beyond_envelope"),
  );
});

function rule(metric: string, actuator: string) {
  const action = { actuator, kind: "RUN" as const, durationMs: 1000 };
  return { key: "r", name: "R", metric, comparison: "below" as const, threshold: 1, action };
}

test("every change is told to the audit, with what was before and after, and without secrets", async () => {
  await registerDevice(registry, registry.requester, { uid: "a", profile: "generic" });
  await updateDevice(registry, registry.requester, "a", { name: "b" });
  const { token } = await rotateDeviceToken(registry, registry.requester, "a");
  expect(registry.changes.map(({ action }) => action)).toEqual([
    "device.register",
    "device.update",
    "device.rotate-token",
  ]);
  expect(registry.changes[1]).toMatchObject({ before: { name: "a" }, after: { name: "b" }, actor: "system" });
  expect(JSON.stringify(registry.changes)).not.toContain(token);
});
