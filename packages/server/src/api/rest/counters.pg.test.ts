import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const NOON_MS = Date.UTC(2026, 4, 1, 12);
const MINUTE_MS = 60_000;

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
  const metrics = [
    { key: "energy", kind: "counter", unit: "kWh" },
    { key: "power", unit: "W" },
  ];
  await sluice.ask({ method: "POST", url: "/api/v1/profiles", payload: { key: "meter", name: "Meter", metrics } });
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "meter", profile: "meter" } });
  const readings = [
    [0, 100, 10],
    [30, 103, 40],
    [70, 2, 40],
    [80, 5, 10],
  ] as const;
  for (const [minutes, energy, power] of readings) {
    await sluice.store("meter", NOON_MS + minutes * MINUTE_MS, { energy, power });
  }
});
afterAll(() => sluice.close());

const ask = async (parameters: Record<string, string>) => {
  const query = { from: String(NOON_MS), to: String(NOON_MS + 120 * MINUTE_MS), interval: "1h", ...parameters };
  return (await sluice.ask({ url: `/api/v1/devices/meter/telemetry?${new URLSearchParams(query)}` })).json();
};

test("a profile says which of its metrics are counters", async () => {
  const metrics = (await sluice.ask({ url: "/api/v1/profiles/meter/metrics" })).json();
  expect(metrics.map(({ kind }: { kind: string }) => kind)).toEqual(["counter", "gauge"]);
});

test("a counter's increase takes its new beginning in, and a gauge has none", async () => {
  const { series } = await ask({ metrics: "energy", aggregate: "increase" });
  expect(series).toEqual({ energy: { increase: [3, 5] } });
  expect(await ask({ metrics: "power", aggregate: "increase" })).toMatchObject({
    status: 400,
    code: "query.not_a_counter",
  });
});

test("the mean over time is asked for by name", async () => {
  const { series } = await ask({ metrics: "power", aggregate: "mean,timeWeightedMean" });
  expect(series.power.mean).toEqual([25, 25]);
  // In the second hour 40 W from the hour before hold for twenty minutes more.
  expect(series.power.timeWeightedMean).toEqual([25, (40 * 20 + 10 * 40) / 60]);
});
