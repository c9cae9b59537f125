import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const NOON_MS = Date.UTC(2026, 4, 1, 12);
const SECOND_MS = 1000;
/** A change of a profile is heard of through a notice of the database. */
const PATIENCE = { timeout: 20_000 };

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
  await sluice.ask({
    method: "POST",
    url: "/api/v1/profiles",
    payload: {
      key: "probe",
      name: "Probe",
      metrics: [
        { key: "moisture", minimum: 0, maximum: 100, maxStep: 20, stepMs: 60_000 },
        { key: "temp", flatlineMs: 10_000 },
      ],
    },
  });
  for (const uid of ["limited", "watched"]) {
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "probe" } });
  }
});
afterAll(() => sluice.close());

const get = async (url: string, headers = {}) => sluice.ask({ url, headers });
const putMetric = (key: string, payload: object) =>
  sluice.ask({ method: "PUT", url: `/api/v1/profiles/probe/metrics/${key}`, payload });
const store = (uid: string, second: number, values: Record<string, number>) =>
  sluice.store(uid, NOON_MS + second * SECOND_MS, values);

test("readings that cannot be are shown, named by what is wrong with them", async () => {
  await store("limited", 0, { moisture: 30, temp: 20 });
  expect((await get("/api/v1/devices/limited/telemetry")).json()).not.toHaveProperty("invalid");
  await store("limited", 1, { moisture: 90, temp: 20.5 });
  await store("limited", 2, { moisture: 130, temp: 21 });
  await store("limited", 3, { moisture: 31, temp: 21.5 });
  await store("limited", 4, { moisture: -1, temp: 22 });
  const { series, invalid } = (await get("/api/v1/devices/limited/telemetry")).json();
  expect(series.moisture).toEqual([30, 90, 130, 31, -1]);
  expect(invalid).toEqual({ moisture: { range: [2, 4], spike: [1] } });
  const from = NOON_MS + 2 * SECOND_MS;
  const part = (await get(`/api/v1/devices/limited/telemetry?metrics=temp,moisture&from=${from}`)).json();
  expect(part.invalid).toEqual({ moisture: { range: [0, 2] } });
  expect((await get("/api/v1/devices/limited/telemetry?metrics=temp")).json()).not.toHaveProperty("invalid");
});

test("the newest value is shown with what is wrong with it, and buckets leave it out", async () => {
  expect((await get("/api/v1/devices/limited/latest")).json()).toMatchObject({
    values: { moisture: -1, temp: 22 },
    invalid: { moisture: ["range"] },
  });
  const buckets = (
    await get("/api/v1/devices/limited/telemetry?metrics=moisture&interval=1h&aggregate=mean,count")
  ).json();
  expect(buckets.series).toEqual({ moisture: { mean: [30.5], count: [2] } });
  expect(buckets).not.toHaveProperty("invalid");
});

test("the overview marks it too", async () => {
  const { devices } = (await get("/api/v1/overview")).json();
  const { values } = devices.find(({ uid }: { uid: string }) => uid === "limited");
  expect(values).toMatchObject([
    { metric: "moisture", value: -1, invalid: ["range"] },
    { metric: "temp", value: 22, invalid: [] },
  ]);
});

test("limits are taken and given back, and judge what comes after they were changed", async () => {
  const { metrics } = (await get("/api/v1/profiles/probe")).json();
  expect(metrics[0]).toMatchObject({ flatlineMs: null, maxStep: 20, stepMs: 60_000 });
  await store("watched", 0, { temp: 20 });
  const changed = await putMetric("temp", { minimum: -30, maximum: 19 });
  expect(changed.json()).toMatchObject({ minimum: -30, maximum: 19, flatlineMs: 10_000, maxStep: null, stepMs: null });
  await expect
    .poll(async () => {
      await store("watched", 1, { temp: 20 });
      return (await get("/api/v1/devices/watched/latest")).json().invalid;
    }, PATIENCE)
    .toEqual({ temp: ["range"] });
  await putMetric("temp", { minimum: null, maximum: null });
});

test.each([
  [{ maxStep: 5 }, "metric.step_incomplete", "stepMs"],
  [{ stepMs: 5 }, "metric.step_incomplete", "maxStep"],
  [{ minimum: 3, maximum: 2 }, "metric.range_empty", "ends before it begins"],
  [{ flatlineMs: 0 }, "request.invalid", "flatlineMs"],
  [{ maxStep: -1, stepMs: 5 }, "request.invalid", "maxStep"],
  [{ flatlineMs: 24 * 86_400_000 + 1 }, "request.invalid", "flatlineMs"],
])("%o is refused with %s", async (limits, code, words) => {
  const answer = await putMetric("temp", limits);
  expect(answer.json()).toMatchObject({ status: 400, code });
  expect(answer.body).toContain(words);
});

test("a change has to fit what was said before, and is refused whole", async () => {
  await putMetric("depth", { minimum: 0, maximum: 10, maxStep: 1, stepMs: 1000 });
  expect((await putMetric("depth", { minimum: 11 })).json()).toMatchObject({ code: "metric.range_empty" });
  expect((await putMetric("depth", { maxStep: null })).json()).toMatchObject({ code: "metric.step_incomplete" });
  expect((await putMetric("depth", { maxStep: null, stepMs: null })).json()).toMatchObject({
    minimum: 0,
    maximum: 10,
    maxStep: null,
    stepMs: null,
  });
});
