import type { ProfileTemplate } from "@sluice/core/profiles/profile-template.ts";
import { solutions as available } from "@sluice/solutions/registry.ts";
import type { Solution } from "@sluice/solutions/solution.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createProfile, defineMetric } from "../../devices/index.ts";
import { adoptSolutions, type InstalledSolution, installSolution, listSolutions } from "../../solutions/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeEach(async () => {
  sluice = await createTestApp();
});
afterEach(() => sluice.close());

const by = () => ({ organizationId: sluice.organizationId, actor: "system" });
const shipped = (key: string) => available.find((solution) => solution.key === key)!;

async function ask(method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE", url: string, payload?: object) {
  const answer = await sluice.ask({ method, url: `/api/v1/${url}`, ...(payload && { payload }) });
  expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBeLessThan(300);
  return answer.body === "" ? undefined : answer.json();
}

const install = (key: string): Promise<InstalledSolution> => ask("POST", `solutions/${key}/install`);
const upgrade = (solution: Solution) =>
  installSolution({ ...sluice.solutions, available: [solution] }, by(), solution.key);
const outcomes = ({ changes }: Pick<InstalledSolution, "changes">) =>
  changes.map(({ kind, key, outcome }) => `${kind} ${key}: ${outcome}`);

async function rulesOf(
  device: string,
): Promise<Map<string, { id: number; name: string; definition: { value: number } }>> {
  const rules = await ask("GET", `rules?device=${device}`);
  return new Map(rules.map((rule: { key: string }) => [rule.key, rule]));
}

async function actuatorOf(device: string, key: string) {
  const actuators = await ask("GET", `actuators?device=${device}&limit=100`);
  return actuators.find(
    (actuator: { key: string; device: string }) => actuator.key === key && actuator.device === device,
  );
}

/** The pond as its second version has it: other limits, another rule, another range, something more and something less. */
function secondPond(): Solution {
  const { profiles, ...solution } = shipped("aquaculture");
  const [pond] = profiles as [ProfileTemplate];
  const changed: ProfileTemplate = {
    ...pond,
    name: "Fish pond",
    metrics: [
      ...pond.metrics.map((metric) => {
        if (metric.key === "temperature") return { ...metric, maximum: 50 };
        return metric.key === "ph" ? { ...metric, precision: 1 } : metric;
      }),
      { key: "chlorophyll", unit: "µg/L", quantity: "chlorophyll a", minimum: 0 },
    ],
    actuators: pond.actuators.map((actuator) => ({ ...actuator, maxRunMs: actuator.maxRunMs / 2 })),
    rules: [
      ...pond.rules
        .filter(({ key }) => key !== "exchange-water")
        .map((rule) => ({ ...rule, name: `${rule.name} (2)`, threshold: rule.threshold + 0.25 })),
      {
        key: "hot",
        name: "Hot",
        metric: "temperature",
        comparison: "above",
        threshold: 34,
        alert: { severity: "info" },
      },
    ],
  };
  return { ...solution, version: 2, profiles: [changed] };
}

test("a user's changes to an installed solution survive its upgrade, and everything else is upgraded", async () => {
  for (const uid of ["changed", "untouched"]) await ask("POST", "devices", { uid, profile: "aquaculture-pond" });
  const before = await rulesOf("changed");
  const definition = { ...before.get("aerate")!.definition, value: 5 };
  await ask("PATCH", `rules/${before.get("aerate")!.id}`, { definition });
  await ask("DELETE", `rules/${before.get("refill")!.id}`);
  const own = { kind: "threshold", metric: "turbidity", operator: "above", value: 100 };
  await ask("POST", "rules", { name: "Murky", device: "changed", definition: own, alert: { severity: "info" } });
  const feeder = await actuatorOf("changed", "feeder");
  await ask("PATCH", `actuators/${feeder.id}`, { envelope: { maxRunMs: 60_000 } });
  await ask("PUT", "profiles/aquaculture-pond/metrics/temperature", { maximum: 38 });

  const answer = await upgrade(secondPond());
  expect(answer).toMatchObject({ version: 2, versionBefore: 1 });
  expect(outcomes(answer)).toEqual([
    "profile : upgraded",
    "metric temperature: kept",
    "metric ph: upgraded",
    "metric chlorophyll: added",
    "actuator aerator: upgraded",
    "actuator inlet: upgraded",
    "actuator outlet: upgraded",
    "actuator feeder: upgraded",
    "rule aerate: upgraded",
    "rule oxygen-critical: upgraded",
    "rule refill: upgraded",
    "rule hot: added",
    "rule exchange-water: withdrawn",
  ]);
  const devicesOf = (key: string) => answer.changes.find((change) => change.key === key)?.devices;
  expect(devicesOf("aerate")).toEqual({ changed: 1, kept: 1 });
  expect(devicesOf("oxygen-critical")).toEqual({ changed: 2, kept: 0 });
  expect(devicesOf("refill")).toEqual({ changed: 1, kept: 0 });
  expect(devicesOf("feeder")).toEqual({ changed: 1, kept: 1 });
  expect(devicesOf("inlet")).toEqual({ changed: 2, kept: 0 });

  const after = await rulesOf("changed");
  expect([...after.keys()].sort()).toEqual(["aerate", "exchange-water", "murky", "oxygen-critical"]);
  expect(after.get("aerate")).toMatchObject({ name: "Aerate when oxygen is low", definition: { value: 5 } });
  expect(after.get("oxygen-critical")).toMatchObject({ definition: { value: 3.25 } });
  expect((await rulesOf("untouched")).get("aerate")).toMatchObject({ definition: { value: 4.25, hysteresis: 1 } });
  expect((await actuatorOf("changed", "feeder")).envelope).toMatchObject({ maxRunMs: 60_000 });
  expect((await actuatorOf("changed", "inlet")).envelope).toMatchObject({
    maxRunMs: 1_800_000,
    interlockGroup: "changed/water",
  });
  const profile = await ask("GET", "profiles/aquaculture-pond");
  expect(profile.name).toBe("Fish pond");
  const metrics = new Map(profile.metrics.map((metric: { key: string }) => [metric.key, metric]));
  expect(metrics.get("temperature")).toMatchObject({ number: 1, maximum: 38 });
  expect(metrics.get("ph")).toMatchObject({ precision: 1, minimum: 0 });
  expect(metrics.get("chlorophyll")).toMatchObject({ number: 7, unit: "µg/L" });

  await ask("POST", "devices", { uid: "later", profile: "aquaculture-pond" });
  expect([...(await rulesOf("later")).keys()].sort()).toEqual(["aerate", "hot", "oxygen-critical", "refill"]);
  expect((await actuatorOf("later", "feeder")).envelope).toMatchObject({ maxRunMs: 300_000 });
});

