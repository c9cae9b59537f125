import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const NOON_MS = Date.UTC(2026, 4, 1, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
  for (const uid of ["probe", "station", "silent"]) await register(uid);
  await sluice.store("probe", NOON_MS, { ph: 7.2, temp: -0 }, { f_ph: "<0>" });
  await sluice.store("probe", NOON_MS + MINUTE_MS, { ph: 0.1 }, { f_ph: '<-3> [GSM] (CWD), "odd"' });
  await sluice.store("probe", NOON_MS + 2 * MINUTE_MS, { temp: 5e-324 });
  await sluice.store("probe", NOON_MS + HOUR_MS, { ph: 8 });
});
afterAll(() => sluice.close());

const get = (url: string, headers = {}) => sluice.ask({ url, headers });
const register = (uid: string) =>
  sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "generic" } });
const query = (parameters: Record<string, string | number>) => {
  const text = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) text.set(key, String(value));
  return `/api/v1/devices/probe/telemetry?${text}`;
};

test("the newest value of each metric", async () => {
  const answer = await get("/api/v1/devices/probe/latest");
  expect(answer.json()).toEqual({
    device: "probe",
    ts: NOON_MS + HOUR_MS,
    values: { ph: 8, temp: 5e-324 },
    extras: { f_ph: '<-3> [GSM] (CWD), "odd"' },
  });
  expect((await get("/api/v1/devices/silent/latest")).json()).toEqual({ device: "silent", ts: null, values: {} });
  expect((await get("/api/v1/devices/nobody/latest")).json()).toMatchObject({ status: 404, code: "device.unknown" });
});

test("points come in columns, every value as it was stored, −0 and the smallest double too", async () => {
  const answer = await get(query({}));
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(answer.json()).toEqual({
    device: "probe",
    interval: null,
    ts: [NOON_MS, NOON_MS + MINUTE_MS, NOON_MS + 2 * MINUTE_MS, NOON_MS + HOUR_MS],
    series: { ph: [7.2, 0.1, null, 8], temp: [-0, null, 5e-324, null] },
  });
});

test("asking for metrics leaves out the times that have none of them", async () => {
  const { ts, series } = (await get(query({ metrics: "temp" }))).json();
  expect({ ts, series }).toEqual({ ts: [NOON_MS, NOON_MS + 2 * MINUTE_MS], series: { temp: [-0, 5e-324] } });
});

test("a key that is no metric is looked up in what came besides numbers", async () => {
  const { ts, series } = (await get(query({ metrics: "f_ph,ph,nothing" }))).json();
  expect(ts).toEqual([NOON_MS, NOON_MS + MINUTE_MS, NOON_MS + HOUR_MS]);
  expect(series).toEqual({
    f_ph: ["<0>", '<-3> [GSM] (CWD), "odd"', null],
    ph: [7.2, 0.1, 8],
    nothing: [null, null, null],
  });
});

test("a range begins with `from` and ends before `to`, given as RFC 3339 or as milliseconds", async () => {
  const ts = async (from: string | number, to: string | number) => (await get(query({ from, to }))).json().ts;
  expect(await ts(NOON_MS, NOON_MS + MINUTE_MS)).toEqual([NOON_MS]);
  expect(await ts("2026-05-01T12:01:00Z", "2026-05-01T12:02:00Z")).toEqual([NOON_MS + MINUTE_MS]);
  expect(await ts("2026-05-01T14:01:00+02:00", "2026-05-01T14:02:00+02:00")).toEqual([NOON_MS + MINUTE_MS]);
  expect(await ts("2027-01-01", "2028-01-01")).toEqual([]);
});

test("buckets aggregate, in the zone that is asked for", async () => {
  const { interval, ts, series } = (
    await get(query({ metrics: "ph", interval: "1h", aggregate: "mean,max,count" }))
  ).json();
  expect({ interval, ts }).toEqual({ interval: "1h", ts: [NOON_MS, NOON_MS + HOUR_MS] });
  expect(series).toEqual({ ph: { mean: [(7.2 + 0.1) / 2, 8], max: [7.2, 8], count: [2, 1] } });
  const day = (await get(query({ metrics: "ph", interval: "1d", zone: "Asia/Tokyo" }))).json();
  expect(day).toMatchObject({ ts: [Date.UTC(2026, 3, 30, 15)], series: { ph: { mean: [(7.2 + 0.1 + 8) / 3] } } });
  const nothing = (await get(query({ metrics: "nothing", interval: "1h" }))).json();
  expect(nothing.series.nothing.mean.every((value: unknown) => value === null)).toBe(true);
});

test("CSV has a header, empty cells for what is missing, and quotes where they are needed", async () => {
  const answer = await get(query({ metrics: "ph,f_ph" }), { accept: "text/csv" });
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  expect(answer.body.split("\r\n")).toEqual([
    "timestamp,ph,f_ph",
    "2026-05-01T12:00:00.000Z,7.2,<0>",
    '2026-05-01T12:01:00.000Z,0.1,"<-3> [GSM] (CWD), ""odd"""',
    "2026-05-01T13:00:00.000Z,8,",
    "",
  ]);
  const buckets = await get(query({ metrics: "ph", interval: "1h", aggregate: "min,max" }), { accept: "text/csv" });
  expect(buckets.body.split("\r\n").slice(0, 2)).toEqual([
    "timestamp,ph.min,ph.max",
    "2026-05-01T12:00:00.000Z,0.1,7.2",
  ]);
});

