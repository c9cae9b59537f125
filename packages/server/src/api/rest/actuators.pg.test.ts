import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import { addActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let pump: number;
let zones = 0;
beforeAll(async () => {
  sluice = await createTestApp();
});
beforeEach(async () => {
  const uid = `zone-${++zones}`;
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "irrigation-zone" } });
  pump = (await sluice.ask({ url: `/api/v1/devices/${uid}/actuators` })).json()[0].id;
});
afterAll(() => sluice.close());

const command = (payload: object, key?: string) =>
  sluice.ask({
    as: "operator",
    method: "POST",
    url: `/api/v1/actuators/${pump}/commands`,
    payload,
    headers: key ? { "idempotency-key": key } : {},
  });

test("a STOP is taken whatever the device does, holds, and has its trail", async () => {
  const stopped = await command({ kind: "STOP", reason: "leak" });
  expect(stopped.statusCode).toBe(201);
  const { id } = stopped.json();
  expect(stopped.headers.location).toBe(`/api/v1/commands/${id}`);
  expect(stopped.json()).toMatchObject({ kind: "STOP", actuator: pump, device: `zone-${zones}`, state: "QUEUED" });
  expect((await sluice.ask({ url: `/api/v1/commands/${id}` })).json()).toEqual(stopped.json());
  expect((await sluice.ask({ url: `/api/v1/commands?actuator=${pump}` })).json()).toEqual([stopped.json()]);
  const events = (await sluice.ask({ url: `/api/v1/commands/${id}/events` })).json();
  expect(events).toMatchObject([{ what: "decided", reason: "leak", who: expect.stringMatching(/^user:/) }]);
  const [actuator] = (await sluice.ask({ url: `/api/v1/devices/zone-${zones}/actuators` })).json();
  expect(actuator).toMatchObject({ status: "HELD", hold: { reason: "leak" } });
  const executions = (await sluice.ask({ url: `/api/v1/executions?actuator=${pump}` })).json();
  expect(executions).toMatchObject([{ type: "MANUAL", action: "STOP", success: null, threshold: null }]);
  expect((await sluice.ask({ url: `/api/v1/automation/executions?actuator=${pump}` })).json()).toEqual(executions);
});

test("a RUN is decided once; a second one is refused by the limit that stands against it", async () => {
  const run = await command({ kind: "RUN", durationMs: 1000 });
  expect(run.statusCode).toBe(201);
  expect(run.json()).toMatchObject({ kind: "RUN", durationMs: 1000, state: "QUEUED", fence: 1 });
  const refused = await command({ kind: "RUN", durationMs: 1000 });
  expect(refused.statusCode).toBe(409);
  expect(refused.json().code).toMatch(/^actuator\./);
  expect(Date.parse(refused.json().retryAt)).toBeGreaterThan(Date.parse(run.json().decidedAt));
  const tooLong = await command({ kind: "RUN", durationMs: 30_001 });
  expect(tooLong.json()).toMatchObject({ status: 400, code: "actuator.max_run" });
});

test("the same key with the same body is the same command, with another body a 422", async () => {
  const [first, again] = [await command({ kind: "STOP" }, "key-1"), await command({ kind: "STOP" }, "key-1")];
  expect(again.json().id).toBe(first.json().id);
  const other = await command({ kind: "RUN", durationMs: 1000 }, "key-1");
  expect(other.json()).toMatchObject({ status: 422, code: "idempotency.mismatch" });
});

test("a hold is released by a SET, and what is not held cannot be", async () => {
  expect((await command({ kind: "SET", release: true })).json()).toMatchObject({
    status: 409,
    code: "actuator.not_held",
  });
  await command({ kind: "STOP" });
  expect((await command({ kind: "SET", release: true })).json()).toMatchObject({ kind: "SET" });
});

test("commands page from the newest to the oldest", async () => {
  const ids = [];
  for (let count = 0; count < 3; count++) ids.unshift((await command({ kind: "STOP" })).json().id);
  const first = await sluice.ask({ url: `/api/v1/commands?actuator=${pump}&limit=2` });
  const next = /^<([^>]+)>/.exec(String(first.headers.link))![1]!;
  const second = await sluice.ask({ url: next });
  expect([...first.json(), ...second.json()].map(({ id }: { id: string }) => id)).toEqual(ids);
  expect((await sluice.ask({ url: "/api/v1/commands?cursor=MQ" })).json()).toMatchObject({ code: "request.cursor" });
});

