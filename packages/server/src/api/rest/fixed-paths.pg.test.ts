import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApp } from "../testing/test-app.ts";
import { createWholeApp } from "../testing/whole-app.ts";

/** The paths and shapes that specifications of others fix, each asked as a program of theirs would. */
let sluice: TestApp;
let key: string;

beforeAll(async () => {
  sluice = await createWholeApp();
  const site = { slug: "vienna", name: "Vienna", timeZone: "Europe/Vienna", region: "danube" };
  await post("/api/v1/sites", site);
  const scopes = ["ingest", "devices:provision", "telemetry:read"];
  const client = await post("/api/v1/clients", { name: "station", scopes });
  key = client.json().token;
});
afterAll(() => sluice.close());

const post = (url: string, payload: object) => sluice.ask({ method: "POST", url, payload });
/** With the program's own key. */
const send = (options: InjectOptions) =>
  sluice.app.inject({ ...options, headers: { authorization: `Bearer ${key}`, ...options.headers } });

test("a client and a device are made in the shapes that programs rely on", async () => {
  const client = await post("/api/v1/clients", { name: "other", scopes: ["ingest", "devices:provision"] });
  expect(client.statusCode).toBe(201);
  expect(client.json()).toMatchObject({ id: expect.any(String), token: expect.stringMatching(/^slc_/) });
  const draft = { uid: "shaped", name: "Shaped", profile: "irrigation-zone", site: "vienna", properties: { row: 3 } };
  const device = await post("/api/v1/devices", draft);
  expect(device.statusCode).toBe(201);
  expect(device.json()).toMatchObject({ id: expect.any(Number), uid: "shaped", token: expect.any(String) });
  const [actuator] = (await sluice.ask({ url: "/api/v1/devices/shaped/actuators" })).json();
  const told = ["id", "key", "kind", "status", "mode", "hold", "lastActivationAt", "totalActivations"];
  expect(Object.keys(actuator)).toEqual(expect.arrayContaining([...told, "cooldownUntil", "envelope", "observed"]));
});

test("a sensor's data comes back as its newest reading, with the keys that it sent", async () => {
  const payload = { sensor_id: "123", pH: 7.1, temp: 15.2 };
  const answer = await send({ method: "POST", url: "/api/sensors/data", payload });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ status: "success", message: "Data received" });
  const { timestamp, ...latest } = (await send({ url: "/api/sensors/latest?sensor_id=123" })).json();
  expect(latest).toEqual(payload);
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  const newest = (await send({ url: "/api/v1/devices/123/latest" })).json();
  expect(newest).toMatchObject({ device: "123", ts: Date.parse(timestamp), values: { pH: 7.1, temp: 15.2 } });
});

test("a sensor's day is that of the clock at its site, also when the clock is set", async () => {
  await post("/api/v1/devices", { uid: "danube", profile: "generic", site: "vienna" });
  // The 25th of October 2026 has 25 hours in Vienna: from 22:00Z the day before to 23:00Z.
  const times = ["2026-10-24T21:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"];
  for (const [index, time] of times.entries()) await sluice.store("danube", Date.parse(time), { pH: 7 + index / 10 });
  const url = "/api/sensors/historical?sensor_id=danube&date=2026-10-25";
  const readings = (await sluice.ask({ url })).json();
  expect(readings).toEqual([
    { sensor_id: "danube", pH: 7.1, timestamp: "2026-10-24T22:00:00.000Z" },
    { sensor_id: "danube", pH: 7.2, timestamp: "2026-10-25T22:59:59.000Z" },
  ]);
  const csv = await sluice.ask({ url, headers: { accept: "text/csv" } });
  expect(csv.headers["content-type"]).toMatch(/^text\/csv/);
  expect(csv.body).toBe("timestamp,pH\r\n2026-10-24T22:00:00.000Z,7.1\r\n2026-10-25T22:59:59.000Z,7.2\r\n");
  expect((await sluice.ask({ url: url.replace("10-25", "02-30") })).json().code).toBe("query.time");
});