test.each([
  [{ from: "yesterday" }, "query.time"],
  [{ from: 2, to: 1 }, "query.range"],
  [{ interval: "1 hour" }, "query.interval"],
  [{ interval: "1h", zone: "Mars/Olympus" }, "query.zone"],
  [{ interval: "1h", aggregate: "median" }, "query.aggregate"],
  [{ metrics: "," }, "query.metrics"],
  [{ metrics: Array.from({ length: 257 }, (_, index) => `m${index}`).join(",") }, "query.metrics"],
])("%o is refused with %s", async (parameters, code) => {
  const answer = await get(query(parameters as Record<string, string | number>));
  expect(answer.json()).toMatchObject({ status: 400, code });
});

test("a comma inside a key's brackets belongs to the key", async () => {
  const { series } = (await get(query({ metrics: "cpu[a=1,b=2],ph" }))).json();
  expect(Object.keys(series)).toEqual(["cpu[a=1,b=2]", "ph"]);
});

test("the newest reading of a sensor, with the keys that it sent", async () => {
  await register("123");
  await sluice.store("123", NOON_MS, { pH: 7.1, temp: 15.2 }, { note: "calibrated" });
  expect((await get("/api/sensors/latest?sensor_id=123")).json()).toEqual({
    sensor_id: "123",
    pH: 7.1,
    temp: 15.2,
    note: "calibrated",
    timestamp: "2026-05-01T12:00:00.000Z",
  });
  expect((await get("/api/sensors/latest?sensor_id=silent")).json()).toMatchObject({
    status: 404,
    code: "sensor.no_readings",
  });
  expect((await get("/api/sensors/latest")).json()).toMatchObject({ status: 400, code: "request.invalid" });
});

test("a sensor's day, as JSON and as CSV", async () => {
  const day = await get("/api/sensors/historical?sensor_id=probe&date=2026-05-01");
  expect(day.json()).toHaveLength(4);
  expect(day.json()[1]).toMatchObject({ sensor_id: "probe", ph: 0.1, timestamp: "2026-05-01T12:01:00.000Z" });
  expect((await get("/api/sensors/historical?sensor_id=probe&date=2026-05-02")).json()).toEqual([]);
  expect((await get("/api/sensors/historical?sensor_id=probe&date=2026-02-30")).statusCode).toBe(400);
  const csv = await get("/api/sensors/historical?sensor_id=probe&date=2026-05-01", { accept: "text/csv" });
  expect(csv.body.split("\r\n").slice(0, 2)).toEqual(["timestamp,ph,temp", "2026-05-01T12:00:00.000Z,7.2,-0"]);
});

test("a station's payload comes back as it went in, found by its own local time", async () => {
  const payload = { bme280: { temperature: { c: 21.4, f: 70.5 } }, cpu: { error: "no sensor" } };
  const flat = { "bme280.temperature.c": 21.4, "bme280.temperature.f": 70.5 };
  // 23:30 in New York is 03:30 of the next day in UTC, and the next day in the site's zone.
  await sluice.store("station", Date.UTC(2026, 4, 2, 3, 30), flat, {
    $payload: payload,
    $ts_local: "2026-05-01T23:30:00",
  });
  await sluice.store("station", Date.UTC(2026, 4, 2, 12), { "bme280.temperature.c": 22 });
  const on = async (start: string, end: string) =>
    (await get(`/api/readings?device_id=station&start_date=${start}&end_date=${end}`)).json();
  const [reading, ...more] = await on("2026-05-01", "2026-05-01");
  expect(more).toEqual([]);
  expect(reading).toEqual({
    id: expect.any(String),
    device_id: "station",
    ts_utc: "2026-05-02T03:30:00.000Z",
    ts_local: "2026-05-01T23:30:00",
    payload,
  });
  expect(await on("2026-05-02", "2026-05-02")).toMatchObject([
    { ts_local: "2026-05-02T14:00:00.000+02:00", payload: { "bme280.temperature.c": 22 } },
  ]);
  expect(await on("2026-05-01T23:30:00", "2026-05-02T14:00")).toHaveLength(2);
  expect(await on("2026-05-01T23:30:01", "2026-05-02T13:59:59")).toHaveLength(0);
  expect((await get("/api/readings?start_date=noon")).json()).toMatchObject({ status: 400, code: "query.time" });
});

test("the same readings are at the same paths without /api, and without a device all of them", async () => {
  const [withApi, without] = [await get("/api/readings/latest"), await get("/readings/latest")];
  expect(without.json()).toEqual(withApi.json());
  const uids = withApi.json().map((reading: { device_id: string }) => reading.device_id);
  expect(uids).toEqual(expect.arrayContaining(["probe", "station", "123"]));
  expect(uids).not.toContain("silent");
  expect((await get("/readings?device_id=probe")).json()).toHaveLength(4);
  expect((await get("/readings/latest?device_id=probe")).json()).toMatchObject([
    { device_id: "probe", payload: { ph: 8 } },
  ]);
});
