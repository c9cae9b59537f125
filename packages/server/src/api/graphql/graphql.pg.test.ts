import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUser, login } from "../../auth/index.ts";
import { addOrganization } from "../../devices/testing/test-registry.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { type Ask, dataAsker, fewestStatements, graphAsker } from "./testing/ask-graph.ts";

let sluice: TestApp;
let ask: Ask;
let data: ReturnType<typeof dataAsker>;
beforeAll(async () => {
  sluice = await createTestApp();
  ask = graphAsker(sluice);
  data = dataAsker(sluice);
});
afterAll(() => sluice.close());

const register = (input: object) =>
  data("mutation($input: RegisterDeviceInput!) { registerDevice(input: $input) { id uid token device { id type } } }", {
    variables: { input },
  });
const make = async (url: string, payload: object) =>
  (await sluice.ask({ method: "POST", url: `/api/v1/${url}`, payload })).json();
const codeOf = ({ errors }: Awaited<ReturnType<Ask>>) => errors?.[0]?.extensions?.code;

describe("a device", () => {
  it("is registered by its type, and told its token once", async () => {
    const { registerDevice } = await register({
      uid: "panel-1",
      type: "SOLAR_PANEL",
      properties: { ratedPowerWatts: 4_000 },
    });
    expect(registerDevice).toMatchObject({ uid: "panel-1", token: expect.stringMatching(/^sld_/) });
    expect(registerDevice.device).toEqual({ id: registerDevice.id, type: "SOLAR_PANEL" });
    const { device } = await data(
      `{ device(uid: "panel-1") { id name status properties profile { key name } site { slug timeZone } } }`,
    );
    expect(device).toEqual({
      id: registerDevice.id,
      name: "panel-1",
      status: "ACTIVE",
      properties: { ratedPowerWatts: 4_000 },
      profile: { key: "solar-panel", name: "Solar panels" },
      site: { slug: "default", timeZone: "Europe/Berlin" },
    });
    expect(await data(`{ device(id: "${device.id}") { uid } }`)).toEqual({ device: { uid: "panel-1" } });
  });

  it("has properties of its type, refused in the same words as by REST", async () => {
    const mutation = "mutation($input: RegisterDeviceInput!) { registerDevice(input: $input) { id } }";
    const input = { uid: "panel-x", type: "SOLAR_PANEL", properties: { capacityWattHours: 5 } };
    const { errors } = await ask(mutation, { variables: { input } });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining("has no capacityWattHours"),
        path: ["registerDevice"],
        extensions: { code: "device.property_invalid", kind: "invalid", property: "capacityWattHours" },
      },
    ]);
    const rest = await sluice.ask({
      method: "POST",
      url: "/api/v1/devices",
      payload: { uid: "panel-x", profile: "solar-panel", properties: { capacityWattHours: 5 } },
    });
    expect(rest.json()).toMatchObject({ code: "device.property_invalid", detail: errors![0]!.message });
  });

  it.each([
    [{ uid: "x", type: "OTHER" }, "device.profile_needed"],
    [{ uid: "x", type: "EV", profile: "battery" }, "device.profile_needed"],
    [{ uid: "panel-1", type: "SOLAR_PANEL" }, "device.uid_taken"],
    [{ uid: "x".repeat(129), type: "EV" }, "request.invalid"],
    [{ uid: "x", type: "EV", properties: [] }, "request.invalid"],
    [{ uid: "x", type: "EV", asset: "1; drop table" }, "request.id_invalid"],
    [{ uid: "x", type: "EV", site: "nowhere" }, "site.unknown"],
  ])("%j is refused with %s", async (input, code) => {
    const mutation = "mutation($input: RegisterDeviceInput!) { registerDevice(input: $input) { id } }";
    expect(codeOf(await ask(mutation, { variables: { input } }))).toBe(code);
  });

  it("changes, and ends its service", async () => {
    await register({ uid: "fridge", type: "APPLIANCE" });
    const { updateDevice } = await data(
      `mutation { updateDevice(uid: "fridge", input: { name: "Fridge", properties: { ratedPowerWatts: 150 } }) { name properties } }`,
    );
    expect(updateDevice).toEqual({ name: "Fridge", properties: { ratedPowerWatts: 150 } });
    const { deactivateDevice } = await data(`mutation { deactivateDevice(uid: "fridge") { name status } }`);
    expect(deactivateDevice).toEqual({ name: "Fridge", status: "INACTIVE" });
    const { rows } = await sluice.database.pool.query(
      "select action from audit_event where subject = 'device:' || (select id from device where uid = 'fridge') order by id",
    );
    expect(rows.map(({ action }) => action)).toEqual(["device.register", "device.update", "device.update"]);
  });

  it("is found by type, status, site, profile and search, a page at a time", async () => {
    await make("sites", { slug: "harbour", name: "Harbour", timeZone: "Europe/Berlin" });
    for (const uid of ["ev-1", "ev-2", "ev-3"]) await register({ uid, type: "EV", site: "harbour" });
    await make("devices", { uid: "ev-lookalike", profile: "generic", site: "harbour" });
    const uids = async (args: string) =>
      (await data(`{ devices(${args}) { nodes { uid } } }`)).devices.nodes.map(({ uid }: { uid: string }) => uid);
    expect(await uids("type: EV")).toEqual(["ev-1", "ev-2", "ev-3"]);
    expect(await uids('type: OTHER, site: "harbour"')).toEqual(["ev-lookalike"]);
    expect(await uids('profile: "generic"')).toEqual(["ev-lookalike"]);
    expect(await uids("status: INACTIVE")).toEqual(["fridge"]);
    expect(await uids('search: "EV-", first: 2')).toEqual(["ev-1", "ev-2"]);
    const pages: string[][] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const query = `query($after: String) { devices(type: EV, first: 2, after: $after) { edges { cursor node { uid } } pageInfo { hasNextPage endCursor } } }`;
      const { devices } = await data(query, { variables: { after } });
      pages.push(devices.edges.map(({ node }: { node: { uid: string } }) => node.uid));
      expect(devices.pageInfo.endCursor).toBe(devices.edges.at(-1).cursor);
      after = devices.pageInfo.endCursor;
      more = devices.pageInfo.hasNextPage;
    }
    expect(pages).toEqual([["ev-1", "ev-2"], ["ev-3"]]);
  });

  it.each([
    `{ devices(search: "${"x".repeat(201)}") { nodes { uid } } }`,
    `{ assets(site: "${"x".repeat(64)}") { nodes { id } } }`,
    `{ alerts(severity: [MAJOR, MAJOR, MAJOR, MAJOR, MAJOR]) { nodes { id } } }`,
    `{ device(uid: "${"x".repeat(129)}") { uid } }`,
    `{ device(uid: "panel-1") { latest(metrics: [""]) { value } } }`,
  ])("%s is refused, as by REST", async (query) => {
    expect(codeOf(await ask(query))).toBe("request.invalid");
  });

  it.each(["first: 0", "first: 1001", "first: -1", 'after: "?"', 'after: "AAAA"'])(
    "a page with %s is refused",
    async (args) => {
      expect(codeOf(await ask(`{ devices(${args}) { nodes { uid } } }`))).toMatch(/^request\.(page_size|cursor)$/);
    },
  );

  it("of another organization is unknown, by whatever name", async () => {
    const { pool } = sluice.database;
    const by = await addOrganization(pool, "other");
    const password = "correct horse battery";
    await createUser(sluice.accounts, by, { email: "eve@example.org", password, roles: ["admin"] });
    const credentials = { username: "eve@example.org", password, address: "10.0.0.2" };
    const token = ((await login(sluice.accounts, credentials)) as { access_token: string }).access_token;
    const { device } = await data(`{ device(uid: "panel-1") { id } }`);
    for (const query of [
      `{ device(uid: "panel-1") { id } }`,
      `{ device(id: "${device.id}") { id } }`,
      `{ telemetry(device: "panel-1", interval: HOUR) { times } }`,
      `mutation { updateDevice(uid: "panel-1", input: { name: "mine" }) { id } }`,
      `mutation { deactivateDevice(uid: "panel-1") { id } }`,
    ]) {
      expect(codeOf(await ask(query, { token })), query).toBe("device.unknown");
    }
    expect((await ask("{ devices { nodes { id } } energySummary { totals { devices } } }", { token })).data).toEqual({
      devices: { nodes: [] },
      energySummary: { totals: { devices: 0 } },
    });
  });
});

