import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createUser, login } from "../../auth/index.ts";
import { installNewOrganization } from "../../devices/index.ts";
import { openSecrets } from "../../notifications/channel-secret.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { MAX_UNASKED_DELETIONS } from "../configuration/configuration.ts";
import { addActuator, startTestGateway } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const URL = "/api/v1/configuration";
const PASSWORD = "correct horse battery";

const DOCUMENT = {
  version: 1,
  profiles: [
    {
      key: "bed",
      name: "Bed",
      metrics: [{ key: "moisture", unit: "%", minimum: 0, maximum: 100 }],
      actuators: [{ key: "valve", kind: "valve", maxRunMs: 60_000, cooldownMs: 5_000 }],
      rules: [
        {
          ...{ key: "dry", name: "Dry", metric: "moisture", comparison: "below", threshold: 10 },
          action: { actuator: "valve", kind: "RUN", durationMs: 30_000 },
        },
      ],
    },
  ],
  sites: [
    { slug: "north", name: "North", timeZone: "Europe/Berlin", region: "Hills", latitude: 52.5, longitude: 13.4 },
  ],
  assets: [
    { site: "north", path: ["Field", "Zone 1"], kind: "zone", properties: { crop: "maize" } },
    { site: "north", path: ["Field"], kind: "field" },
  ],
  devices: [
    { uid: "bed-1", name: "Bed 1", profile: "bed", site: "north", asset: ["Field", "Zone 1"], properties: { row: 4 } },
    { uid: "bed-2", profile: "bed", site: "north", status: "inactive" },
  ],
  actuators: [{ device: "bed-1", key: "valve", envelope: { maxRunMs: 45_000, cooldownMs: 9_000, maxStartsPerDay: 6 } }],
  tariffs: [{ name: "Flat", site: "north", validFrom: "2026-01-01", periods: [{ name: "all", price: 0.3 }] }],
  rules: [
    {
      ...{ device: "bed-1", key: "dry", name: "Very dry", priority: "THRESHOLD" },
      definition: { kind: "threshold", metric: "moisture", operator: "below", value: 7 },
      action: { kind: "RUN", actuator: { device: "bed-1", key: "valve" }, durationMs: 20_000 },
    },
    {
      ...{ asset: { site: "north", path: ["Field", "Zone 1"] }, key: "wet", name: "Wet" },
      definition: {
        ...{ kind: "threshold", metric: "moisture", operator: "above", value: 90 },
        gates: [{ kind: "rule", rule: { device: "bed-1", key: "dry" }, is: "not-firing" }],
      },
      alert: { severity: "warning" },
    },
  ],
  schedules: [
    {
      ...{ key: "morning", name: "Morning", actuator: { device: "bed-1", key: "valve" } },
      ...{ action: { kind: "RUN", durationMs: 20_000 }, times: { kind: "cron", expression: "0 6 * * *" } },
    },
  ],
  channels: [
    { name: "Ops", kind: "webhook", configuration: { url: "http://127.0.0.1:9/hook" } },
    { name: "Old", kind: "webhook", configuration: { url: "http://127.0.0.1:9/old" }, isEnabled: false },
  ],
  routes: [
    {
      ...{ name: "All", channels: ["Ops"], escalation: [{ afterMinutes: 5, channels: ["Old"] }] },
      match: { sites: ["north"], rules: [{ device: "bed-1", key: "dry" }] },
    },
  ],
  entities: [{ slug: "town", name: "Town", sites: ["north"] }],
};

const ODD = { kind: "threshold", metric: "oddity", operator: "below", value: 7 };

interface Result {
  readonly section: string;
  readonly name: string;
  readonly action: string;
  readonly outcome: string;
  readonly fields?: readonly string[];
  readonly token?: string;
  readonly secret?: string;
}

let sluice: TestApp;
beforeEach(async () => {
  sluice = await createTestApp();
  return () => sluice.close();
});

async function put(payload: object, query = "", token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const who = token === undefined ? ({ as: "admin" } as const) : ({ as: "nobody" } as const);
  const answer = await sluice.ask({ method: "PUT", url: `${URL}${query}`, payload, headers, ...who });
  return { status: answer.statusCode, body: answer.json() };
}

async function read(token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const who = token === undefined ? ({ as: "admin" } as const) : ({ as: "nobody" } as const);
  return (await sluice.ask({ url: URL, headers, ...who })).json();
}