test("upgrading again, and at once with another, changes nothing more", async () => {
  await ask("POST", "devices", { uid: "pond", profile: "aquaculture-pond" });
  await ask("PUT", "profiles/aquaculture-pond/metrics/temperature", { maximum: 38 });
  const answers = await Promise.all([upgrade(secondPond()), upgrade(secondPond()), upgrade(secondPond())]);
  const [first, ...others] = answers.sort((a, b) => b.changes.length - a.changes.length);
  expect(first!.versionBefore).toBe(1);
  expect(first!.changes.length).toBeGreaterThan(10);
  for (const other of others) {
    expect(other.versionBefore).toBe(2);
    expect(outcomes(other)).toEqual(["metric temperature: kept"]);
  }
  expect((await rulesOf("pond")).get("aerate")).toMatchObject({ definition: { value: 4.25 } });
});

test("a third version upgrades what the second left as it was installed, and still keeps what people changed", async () => {
  await ask("POST", "devices", { uid: "pond", profile: "aquaculture-pond" });
  const rule = (await rulesOf("pond")).get("aerate")!;
  await upgrade(secondPond());
  await ask("PATCH", `rules/${rule.id}`, { enabled: false });
  const [pond] = secondPond().profiles as [ProfileTemplate];
  const rules = pond.rules.map((one) => ({ ...one, threshold: one.threshold + 1 }));
  const answer = await upgrade({ ...secondPond(), version: 3, profiles: [{ ...pond, rules }] });
  expect(answer.changes.find(({ key }) => key === "aerate")?.devices).toEqual({ changed: 0, kept: 1 });
  const after = await rulesOf("pond");
  expect(after.get("aerate")).toMatchObject({ enabled: false, definition: { value: 4.25 } });
  expect(after.get("oxygen-critical")).toMatchObject({ definition: { value: 4.25 } });
});

test("an organization from before there were versions has version 1, and what it had changed by then stays", async () => {
  const { pool } = sluice.database;
  await defineMetric(sluice.registry, by(), "aquaculture-pond", { key: "temperature", maximum: 38 });
  await pool.query("delete from solution_installation");
  await Promise.all([adoptSolutions(pool, available), adoptSolutions(pool, available)]);
  const views = await listSolutions(sluice.solutions, sluice.organizationId);
  expect(views.map(({ key, installedVersion }) => [key, installedVersion])).toEqual([
    ["irrigation", 1],
    ["aquaculture", 1],
    ["home-energy", 1],
    ["water-quality", 1],
    ["weather-station", 1],
    ["cold-chain", null],
  ]);
  expect(views.flatMap(({ key, changes }) => (key === "cold-chain" ? [] : changes))).toMatchObject([
    { key: "temperature", outcome: "kept" },
  ]);
});

test("the list says what an upgrade would change, and changes nothing by it", async () => {
  const list = () => listSolutions({ ...sluice.solutions, available: [secondPond()] }, sluice.organizationId);
  const [view] = await list();
  expect(view).toMatchObject({ version: 2, installedVersion: 1 });
  expect(view!.changes).toContainEqual({
    ...{ kind: "rule", profile: "aquaculture-pond", key: "exchange-water", outcome: "withdrawn" },
  });
  expect(await list()).toEqual([view]);
  const listed = await ask("GET", "solutions");
  expect(listed.map(({ key }: { key: string }) => key)).toEqual(available.map(({ key }) => key));
});