describe("who may", () => {
  it.each([
    ["scientist", `mutation { deactivateDevice(uid: "panel-1") { id } }`],
    ["operator", `mutation { registerDevice(input: { uid: "o", type: EV }) { id } }`],
    ["scientist", `mutation { sendCommand(input: { actuator: 1, kind: STOP }) { executionId } }`],
    ["scientist", `mutation { acknowledgeAlert(id: "5f0c1e52-91a4-4f9f-8d0a-1f2f3a4b5c6d") { id } }`],
  ] as const)("the %s may not %s", async (as, query) => {
    expect((await ask(query, { as })).errors).toMatchObject([
      { extensions: { code: "auth.forbidden", kind: "forbidden" } },
    ]);
  });

  it("a program sees of a device what its scopes open", async () => {
    const { token } = await make("clients", { name: "reader", scopes: ["registry:read"] });
    const answer = await ask(`{ device(uid: "panel-1") { uid currentPowerWatts } me { id } }`, { token });
    expect(answer.errors?.map(({ path }) => path)).toEqual(
      expect.arrayContaining([["device", "currentPowerWatts"], ["me"]]),
    );
    expect((await ask(`{ device(uid: "panel-1") { uid } }`, { token })).data).toEqual({ device: { uid: "panel-1" } });
  });

  it("without a token nothing is told, not even the schema", async () => {
    const answer = await sluice.app.inject({ method: "POST", url: "/graphql", payload: { query: "{ __typename }" } });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: "auth.token_missing" });
  });

  it("whoever is signed in sees the schema, and who they are", async () => {
    const { __schema, me } = await data("{ __schema { queryType { name } } me { roles organization } }", {
      as: "operator",
    });
    expect(__schema).toEqual({ queryType: { name: "Query" } });
    expect(me).toEqual({ roles: ["operator"], organization: "Default organization" });
  });
});