/** An administrator's token of another organization, with nothing in it but what each comes with. */
async function elsewhere(): Promise<string> {
  const { pool } = sluice.database;
  const made = { slug: "other", name: "Other", timeZone: "Europe/Berlin" };
  const { organizationId } = await inTransaction(pool, async (client) => ({
    organizationId: (await installNewOrganization(client, made)).id,
  }));
  const by = { organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email: "ben@example.org", password: PASSWORD, roles: ["admin"] });
  return (await login(sluice.accounts, { username: "ben@example.org", password: PASSWORD, address: "10.0.0.9" }))
    .access_token;
}

describe("a configuration", () => {
  test("is made from nothing, comes back as it was put, and put again changes nothing", async () => {
    const made = await put(DOCUMENT);
    expect(made.body).toMatchObject({ failed: 0, deleted: 0 });
    expect(made.status).toBe(200);
    const told = made.body.results as Result[];
    expect(told.filter(({ token }) => token !== undefined).map(({ name }) => name)).toEqual(["bed-1", "bed-2"]);
    expect(told.filter(({ secret }) => secret !== undefined).map(({ name }) => name)).toEqual(["Ops", "Old"]);
    expect(told.find(({ name }) => name === "bed-1 / dry")).toMatchObject({ action: "update", outcome: "done" });

    const again = await put(DOCUMENT);
    expect(again.body).toMatchObject({ created: 0, updated: 0, failed: 0, results: [] });
    const exported = await read();
    expect(JSON.stringify(exported)).not.toMatch(/whsec_|sld_|"id"|organizationId/);
    expect((await put(exported)).body).toMatchObject({ created: 0, updated: 0, failed: 0, results: [] });
  });

  test("exported, and put into an empty organization, is exported from there as the same", async () => {
    await put(DOCUMENT);
    const exported = await read();
    const other = await elsewhere();
    const { status, body } = await put(exported, "", other);
    expect(body.results.filter(({ outcome }: Result) => outcome === "failed")).toEqual([]);
    expect(status).toBe(200);
    expect(await read(other)).toEqual(exported);
    expect(await read()).toEqual(exported);
  });

  test("tells what it would do and does nothing, when it runs dry", async () => {
    const before = await read();
    const { body } = await put(DOCUMENT, "?dryRun=true&prune=true");
    expect(body).toMatchObject({ failed: 0 });
    expect(new Set(body.results.map(({ outcome }: Result) => outcome))).toEqual(new Set(["planned"]));
    expect(body.results).toContainEqual({ section: "sites", name: "north", action: "create", outcome: "planned" });
    expect(body.results).toContainEqual(expect.objectContaining({ name: "bed-1 / valve", action: "update" }));
    expect(await read()).toEqual(before);
  });

  test("changes what is said otherwise, and only that, each change in the audit", async () => {
    await put(DOCUMENT);
    const { results } = (
      await put({
        version: 1,
        sites: [{ slug: "north", name: "Far north" }],
        actuators: [{ device: "bed-1", key: "valve", envelope: { maxStartsPerDay: null } }],
      })
    ).body;
    expect(results).toEqual([
      { section: "sites", name: "north", action: "update", fields: ["name"], outcome: "done" },
      { section: "actuators", name: "bed-1 / valve", action: "update", fields: ["envelope"], outcome: "done" },
    ]);
    const exported = await read();
    expect(exported.sites.find(({ slug }: { slug: string }) => slug === "north")).toMatchObject({
      name: "Far north",
      region: "Hills",
    });
    expect(exported.actuators[0].envelope).toMatchObject({ maxRunMs: 45_000, maxStartsPerDay: null });
    const audit = (await sluice.ask({ url: "/api/v1/audit?limit=2" })).json() as { action: string }[];
    expect(audit.map(({ action }) => action).sort()).toEqual(["actuator.envelope", "site.update"]);
  });

  test("takes away what it does not name, when it is told to, and never what comes with the organization", async () => {
    await put(DOCUMENT);
    const rest = { version: 1, rules: [], schedules: [], routes: [], channels: [DOCUMENT.channels[0]], sites: [] };
    expect((await put(rest)).body).toMatchObject({ deleted: 0, results: [] });
    const { body } = await put({ ...rest, sites: undefined, devices: [] }, "?prune=true");
    expect(body).toMatchObject({ failed: 0 });
    expect(body.results.map(({ section, name }: Result) => `${section} ${name}`)).toEqual([
      "routes All",
      "channels Old",
      "schedules morning",
      "rules north / Field / Zone 1 / wet",
      "rules bed-2 / dry",
      "rules bed-1 / dry",
      "devices bed-1",
    ]);
    const { sites, profiles } = await read();
    expect(sites.length).toBe(2);
    expect(profiles.map(({ key }: { key: string }) => key)).toContain("generic");
  });

  test("with mistakes changes nothing, and is told all of them with their places", async () => {
    const before = await read();
    const { status, body } = await put({
      ...DOCUMENT,
      sites: [{ slug: "north", name: "North", timeZone: 7 }],
      devices: [{ uid: "bed-1", profile: "bed", site: "north", asset: ["Field", "Zone 9"] }],
      schedules: [{ ...DOCUMENT.schedules[0], actuator: { device: "bed-7", key: "valve" }, colour: "red" }],
      routes: [{ name: "All", channels: ["Nobody"] }],
      tariffs: [{ ...DOCUMENT.tariffs[0], site: "south" }],
    });
    expect(status).toBe(400);
    expect(body.code).toBe("configuration.invalid");
    expect(body.errors).toEqual([
      { path: "/sites/0/timeZone", message: "must be string" },
      { path: "/devices/0", message: 'There is no asset "north / Field / Zone 9".' },
      { path: "/tariffs/0", message: 'There is no site "south".' },
      { path: "/schedules/0", message: 'There is no actuator "bed-7 / valve".' },
      { path: "/routes/0", message: 'There is no channel "Nobody".' },
    ]);
    expect(await read()).toEqual(before);
  });

  const dry = DOCUMENT.rules[0]!;
  const wet = DOCUMENT.rules[1]!;
  const renamed = (definition: object) => ({ ...wet, key: "soaked", definition: { ...wet.definition, ...definition } });

  test("whose contents its use cases would refuse changes nothing, and neither does its dry run", async () => {
    await put(DOCUMENT);
    const before = await read();
    const wrong = {
      version: 1,
      sites: [{ slug: "north", name: "North", timeZone: "Moon/Base" }],
      rules: [dry, renamed({ operator: "upwards" })],
      schedules: [{ ...DOCUMENT.schedules[0], times: { kind: "cron", expression: "60 * * * *" } }],
      channels: [
        { name: "Ops", kind: "webhook", configuration: { url: "ftp://example.org" } },
        { name: "Mail", kind: "email", configuration: { to: ["a@example.org"] }, secret: "whsec_none" },
        { name: "New", kind: "webhook", configuration: { url: "https://example.org" }, secret: "short" },
      ],
    };
    for (const query of ["?dryRun=true&prune=true", "?prune=true"]) {
      const { status, body } = await put(wrong, query);
      expect([status, body.code]).toEqual([400, "configuration.invalid"]);
      expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
        ...["/sites/0", "/rules/1", "/schedules/0", "/channels/0", "/channels/1", "/channels/2"],
      ]);
      expect(await read()).toEqual(before);
    }
  });

  test("deletes nothing while what is to take its place cannot be made", async () => {
    await put(DOCUMENT);
    const before = await read();
    const unknown = { version: 1, rules: [dry, renamed({ metric: "humidity" })] };
    const { status, body } = await put(unknown, "?prune=true");
    expect(status).toBe(207);
    expect(body).toMatchObject({ created: 0, deleted: 0, failed: 1 });
    const told = body.results.map(({ name, action, outcome }: Result) => `${outcome} ${action} ${name}`);
    expect(told).toEqual([
      "failed create north / Field / Zone 1 / soaked",
      "withheld delete north / Field / Zone 1 / wet",
      "withheld delete bed-2 / dry",
    ]);
    expect(await read()).toEqual(before);
    const mended = await put({ version: 1, rules: [dry, renamed({})] }, "?prune=true");
    expect(mended.body).toMatchObject({ created: 1, deleted: 2, failed: 0 });
  });

  test("deletes no more than is expected", async () => {
    const site = (i: number) => ({ slug: `site-${i}`, name: `Site ${i}`, timeZone: "UTC" });
    const sites = Array.from({ length: MAX_UNASKED_DELETIONS + 1 }, (_, i) => site(i));
    await put({ version: 1, sites });
    const none = { version: 1, sites: [] };
    const refused = await put(none, "?prune=true");
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: "configuration.deletions", deletions: sites.length });
    expect((await put(none, "?prune=true&dryRun=true")).body).toMatchObject({ deleted: sites.length });
    expect((await put(none, "?prune=true&expectDeletions=3")).status).toBe(409);
    const asked = await put(none, `?prune=true&expectDeletions=${sites.length}`);
    expect(asked.body).toMatchObject({ deleted: sites.length, failed: 0 });
  });

  test("gives a webhook its secret, and another one as a rotation", async () => {
    const [first, second] = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString("base64")}`);
    const put1 = (secret: string | undefined, query = "") =>
      put({ version: 1, channels: [{ ...DOCUMENT.channels[0], secret }] }, query);
    const signing = async () => {
      const { rows } = await sluice.database.pool.query("select sealed_secret as sealed from channel");
      return openSecrets(sluice.notifications.sealer, rows[0].sealed, 0);
    };
    expect((await put1(first)).body).toMatchObject({ created: 1 });
    expect((await put1(first)).body).toMatchObject({ kept: 1, results: [] });
    const rotation = { section: "channels", name: "Ops", action: "update", fields: ["secret"] };
    expect((await put1(second, "?dryRun=true")).body.results).toEqual([{ ...rotation, outcome: "planned" }]);
    expect(await signing()).toEqual([first]);
    expect((await put1(second)).body.results).toEqual([{ ...rotation, outcome: "done" }]);
    expect(await signing()).toEqual([second, first]);
    expect((await put1(second)).body).toMatchObject({ kept: 1, results: [] });
    expect((await put1(undefined)).body).toMatchObject({ kept: 1, results: [] });
    const audit = (await sluice.ask({ url: "/api/v1/audit?limit=50" })).json() as { action: string }[];
    expect(audit.filter(({ action }) => action === "channel.rotate-secret").length).toBe(1);
  });

  test("never deactivates a device whose pump runs", async () => {
    const { id, uid: device } = await addActuator(sluice);
    const gateway = await startTestGateway(sluice);
    onTestFinished(() => gateway.stop());
    await gateway.connect(device);
    const run = { kind: "RUN", durationMs: 20_000 };
    await sluice.ask({ as: "operator", method: "POST", url: `/api/v1/actuators/${id}/commands`, payload: run });
    await gateway.send();
    await gateway.say(device, { state: "RUNNING" });
    const { body } = await put({ version: 1, devices: [] }, "?prune=true");
    expect(body.results).toEqual([
      expect.objectContaining({ name: device, action: "delete", outcome: "failed", code: "device.running" }),
    ]);
    const url = `/api/v1/devices/${device}`;
    expect((await sluice.ask({ method: "DELETE", url })).json()).toMatchObject({ status: 409, code: "device.running" });
    const bulk = [{ uid: device, profile: device, status: "inactive" }];
    const many = await sluice.ask({ method: "POST", url: "/api/v1/devices/bulk?onExisting=update", payload: bulk });
    expect(many.body).toContain("device.running");
    expect((await sluice.ask({ url })).json()).toMatchObject({ status: "active" });
    await gateway.say(device, { state: "COMPLETED", ranMs: 1 });
    expect((await put({ version: 1, devices: [] }, "?prune=true")).body).toMatchObject({ deleted: 1, failed: 0 });
  });

  test("of many assets is read as often as one of few; another one at the same time is refused", async () => {
    const readsOf = async (count: number) => {
      const assets = Array.from({ length: count }, (_, i) => ({
        site: "north",
        path: [`a${count}`, `b${i}`],
        kind: "x",
      }));
      const reads = vi.spyOn(sluice.database.pool, "query");
      const { body } = await put({
        version: 1,
        sites: [DOCUMENT.sites[0]],
        assets: [...assets, { site: "north", path: [`a${count}`], kind: "x" }],
      });
      expect(body).toMatchObject({ failed: 0 });
      const calls = reads.mock.calls.filter(([text]) => /from asset/.test(String(text))).length;
      reads.mockRestore();
      return calls;
    };
    const few = await readsOf(3);
    expect(few).toBeGreaterThan(0);
    expect(await readsOf(40)).toBe(few);
    const [first, second] = await Promise.all([put(DOCUMENT), put(DOCUMENT)]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    expect((first.status === 409 ? first : second).body).toMatchObject({ code: "configuration.under_way" });
    expect((await put(DOCUMENT)).status).toBe(200);
  });

  test("does the rest where one thing cannot be made, and does what was left undone when it is put again", async () => {
    const wrong = { ...DOCUMENT, rules: [...DOCUMENT.rules, { ...dry, key: "odd", name: "Odd", definition: ODD }] };
    const { status, body } = await put(wrong);
    expect(status).toBe(207);
    expect(body).toMatchObject({ failed: 1 });
    expect(body.results.filter(({ outcome }: Result) => outcome === "failed")).toEqual([
      expect.objectContaining({ section: "rules", name: "bed-1 / odd", code: "rule.metric_unknown" }),
    ]);
    const definition = { ...ODD, metric: "moisture" };
    const mended = { ...wrong, rules: [...DOCUMENT.rules, { ...dry, key: "odd", name: "Odd", definition }] };
    expect((await put(mended)).body.results.map(({ name }: Result) => name)).toEqual(["bed-1 / odd"]);
  });
});
