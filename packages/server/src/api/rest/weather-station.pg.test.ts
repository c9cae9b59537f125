import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApp } from "../testing/test-app.ts";
import { createWholeApp } from "../testing/whole-app.ts";

let sluice: TestApp;

beforeAll(async () => {
  sluice = await createWholeApp();
});
afterAll(() => sluice.close());

test("a weather station's payload lands in its profile's metrics as it is, and what is new gets a metric", async () => {
  const draft = { uid: "roof", profile: "weather-station" };
  const made = await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: draft });
  const payload = {
    bme280: { temperature: { c: 21.4, f: 70.5 }, pressure: 978.2, humidity: 55 },
    cpu: { temperature: { c: 48.3, f: 118.9 } },
    disk: { error: "timeout" },
    rain: { mm: 0.4 },
  };
  const reading = { device_id: "roof", ts_utc: "2026-05-01T06:00:00Z", ts_local: "2026-05-01T08:00:00+02:00", payload };
  const headers = { authorization: `Bearer ${made.json().token}` };
  const sent = await sluice.app.inject({ method: "POST", url: "/readings", headers, payload: reading });
  expect([200, 201], sent.body).toContain(sent.statusCode);

  const metrics = (await sluice.ask({ url: "/api/v1/profiles/weather-station/metrics" })).json();
  expect(metrics.at(-1)).toMatchObject({ key: "rain.mm", unit: null });
  expect(metrics[0]).toMatchObject({ key: "bme280.temperature.c", unit: "°C", number: 0 });
  const latest = (await sluice.ask({ url: "/api/v1/devices/roof/latest" })).json();
  expect(latest.values).toMatchObject({
    "bme280.temperature.c": 21.4,
    "bme280.humidity": 55,
    "cpu.temperature.c": 48.3,
  });
  const range = "start_date=2026-05-01&end_date=2026-05-01&device_id=roof";
  const [found] = (await sluice.ask({ url: `/readings?${range}` })).json();
  expect(found.payload).toEqual(payload);
});
