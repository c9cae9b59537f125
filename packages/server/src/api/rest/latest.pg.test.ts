import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeviceEntry } from "../../devices/index.ts";
import type { LatestByProfile } from "../../telemetry/index.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { columnsOf, MAX_LATEST_VALUES } from "./latest.ts";

let sluice: TestApp;
const TIME_MS = Date.parse("2026-05-01T06:00:00Z");

beforeAll(async () => {
  sluice = await createTestApp();
  const post = async (url: string, payload: object) => (await sluice.ask({ method: "POST", url, payload })).json();
  await post("/api/v1/sites", { slug: "hill", name: "Hill", timeZone: "UTC" });
  const farm = await post("/api/v1/assets", { kind: "farm", name: "Farm", site: "hill" });
  const field = await post("/api/v1/assets", { kind: "field", name: "Field", parent: farm.id });
  const metrics = [{ key: "level", minimum: 0 }];
  await post("/api/v1/profiles", { key: "tank", name: "Tank", metrics });
  await post("/api/v1/devices", { uid: "a", profile: "tank", asset: field.id });
  await post("/api/v1/devices", { uid: "b", profile: "generic", asset: farm.id });
  await post("/api/v1/devices", { uid: "silent", profile: "tank", site: "hill" });
  await post("/api/v1/devices", { uid: "away", profile: "tank" });
  await post("/api/v1/devices", { uid: "off", profile: "tank", site: "hill" });
  await sluice.ask({ method: "DELETE", url: "/api/v1/devices/off" });
  await sluice.store("a", TIME_MS, { level: -3 });
  await sluice.store("b", TIME_MS + 1, { level: 2, ph: 7 });
  await sluice.store("away", TIME_MS, { level: 9 });
});
afterAll(() => sluice.close());

const ask = (query: string) => sluice.ask({ url: `/api/v1/latest?${query}` });

test("the newest values of a site come in columns, with what is wrong with them", async () => {
  expect((await ask("site=hill")).json()).toEqual({
    devices: ["a", "b", "silent"],
    ts: [TIME_MS, TIME_MS + 1, null],
    series: { level: [-3, 2, null], ph: [null, 7, null] },
    invalid: { level: { range: [0] } },
  });
});

test("devices are named, or found by profile, and by asset with what is below it", async () => {
  const devicesOf = async (query: string) => (await ask(query)).json().devices;
  expect(await devicesOf("devices=b,a,b")).toEqual(["b", "a"]);
  expect(await devicesOf("profile=tank")).toEqual(["a", "silent", "away"]);
  const [farm] = (await sluice.ask({ url: "/api/v1/assets?kind=farm" })).json();
  expect(await devicesOf(`asset=${farm.id}`)).toEqual(["a", "b"]);
  expect(await devicesOf("site=hill&profile=generic")).toEqual(["b"]);
  expect((await ask("devices=b&metrics=ph")).json().series).toEqual({ ph: [7] });
});

test("an answer has so many values, and no more", () => {
  const metricKeys = Array.from({ length: MAX_LATEST_VALUES / 1_000 + 1 }, (_, number) => `m${number}`);
  const devices = Array.from({ length: 1_000 }, (_, id) => ({ id, uid: `d${id}`, profile: { id: 1, metricKeys } }));
  const said = metricKeys.map(() => Float64Array.of(1));
  const columns = { lastMicros: Float64Array.of(1), times: said, values: said, flags: [] };
  const latest = { columnsOf: () => columns, rowOfDevice: () => 0 } as unknown as LatestByProfile;
  const all = devices as unknown as DeviceEntry[];
  expect(() => columnsOf(all, latest, undefined)).toThrow(expect.objectContaining({ code: "query.too_many_values" }));
  const { series } = columnsOf(all, latest, new Set(metricKeys.slice(1)));
  expect(Object.keys(series)).toHaveLength(metricKeys.length - 1);
});

test("an unknown device, none and both ways of naming are refused", async () => {
  const unknown = await ask("devices=a,nobody");
  expect([unknown.statusCode, unknown.json().unknown]).toEqual([404, ["nobody"]]);
  expect((await ask("")).json().code).toBe("query.devices_needed");
  expect((await ask("devices=a&site=hill")).json().code).toBe("query.devices_needed");
});

test("a device that changed is another one in the next answer", async () => {
  await sluice.ask({ method: "DELETE", url: "/api/v1/devices/silent" });
  expect((await ask("site=hill")).json().devices).toEqual(["a", "b"]);
  await sluice.ask({ method: "PATCH", url: "/api/v1/devices/silent", payload: { status: "active" } });
  expect((await ask("site=hill")).json().devices).toEqual(["a", "b", "silent"]);
});