test("a solution on request comes whole: its devices have their rules, and a schedule by the clock of their site", async () => {
  expect(await install("cold-chain")).toMatchObject({ versionBefore: null, changes: expect.any(Array) });
  expect(await install("cold-chain")).toEqual({ solution: "cold-chain", version: 1, versionBefore: 1, changes: [] });
  expect((await ask("GET", "profiles/cold-room")).schedules).toMatchObject([
    { key: "sounder-test", actuator: "sounder" },
  ]);
  await ask("POST", "devices", { uid: "fridge", profile: "cold-room" });
  expect((await rulesOf("fridge")).get("too-warm")).toMatchObject({
    definition: { value: 8, hysteresis: 0.5, forMs: 1_800_000 },
  });
  const schedules = await ask("GET", "schedules?device=fridge");
  expect(schedules).toMatchObject([
    { name: "Test of the sounder: fridge", times: { kind: "cron", expression: "0 9 * * 1" } },
  ]);
});

test("removing takes what is untouched and unused, and says what stays; again, what has become free", async () => {
  const remove = (key: string) => ask("DELETE", `solutions/${key}`);
  await install("cold-chain");
  expect(await remove("cold-chain")).toEqual({ solution: "cold-chain", removed: ["cold-room"], stays: [] });
  expect((await sluice.ask({ url: "/api/v1/profiles/cold-room" })).statusCode).toBe(404);
  await install("cold-chain");
  await ask("POST", "devices", { uid: "panel", profile: "solar-panel" });
  await ask("PATCH", "profiles/ev", { name: "Our cars" });
  await ask("PUT", "profiles/battery/metrics/cell_temperature", { unit: "°C" });
  expect(await remove("home-energy")).toEqual({
    solution: "home-energy",
    removed: ["appliance", "grid-meter"],
    stays: [
      { profile: "battery", reason: "changed" },
      { profile: "ev", reason: "changed" },
      { profile: "solar-panel", reason: "devices" },
    ],
  });
  await ask("DELETE", "profiles/ev");
  expect((await rulesOf("panel")).size).toBe(0);
  const { pool } = sluice.database;
  await adoptSolutions(pool, available);
  const views = await listSolutions(sluice.solutions, sluice.organizationId);
  expect(views.find(({ key }) => key === "home-energy")).toMatchObject({ installedVersion: null });
  const again = await install("home-energy");
  expect(outcomes(again).filter((outcome) => outcome.startsWith("profile"))).toEqual([
    "profile : kept",
    "profile : added",
    "profile : added",
    "profile : added",
  ]);
});

test("a profile of one's own keeps its key, whatever a solution brings", async () => {
  const own = { key: "cold-room", name: "Our room", metrics: [{ key: "temperature" }], actuators: [], rules: [] };
  await createProfile(sluice.registry, by(), own);
  const answer = await install("cold-chain");
  expect(new Set(answer.changes.map(({ outcome }) => outcome))).toEqual(new Set(["kept"]));
  const profile = await ask("GET", "profiles/cold-room");
  expect(profile).toMatchObject({ name: "Our room", isBuiltIn: false, rules: [], actuators: [] });
  expect(await ask("DELETE", "solutions/cold-chain")).toMatchObject({ removed: [], stays: [] });
});

test("another organization is not touched, and an older program does not take a newer version back", async () => {
  const made = await ask("POST", "organizations", { name: "Neighbours" });
  await upgrade(secondPond());
  const [view] = await listSolutions({ ...sluice.solutions, available: [secondPond()] }, made.id);
  expect(view).toMatchObject({ installedVersion: 1 });
  const refused = await sluice.ask({ method: "POST", url: "/api/v1/solutions/aquaculture/install" });
  expect([refused.statusCode, refused.json().code]).toEqual([409, "solution.newer_installed"]);
});

test("only administrators install; what is unknown or not installed is not found", async () => {
  const url = "/api/v1/solutions/cold-chain";
  expect((await sluice.ask({ method: "POST", url: `${url}/install`, as: "scientist" })).statusCode).toBe(403);
  expect((await sluice.ask({ method: "DELETE", url, as: "operator" })).statusCode).toBe(403);
  expect((await sluice.ask({ method: "DELETE", url })).json().code).toBe("solution.not_installed");
  const unknown = await sluice.ask({ method: "POST", url: "/api/v1/solutions/unheard-of/install" });
  expect(unknown.json().code).toBe("solution.unknown");
});

test("who installed and removed what is in the audit, with what became of it", async () => {
  await install("cold-chain");
  await ask("DELETE", "solutions/cold-chain");
  const { rows } = await sluice.database.pool.query(
    "select action, after from audit_event where subject = 'solution:cold-chain' order by id",
  );
  expect(rows).toMatchObject([
    { action: "solution.install", after: { version: 1, versionBefore: null } },
    { action: "solution.remove", after: { removed: ["cold-room"] } },
  ]);
});
