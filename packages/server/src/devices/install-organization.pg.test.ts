import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { builtInProfiles } from "./built-in-profiles.ts";
import { installOrganization } from "./install-organization.ts";
import {
  listActuatorTemplates,
  listMetrics,
  listProfiles,
  listRuleTemplates,
  requireProfile,
} from "./profile-store.ts";
import { listSites, updateSiteRow } from "./site-store.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query("delete from organization");
});
afterAll(() => database.drop());

test("a first start makes the default organization, its site in the machine's zone, and the built-in profiles", async () => {
  const { pool } = database;
  const organization = await installOrganization(pool, "Europe/Berlin");
  expect(organization.slug).toBe("default");
  expect(await listSites(pool, organization.id, { limit: 10 })).toMatchObject([
    { slug: "default", isDefault: true, timeZone: "Europe/Berlin" },
  ]);
  expect(await listProfiles(pool, organization.id, { limit: 20 })).toMatchObject([
    { key: "generic", isBuiltIn: true },
    { key: "irrigation-zone", isBuiltIn: true },
    { key: "aquaculture-pond", isBuiltIn: true },
    { key: "solar-panel", isBuiltIn: true },
    { key: "battery", isBuiltIn: true },
    { key: "ev", isBuiltIn: true },
    { key: "appliance", isBuiltIn: true },
    { key: "grid-meter", isBuiltIn: true },
    { key: "water-quality", isBuiltIn: true },
    { key: "weather-station", isBuiltIn: true },
    { key: "gateway", isBuiltIn: true },
  ]);
});

test("an irrigation zone measures moisture in percent, has a pump of 30 s and waters below 10 %", async () => {
  const { pool } = database;
  const { id } = await requireProfile(pool, (await installOrganization(pool, "UTC")).id, "irrigation-zone");
  expect(await listMetrics(pool, id)).toMatchObject([
    { number: 0, key: "moisture", unit: "%", minimum: 0, maximum: 100 },
  ]);
  expect(await listActuatorTemplates(pool, id)).toEqual([
    { key: "pump", kind: "pump", maxRunMs: 30_000, cooldownMs: 900_000 },
  ]);
  expect(await listRuleTemplates(pool, id)).toMatchObject([
    {
      metric: "moisture",
      comparison: "below",
      threshold: 10,
      action: { actuator: "pump", kind: "RUN", durationMs: 30_000 },
    },
  ]);
});

test("an aquaculture pond has its valves in one group, an aerator that is safe when on, and rules that alert", async () => {
  const { pool } = database;
  const { id } = await requireProfile(pool, (await installOrganization(pool, "UTC")).id, "aquaculture-pond");
  const actuators = new Map((await listActuatorTemplates(pool, id)).map((actuator) => [actuator.key, actuator]));
  expect(actuators.get("aerator")).toMatchObject({ safeState: "on", linkLossMs: 60_000 });
  expect(actuators.get("feeder")).toMatchObject({ maxDose: { amount: 2_000, unit: "g" } });
  expect([actuators.get("inlet"), actuators.get("outlet")]).toMatchObject([
    { interlockGroup: "water" },
    { interlockGroup: "water" },
  ]);
  expect(await listRuleTemplates(pool, id)).toMatchObject([
    { key: "aerate", hysteresis: 1, action: { actuator: "aerator" }, alert: { severity: "major" } },
    { key: "oxygen-critical", alert: { severity: "critical" } },
    { key: "exchange-water", priority: "EMERGENCY", action: { actuator: "inlet" } },
    { key: "refill" },
  ]);
});

test("starting again changes nothing that people changed", async () => {
  const { pool } = database;
  const organization = await installOrganization(pool, "UTC");
  const [site] = await listSites(pool, organization.id, { limit: 10 });
  await updateSiteRow(pool, site!.id, { name: "North farm" });
  await installOrganization(pool, "Asia/Tokyo");
  expect(await listSites(pool, organization.id, { limit: 10 })).toMatchObject([
    { name: "North farm", timeZone: "UTC" },
  ]);
  expect(await listProfiles(pool, organization.id, { limit: 100 })).toHaveLength(builtInProfiles.length);
});

test("processes that start at once agree", async () => {
  const { pool } = database;
  const organizations = await Promise.all(Array.from({ length: 6 }, () => installOrganization(pool, "UTC")));
  expect(new Set(organizations.map(({ id }) => id)).size).toBe(1);
  expect(await listProfiles(pool, organizations[0]!.id, { limit: 100 })).toHaveLength(builtInProfiles.length);
});

test("a machine whose zone has no IANA name is taken to be in UTC", async () => {
  const organization = await installOrganization(database.pool, "+02:00");
  expect(await listSites(database.pool, organization.id, { limit: 10 })).toMatchObject([{ timeZone: "UTC" }]);
});