describe("what a device says", () => {
  const now = Date.now();

  beforeAll(async () => {
    await register({ uid: "battery-1", type: "BATTERY", properties: { capacityWattHours: 10_000 } });
    await register({ uid: "oven", type: "APPLIANCE" });
    await sluice.store("panel-1", now - 60_000, { power: 3_000 });
    await sluice.store("battery-1", now - 60_000, { power: -1_200, charge: 40 });
    await sluice.store("oven", now - 60_000, { power: 800 });
  });

  it("is its power by one sign, its charge and its state", async () => {
    const query = `{ devices(search: "", first: 100) { nodes { uid currentPowerWatts chargePercentage currentState } } }`;
    const { devices } = await data(query);
    const of = (uid: string) => devices.nodes.find((device: { uid: string }) => device.uid === uid);
    expect(of("panel-1")).toMatchObject({
      currentPowerWatts: 3_000,
      chargePercentage: null,
      currentState: "PRODUCING",
    });
    expect(of("battery-1")).toMatchObject({
      currentPowerWatts: -1_200,
      chargePercentage: 40,
      currentState: "CHARGING",
    });
    expect(of("oven")).toMatchObject({ currentPowerWatts: -800, currentState: "ON" });
    expect(of("ev-1")).toMatchObject({ currentPowerWatts: null, chargePercentage: null, currentState: null });
  });

  it("is its latest values, those that are asked for, with what is wrong with them", async () => {
    await sluice.store("battery-1", now - 30_000, { power: -1_300, charge: 140 });
    const { device } = await data(
      `{ device(uid: "battery-1") { chargePercentage latest(metrics: ["charge"]) { metric unit value at invalid } } }`,
    );
    expect(device.latest).toEqual([
      { metric: "charge", unit: "%", value: 140, at: new Date(now - 30_000).toISOString(), invalid: ["range"] },
    ]);
    expect(device.chargePercentage).toBe(40);
  });

  it("is telemetry in buckets of the site's days", async () => {
    const at = (text: string) => Date.parse(text);
    await register({ uid: "battery-2", type: "BATTERY" });
    // In Berlin the day of the 2nd begins at 22:00 UTC.
    await sluice.store("battery-2", at("2026-06-01T21:59:00Z"), { power: 100, charge: 10 });
    await sluice.store("battery-2", at("2026-06-01T22:00:00Z"), { power: 200, charge: 20 });
    await sluice.store("battery-2", at("2026-06-02T10:00:00Z"), { power: 400, charge: 40 });
    const { telemetry } = await data(
      `{ telemetry(device: "battery-2", metrics: ["power", "charge"], interval: DAY,
                   from: "2026-06-01T00:00:00Z", to: "2026-06-03T00:00:00Z") {
           interval zone times meanCharge device { uid } series { metric unit mean min max count } } }`,
    );
    expect(telemetry).toEqual({
      interval: "DAY",
      zone: "Europe/Berlin",
      times: ["2026-05-31T22:00:00.000Z", "2026-06-01T22:00:00.000Z"],
      meanCharge: [10, 30],
      device: { uid: "battery-2" },
      series: [
        { metric: "power", unit: "W", mean: [100, 300], min: [100, 200], max: [100, 400], count: [1, 2] },
        { metric: "charge", unit: "%", mean: [10, 30], min: [10, 20], max: [10, 40], count: [1, 2] },
      ],
    });
    const utc = `{ telemetry(device: "battery-2", interval: MONTH, zone: "UTC", from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z") { times series { metric count } } }`;
    expect((await data(utc)).telemetry).toMatchObject({ times: ["2026-06-01T00:00:00.000Z"] });
  });

  it.each([
    [`interval: DAY, zone: "Mars/Olympus"`, "query.zone"],
    [`interval: DAY, from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z"`, "query.range"],
    [`interval: DAY, from: "yesterday"`, "GRAPHQL_VALIDATION_FAILED"],
    [`interval: DAY, from: "2026-02-30T00:00:00Z"`, "GRAPHQL_VALIDATION_FAILED"],
    [`interval: DAY, from: "2026-05-01 (whatever)"`, "GRAPHQL_VALIDATION_FAILED"],
    [`interval: DAY, zone: "${"x".repeat(65)}"`, "request.invalid"],
    [`interval: DAY, metrics: ["${"x".repeat(201)}"]`, "request.invalid"],
    [`interval: MINUTE`, "GRAPHQL_VALIDATION_FAILED"],
  ])("telemetry with %s is refused with %s", async (args, code) => {
    const answer = await ask(`{ telemetry(device: "battery-1", ${args}) { times } }`);
    expect(codeOf(answer)).toBe(code);
    expect(answer.data?.telemetry).toBeUndefined();
  });
});

describe("reading many", () => {
  it("takes as many statements for a hundred devices as for two", async () => {
    const { id: asset } = await make("assets", { kind: "hall", name: "Hall", site: "default" });
    for (let i = 0; i < 100; i++) await register({ uid: `many-${i}`, type: "BATTERY", asset: String(asset) });
    await sluice.store("many-0", Date.now(), { power: 1, charge: 50 });
    const query = (first: number) => `{ devices(search: "many-", first: ${first}) { nodes {
      uid currentPowerWatts chargePercentage currentState lastMessageAt
      site { slug } asset { name parent { id } } profile { key metrics { key } }
      latest { metric value } actuators { key status device { uid } } alerts { title } } } }`;
    await data(query(2));
    const { devices } = await data(query(100));
    expect(devices.nodes).toHaveLength(100);
    expect(devices.nodes[99]).toMatchObject({ asset: { name: "Hall" }, actuators: [{ key: "charger" }] });
    const few = await fewestStatements(() => data(query(2)));
    const many = await fewestStatements(() => data(query(100)));
    expect(many).toBe(few);
    expect(many).toBeLessThanOrEqual(20);
  });
});
