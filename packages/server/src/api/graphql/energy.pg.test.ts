import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { type Ask, dataAsker, graphAsker } from "./testing/ask-graph.ts";

let sluice: TestApp;
let ask: Ask;
let data: ReturnType<typeof dataAsker>;
const homes: Record<string, number> = {};
const now = Date.now();

beforeAll(async () => {
  sluice = await createTestApp();
  ask = graphAsker(sluice);
  data = dataAsker(sluice);
  await make("sites", { slug: "street", name: "Street", timeZone: "Europe/Berlin" });
  for (const name of ["North", "South"]) {
    homes[name] = (await make("assets", { kind: "home", name, site: "street" })).id;
  }
  const garage = await make("assets", { kind: "room", name: "Garage", site: "street", parent: homes.North });
  await add("n-panel", "solar-panel", { asset: homes.North }, { power: 5_000 });
  await add("n-oven", "appliance", { asset: homes.North }, { power: 2_000 });
  const battery = { asset: garage.id, properties: { capacityWattHours: 10_000 } };
  await add("n-battery", "battery", battery, { power: -1_000, charge: 60 });
  await add("s-oven", "appliance", { asset: homes.South }, { power: -3_000 });
  await add("s-ev", "ev", { asset: homes.South }, { power: 0, charge: 20 });
  await add("s-meter", "grid-meter", { asset: homes.South }, { power: 3_100 });
  await add("alone", "solar-panel", {}, { power: 700 });
  await add("probe", "generic", {}, { power: 99_999 });
});
afterAll(() => sluice.close());

async function make(url: string, payload: object) {
  const answer = await sluice.ask({ method: "POST", url: `/api/v1/${url}`, payload });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

async function add(uid: string, profile: string, more: object, values: Record<string, number>, at = now - 60_000) {
  await make("devices", { uid, profile, ...more });
  await sluice.store(uid, at, values);
}

const TOTALS = `productionWatts consumptionWatts gridWatts gridImportWatts gridExportWatts meteredGridWatts devices unknownDevices
  storage { chargingWatts dischargingWatts charging discharging idle meanChargePercentage storedWattHours capacityWattHours }
  flows { solarToHome solarToStorage solarToGrid storageToHome gridToHome gridToStorage }`;
const totals = async (args = "") =>
  (await data(`{ energySummary${args} { totals { ${TOTALS} } } }`)).energySummary.totals;

it("what all homes make, use and store is split home by home and then summed", async () => {
  expect(await totals()).toEqual({
    productionWatts: 5_700,
    consumptionWatts: 5_000,
    gridWatts: 300,
    // South buys 3 kW while North and the lonely panel sell.
    gridImportWatts: 3_000,
    gridExportWatts: 2_700,
    meteredGridWatts: 3_100,
    devices: 7,
    unknownDevices: 0,
    storage: {
      ...{ chargingWatts: 1_000, dischargingWatts: 0, charging: 1, discharging: 0, idle: 1 },
      ...{ meanChargePercentage: 40, storedWattHours: 6_000, capacityWattHours: 10_000 },
    },
    flows: {
      ...{ solarToHome: 2_000, solarToStorage: 1_000, solarToGrid: 2_700 },
      ...{ storageToHome: 0, gridToHome: 3_000, gridToStorage: 0 },
    },
  });
});

it("a device in a room belongs to the home around it, and one in no home to its site", async () => {
  const query = (args: string) => `{ energySummary { homeCount homes(${args}) {
    nodes { name asset { name } site { slug } totals { productionWatts devices } } pageInfo { hasNextPage endCursor } } } }`;
  const first = (await data(query("first: 2"))).energySummary;
  const rest = (await data(query(`first: 2, after: "${first.homes.pageInfo.endCursor}"`))).energySummary;
  expect([first.homeCount, first.homes.pageInfo.hasNextPage, rest.homes.pageInfo.hasNextPage]).toEqual([
    3,
    true,
    false,
  ]);
  const byName = new Map([...first.homes.nodes, ...rest.homes.nodes].map((home) => [home.name, home]));
  expect(byName.get("North")).toMatchObject({
    asset: { name: "North" },
    totals: { productionWatts: 5_000, devices: 3 },
  });
  expect(byName.get("South")).toMatchObject({ site: { slug: "street" }, totals: { productionWatts: 0, devices: 3 } });
  expect(byName.get("Default site")).toMatchObject({ asset: null, totals: { productionWatts: 700, devices: 1 } });
});

it("one home or one site can be asked for", async () => {
  expect(await totals(`(home: ${homes.South})`)).toMatchObject({ consumptionWatts: 3_000, devices: 3 });
  expect(await totals('(site: "street")')).toMatchObject({ productionWatts: 5_000, devices: 6 });
  const { id: room } = await make("assets", { kind: "room", name: "Hall", site: "street" });
  const { id: empty } = await make("assets", { kind: "home", name: "Empty", site: "street" });
  expect(await totals(`(home: ${empty})`)).toMatchObject({ devices: 0, meteredGridWatts: null });
  for (const [args, code] of [
    [`home: ${room}`, "home.unknown"],
    ["home: 99999", "home.unknown"],
    ['site: "nowhere"', "site.unknown"],
    ["maxAgeMinutes: 0", "query.max_age"],
  ]) {
    const { errors } = await ask(`{ energySummary(${args}) { homeCount } }`);
    expect(errors?.[0]?.extensions?.code, args).toBe(code);
  }
});

it("what was said long ago, or never, is not known and counts for nothing", async () => {
  await add("old-panel", "solar-panel", {}, { power: 50_000 }, now - 3 * 3_600_000);
  await make("devices", { uid: "silent-panel", profile: "solar-panel" });
  expect(await totals()).toMatchObject({ productionWatts: 5_700, devices: 9, unknownDevices: 2 });
  expect(await totals("(maxAgeMinutes: 300)")).toMatchObject({ productionWatts: 55_700, unknownDevices: 1 });
});

it("a reading that cannot be is passed over for the newest that can", async () => {
  await sluice.store("n-battery", now - 30_000, { power: -1_100, charge: 400 });
  expect(await totals()).toMatchObject({ storage: { chargingWatts: 1_100, storedWattHours: 6_000 } });
});

it("a device that ends its service, moves or comes is seen by the next question", async () => {
  await make("devices", { uid: "late-panel", profile: "solar-panel", asset: homes.South });
  await sluice.store("late-panel", now, { power: 400 });
  expect(await totals(`(home: ${homes.South})`)).toMatchObject({ productionWatts: 400, devices: 4 });
  const change = async (payload: object) => {
    const answer = await sluice.ask({ method: "PATCH", url: "/api/v1/devices/late-panel", payload });
    expect(answer.statusCode).toBe(200);
  };
  await change({ asset: homes.North });
  await expect.poll(() => totals(`(home: ${homes.North})`)).toMatchObject({ productionWatts: 5_400, devices: 4 });
  await change({ status: "inactive" });
  await expect.poll(() => totals(`(home: ${homes.North})`)).toMatchObject({ productionWatts: 5_000, devices: 3 });
  const { id: third } = await make("assets", { kind: "home", name: "Third", site: "street" });
  await add("third-panel", "solar-panel", { asset: third }, { power: 10 });
  expect(await totals(`(home: ${third})`)).toMatchObject({ productionWatts: 10, devices: 1 });
});