test("an unknown command, event list, execution and actuator are 404", async () => {
  const id = "00000000-0000-4000-8000-000000000000";
  pump = 2_000_000_000;
  const urls = [
    `/api/v1/commands/${id}`,
    `/api/v1/commands/${id}/events`,
    `/api/v1/executions/${id}`,
    `/api/v1/executions/${id}/events`,
    `/api/v1/executions/${id}/why-not`,
    `/api/v1/actuators/${pump}`,
    `/api/v1/actuators/${pump}/why-not`,
  ];
  for (const url of urls) expect((await sluice.ask({ url })).statusCode, url).toBe(404);
  expect((await command({ kind: "STOP" })).json()).toMatchObject({ status: 404, code: "actuator.unknown" });
});

describe("an actuator", () => {
  const view = async (id: number) => (await sluice.ask({ as: "scientist", url: `/api/v1/actuators/${id}` })).json();

  it("is shown with everything that it is and may do", async () => {
    const actuator = await view(pump);
    expect(actuator).toEqual({
      id: pump,
      key: "pump",
      kind: "pump",
      device: `zone-${zones}`,
      site: "default",
      status: "IDLE",
      mode: "auto",
      lockedBy: null,
      hold: null,
      trip: null,
      siteStop: null,
      lastActivationAt: null,
      totalActivations: 0,
      cooldownUntil: null,
      envelope: {
        maxRunMs: 30_000,
        cooldownMs: 900_000,
        minOffMs: null,
        maxStartsPerDay: null,
        maxRunMsPerDay: null,
        linkLossMs: null,
        maxReadingAgeMs: null,
        safeState: "off",
        interlockGroup: null,
        permissives: [],
        maxDose: null,
      },
      interlockGroup: null,
      unfenced: false,
      unfencedAllowedBy: null,
      setPoint: null,
      budget: null,
      live: null,
      waiting: null,
      observed: null,
      fault: null,
      connected: false,
    });
    expect((await sluice.ask({ url: `/api/v1/devices/zone-${zones}/actuators` })).json()).toEqual([actuator]);
  });

  it("that runs names its command, the latest moment of its end, and what is left of the day", async () => {
    const valve = await addActuator(sluice, { maxStartsPerDay: 3, maxRunMsPerDay: 100_000 });
    expect(await view(valve.id)).toMatchObject({
      budget: { startsToday: 0, runMsToday: 0, startsLeft: 3, runMsLeft: 100_000, dayEndsAt: expect.any(String) },
    });
    pump = valve.id;
    const run = (await command({ kind: "RUN", durationMs: 40_000 })).json();
    const { budget, live, status } = await view(valve.id);
    expect(status).toBe("RUNNING");
    expect(budget).toMatchObject({ startsToday: 1, runMsToday: 40_000, startsLeft: 2, runMsLeft: 60_000 });
    expect(live).toMatchObject({ command: run.id, state: "QUEUED" });
    expect(Date.parse(live.endsAtLatest)).toBeGreaterThan(Date.parse(run.deadlineAt) + 40_000);
  });

  it("is found in the list, by its device and by its site, page by page", async () => {
    const valve = await addActuator(sluice);
    const list = async (query: string) => sluice.ask({ url: `/api/v1/actuators${query}` });
    const ids = (answer: { json(): { id: number }[] }) => answer.json().map(({ id }) => id);
    expect(ids(await list(`?device=${valve.uid}`))).toEqual([valve.id]);
    expect(ids(await list("?device=nothing"))).toEqual([]);
    expect(ids(await list("?site=nowhere"))).toEqual([]);
    const all = ids(await list("?site=default&limit=1000"));
    const first = await list("?limit=2");
    const second = await sluice.ask({ url: /^<([^>]+)>/.exec(String(first.headers.link))![1]! });
    expect([...ids(first), ...ids(second)]).toEqual(all.slice(0, 4));
  });
});
