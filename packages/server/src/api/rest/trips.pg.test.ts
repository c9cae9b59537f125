import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addActuator, startTestGateway, type TestActuator, type TestGateway } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let gateway: TestGateway;
let valve: TestActuator;
beforeAll(async () => {
  sluice = await createTestApp();
  gateway = await startTestGateway(sluice);
});
beforeEach(async () => {
  valve = await addActuator(sluice);
});
afterAll(async () => {
  await gateway.stop();
  await sluice.close();
});

const post = (path: string, payload?: object, headers = {}) =>
  sluice.ask({
    as: "operator",
    method: "POST",
    url: `/api/v1/actuators/${valve.id}/${path}`,
    headers,
    ...(payload && { payload }),
  });
const view = async () => (await sluice.ask({ url: `/api/v1/actuators/${valve.id}` })).json();
const trips = async (query = "") =>
  (await sluice.ask({ as: "scientist", url: `/api/v1/trips?actuator=${valve.id}${query}` })).json();

test("a trip stops and holds, is told to the device with its cause, and keeps the first cause", async () => {
  await gateway.connect(valve.uid);
  const stopped = await post("trip", { cause: "dry_run", message: "The tank is empty" });
  expect(stopped.statusCode).toBe(201);
  expect(stopped.json()).toMatchObject({ kind: "STOP", reason: "dry_run", actuator: valve.id });
  expect(stopped.headers.location).toBe(`/api/v1/commands/${stopped.json().id}`);
  await post("trip", { cause: "pressure" });
  await gateway.send();
  expect((await view()).trip).toMatchObject({
    cause: "dry_run",
    message: "The tank is empty",
    causes: 2,
    lastCause: "pressure",
    by: expect.stringMatching(/^user:/),
  });
  expect(await view()).toMatchObject({ status: "HELD", hold: { origins: ["trip"] } });
  const run = await post("commands", { kind: "RUN", durationMs: 1_000 });
  expect(run.json()).toMatchObject({
    status: 409,
    code: "actuator.tripped",
    detail: expect.stringContaining("dry_run"),
  });
  const release = await post("commands", { kind: "SET", release: true });
  expect(release.json()).toMatchObject({ status: 409, code: "actuator.tripped" });
});

test("a reset, with or without a reason, ends the trip, starts nothing and is in the audit", async () => {
  await post("trip", { cause: "dry_run" });
  const reset = await post("trip/reset", { reason: "tank filled" });
  expect(reset.statusCode).toBe(201);
  expect(reset.json()).toMatchObject({ kind: "SET", state: "QUEUED" });
  expect(await view()).toMatchObject({ trip: null, hold: null, status: "IDLE" });
  await post("trip", { cause: "again" });
  expect((await post("trip/reset")).statusCode).toBe(201);
  const { rows } = await sluice.database.pool.query(
    "select before, after, address from audit_event where action = 'actuator.trip_reset' and subject = $1 order by id",
    [`actuator:${valve.id}`],
  );
  expect(rows).toMatchObject([
    { before: { cause: "dry_run" }, after: { reason: "tank filled" }, address: "127.0.0.1" },
    { before: { cause: "again" } },
  ]);
  expect((await post("trip/reset")).json()).toMatchObject({ status: 409, code: "actuator.not_tripped" });
});

test("a reset under a person's hold leaves that hold", async () => {
  await post("commands", { kind: "STOP", reason: "cleaning" });
  await post("trip", { cause: "dry_run" });
  expect((await view()).hold.origins).toEqual(["person", "trip"]);
  expect((await post("trip/reset")).statusCode).toBe(201);
  expect(await view()).toMatchObject({ status: "HELD", trip: null, hold: { reason: "cleaning", origins: ["person"] } });
  const run = await post("commands", { kind: "RUN", durationMs: 1_000 });
  expect(run.json()).toMatchObject({ code: "actuator.held" });
});

test("the list has them newest first, open or reset, page by page", async () => {
  await post("trip", { cause: "first" });
  await post("trip/reset", { reason: "mended" });
  await post("trip", { cause: "second" });
  const all = await trips();
  expect(all).toMatchObject([
    { cause: "second", actuator: valve.id, actuatorKey: "valve", device: valve.uid, reset: null },
    { cause: "first", reset: { by: expect.stringMatching(/^user:/), reason: "mended" } },
  ]);
  expect(await trips("&open=true")).toEqual([all[0]]);
  expect(await trips("&open=false")).toEqual([all[1]]);
  const page = await sluice.ask({ url: `/api/v1/trips?actuator=${valve.id}&limit=1` });
  const next = /^<([^>]+)>/.exec(String(page.headers.link))![1]!;
  expect((await sluice.ask({ url: next })).json()).toEqual([all[1]]);
});

test("the same key is the same trip and the same reset; with another body it is a 422", async () => {
  const key = { "idempotency-key": "trip" };
  const [first, again] = [await post("trip", { cause: "dry_run" }, key), await post("trip", { cause: "dry_run" }, key)];
  expect(again.json().id).toBe(first.json().id);
  expect((await view()).trip.causes).toBe(1);
  expect((await post("commands", { kind: "SET", value: 1 }, key)).json()).toMatchObject({ status: 422 });
  const resetKey = { "idempotency-key": "reset" };
  const reset = await post("trip/reset", {}, resetKey);
  expect((await post("trip/reset", {}, resetKey)).json().id).toBe(reset.json().id);
});

test.each([
  ["trip", {}, "cause"],
  ["trip", { cause: "" }, "cause"],
  ["trip", { cause: "The tank is empty" }, "cause"],
  ["trip", { cause: "a", message: "x".repeat(501) }, "message"],
  ["trip", { cause: "a", fence: 1 }, "fence"],
  ["trip/reset", { reason: "x".repeat(501) }, "reason"],
  ["trip/reset", { force: true }, "force"],
])("%s with %o is a 400 that names the mistake, and changes nothing", async (path, payload, named) => {
  const refused = await post(path, payload);
  expect(refused.json()).toMatchObject({
    status: 400,
    code: "request.invalid",
    detail: expect.stringContaining(named),
  });
  expect(await view()).toMatchObject({ status: "IDLE", trip: null });
});