test.each(["/api", ""])("a station's readings go to and come from %s/readings", async (prefix) => {
  const device_id = `station${prefix.replace("/", "-")}`;
  const payload = { bme280: { temperature: { c: 21.4, f: 70.5 } }, gps: { error: "no fix" } };
  const reading = { device_id, ts_utc: "2026-05-01T06:00:00Z", ts_local: "2026-05-01T08:00:00+02:00", payload };
  const one = await send({ method: "POST", url: `${prefix}/readings`, payload: reading });
  expect([200, 201], one.body).toContain(one.statusCode);
  const later = { ...reading, ts_utc: "2026-05-02T06:00:00Z", ts_local: "2026-05-02T08:00:00+02:00" };
  const bulk = await send({ method: "POST", url: `${prefix}/readings/bulk`, payload: { readings: [later] } });
  expect([200, 201], bulk.body).toContain(bulk.statusCode);
  const day = `${prefix}/readings?start_date=2026-05-01&end_date=2026-05-01&device_id=${device_id}`;
  const [found, ...others] = (await send({ url: day })).json();
  expect(others).toEqual([]);
  expect(found).toEqual({ ...reading, id: expect.any(String), ts_utc: "2026-05-01T06:00:00.000Z" });
  const [newest] = (await send({ url: `${prefix}/readings/latest?device_id=${device_id}` })).json();
  expect(newest.ts_local).toBe(later.ts_local);
});

test("telemetry is columns, raw or in buckets", async () => {
  await post("/api/v1/devices", { uid: "columns", profile: "generic" });
  const noonMs = Date.UTC(2026, 4, 1, 12);
  await sluice.store("columns", noonMs, { ph: 7 });
  await sluice.store("columns", noonMs + 1000, { ph: 8 });
  const url = "/api/v1/devices/columns/telemetry?metrics=ph&from=2026-05-01&to=2026-05-02";
  expect((await sluice.ask({ url })).json()).toEqual({
    ...{ device: "columns", interval: null, ts: [noonMs, noonMs + 1000], series: { ph: [7, 8] } },
  });
  expect((await sluice.ask({ url: `${url}&interval=1h&aggregate=mean,max` })).json()).toMatchObject({
    ...{ device: "columns", interval: "1h", ts: [noonMs], series: { ph: { mean: [7.5], max: [8] } } },
  });
});

test("a zone's moisture is averaged by the hour, over the probes that stand in it", async () => {
  const { id: zone } = (await post("/api/v1/assets", { kind: "zone", name: "Beans" })).json();
  const { id: row } = (await post("/api/v1/assets", { kind: "row", name: "Row", parent: zone })).json();
  await post("/api/v1/devices", { uid: "beans-1", profile: "irrigation-zone", asset: zone });
  await post("/api/v1/devices", { uid: "beans-2", profile: "irrigation-zone", asset: row });
  const hourMs = 3_600_000;
  const startMs = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;
  await sluice.store("beans-1", startMs, { moisture: 10 });
  await sluice.store("beans-1", startMs + 60_000, { moisture: 20 });
  await sluice.store("beans-2", startMs + 1, { moisture: 60 });
  await sluice.store("beans-2", startMs + hourMs, { moisture: 40 });
  await sluice.store("beans-2", startMs + hourMs + 1, { moisture: -5 });
  const ask = (hours: number) => sluice.ask({ url: `/api/v1/zones/${zone}/hourly-averages?hours=${hours}` });
  expect((await ask(24)).json()).toEqual({
    ...{ zone, name: "Beans" },
    hours: [
      { hour: new Date(startMs).toISOString(), avgMoisture: 30, count: 3 },
      { hour: new Date(startMs + hourMs).toISOString(), avgMoisture: 40, count: 1 },
    ],
  });
  expect((await ask(0)).statusCode).toBe(400);
  expect((await sluice.ask({ url: "/api/v1/zones/999999/hourly-averages" })).json().code).toBe("asset.unknown");
});

test("alerts of a region are a list, and the status is everybody's", async () => {
  expect((await sluice.ask({ url: "/api/alerts?region=danube" })).json()).toEqual([]);
  const status = await sluice.ask({ url: "/api/status", as: "nobody" });
  expect(status.json()).toMatchObject({ status: "healthy", db: "connected", workers: "running" });
});

test("automation answers by the names of its trade", async () => {
  for (const name of ["thresholds", "schedules", "executions", "conflicts"]) {
    const answer = await sluice.ask({ url: `/api/v1/automation/${name}` });
    expect([answer.statusCode, Array.isArray(answer.json())], name).toEqual([200, true]);
  }
  expect((await sluice.ask({ url: "/api/v1/automation/status" })).statusCode).toBe(200);
  const { id } = (await sluice.ask({ url: "/api/v1/devices/shaped/actuators" })).json()[0];
  const order = { action: "RUN", actuator: id, durationMs: 1_000 };
  const placed = await post("/api/v1/automation/execute", order);
  expect([201, 202], placed.body).toContain(placed.statusCode);
  const [execution] = (await sluice.ask({ url: "/api/v1/automation/executions" })).json();
  const told = ["id", "type", "action", "priority", "status", "scheduledAt", "startedAt", "completedAt", "threshold"];
  const more = ["schedule", "parameters", "success", "errorDetails", "retries", "reason"];
  expect(Object.keys(execution)).toEqual(expect.arrayContaining([...told, ...more]));
});
