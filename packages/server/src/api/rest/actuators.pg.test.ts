import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
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

test.each([
  [{ kind: "RUN" }, "command.duration_needed"],
  [{ kind: "SET" }, "command.nothing_to_set"],
  [{ kind: "SET", release: false }, "request.invalid"],
  [{ kind: "EXPLODE" }, "request.invalid"],
  [{ kind: "RUN", durationMs: 1.5 }, "request.invalid"],
  [{ kind: "RUN", durationMs: 0 }, "request.invalid"],
  [{ kind: "RUN", durationMs: "1000" }, "request.invalid"],
  [{ kind: "RUN", durationMs: 1000, fence: 7 }, "request.invalid"],
])("%o is refused with %s", async (payload, code) => {
  expect((await command(payload)).json()).toMatchObject({ status: 400, code });
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
  for (const url of [`/api/v1/commands/${id}`, `/api/v1/commands/${id}/events`, `/api/v1/executions/${id}`]) {
    expect((await sluice.ask({ url })).statusCode, url).toBe(404);
  }
  pump = 2_000_000_000;
  expect((await command({ kind: "STOP" })).json()).toMatchObject({ status: 404, code: "actuator.unknown" });
});
