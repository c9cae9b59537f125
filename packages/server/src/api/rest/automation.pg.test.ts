import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const VALVE = { kind: "valve", maxRunMs: 3_600_000, cooldownMs: 0, interlockGroup: "water" };

let sluice: TestApp;
let ponds = 0;

beforeAll(async () => {
  sluice = await createTestApp();
  // A pond that trusts its level, so that water flows without a reading.
  const actuators = [
    { ...VALVE, key: "inlet" },
    { ...VALVE, key: "outlet" },
  ];
  const profile = { key: "plain-pond", name: "Plain pond", actuators };
  await sluice.ask({ method: "POST", url: "/api/v1/profiles", payload: profile });
});
afterAll(() => sluice.close());

async function addPond(profile = "aquaculture-pond"): Promise<string> {
  const uid = `pond-${++ponds}`;
  const { statusCode, body } = await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile } });
  if (statusCode !== 201) throw new Error(body);
  return uid;
}

const execute = (payload: object, headers: Record<string, string> = {}) =>
  sluice.ask({ as: "operator", method: "POST", url: "/api/v1/automation/execute", payload, headers });
const get = async (path: string) => (await sluice.ask({ as: "scientist", url: `/api/v1/automation/${path}` })).json();

describe("an action by its name", () => {
  test("AERATE runs the aerator for so many minutes, with a person's priority", async () => {
    const device = await addPond();
    const answer = await execute({ device, action: "AERATE", minutes: 5 });
    expect(answer.statusCode).toBe(201);
    expect(answer.json().executions).toMatchObject([
      {
        action: "RUN",
        actuatorKey: "aerator",
        priority: "MANUAL",
        status: "DISPATCHED",
        parameters: { durationMs: 300_000 },
      },
    ]);
  });

  test("FEED is a dose in grams, which waits, and says why, where nobody knows the oxygen", async () => {
    const device = await addPond();
    const answer = await execute({ device, action: "FEED", grams: 250 });
    expect(answer.statusCode).toBe(202);
    const [execution] = answer.json().executions;
    expect(execution).toMatchObject({
      action: "DOSE",
      actuatorKey: "feeder",
      status: "WAITING",
      reason: "permissive",
      parameters: { amount: 250, unit: "g" },
    });
    expect(execution.message).toContain("dissolved_oxygen");
    const cancelled = await sluice.ask({
      as: "operator",
      method: "POST",
      url: `/api/v1/automation/executions/${execution.id}/cancel`,
    });
    expect(cancelled.json()).toMatchObject({ status: "CANCELLED", reason: "cancelled" });
  });

  test("WATER_FLUSH drains at once, and fills when that is over; what waits for what is told", async () => {
    const device = await addPond("plain-pond");
    const answer = await execute({ device, action: "WATER_FLUSH", minutes: 10 });
    expect(answer.statusCode).toBe(202);
    const [drain, fill] = answer.json().executions;
    expect(drain).toMatchObject({ actuatorKey: "outlet", status: "DISPATCHED" });
    expect(fill).toMatchObject({ actuatorKey: "inlet", status: "WAITING", reason: "interlock" });
    const conflicts = await get("conflicts");
    expect(conflicts.filter((conflict: { device: string }) => conflict.device === device)).toMatchObject([
      {
        execution: fill.id,
        resource: { kind: "interlock-group", name: `${device}/water` },
        reason: "interlock",
        holder: { execution: drain.id, actuator: drain.actuator, priority: "MANUAL" },
      },
    ]);
  });

  test("WATER_FLUSH does not begin where it could not drain at once, and fills nothing", async () => {
    const device = await addPond();
    const answer = await execute({ device, action: "WATER_FLUSH", minutes: 10 });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: "actuator.permissive" });
    const executions = await get("executions?limit=1000");
    const open = executions.filter(
      (one: { device: string; success: unknown }) => one.device === device && one.success === null,
    );
    expect(open).toEqual([]);
  });

  test("WATER_FLUSH whose second step is refused says that the first has begun", async () => {
    const device = await addPond("plain-pond");
    const [inlet] = (await sluice.ask({ url: `/api/v1/devices/${await addPond("plain-pond")}/actuators` })).json();
    // Somebody has used the second step's key for something else.
    await execute({ action: "RUN", actuator: inlet.id, durationMs: 5_000 }, { "idempotency-key": "half:2" });
    const answer = await execute({ device, action: "WATER_FLUSH", minutes: 10 }, { "idempotency-key": "half" });
    const { code, begun, detail } = answer.json();
    expect(code).toBe("idempotency.mismatch");
    const running = (await get("status")).running.filter((one: { device: string }) => one.device === device);
    expect(begun).toEqual(running.map(({ id }: { id: string }) => id));
    expect(running).toMatchObject([{ actuatorKey: "outlet" }]);
    expect(detail).toContain(begun[0]);
  });

  test("the same key is answered with the same executions, and refused for another action", async () => {
    const device = await addPond("plain-pond");
    const key = { "idempotency-key": "flush-today" };
    const flush = { device, action: "WATER_FLUSH", minutes: 10 };
    const ids = async () => (await execute(flush, key)).json().executions.map(({ id }: { id: string }) => id);
    expect(await ids()).toEqual(await ids());
    const other = await execute({ ...flush, minutes: 11 }, key);
    expect(other.json()).toMatchObject({ status: 422, code: "idempotency.mismatch" });
  });
});

describe("an action on an actuator", () => {
  test("is a RUN like any other", async () => {
    const device = await addPond("plain-pond");
    const [inlet] = (await sluice.ask({ url: `/api/v1/devices/${device}/actuators` })).json();
    const answer = await execute({ action: "RUN", actuator: inlet.id, durationMs: 5_000 });
    expect(answer.json().executions).toMatchObject([{ actuator: inlet.id, status: "DISPATCHED" }]);
  });
});

describe("what makes no sense is refused with the reason", () => {
  test.each([
    [{ action: "FEED", minutes: 5 }, 400, "action.amount_needed"],
    [{ action: "AERATE" }, 400, "action.amount_needed"],
    [{ action: "AERATE", minutes: 5, amount: 3 }, 400, "action.field_unexpected"],
    [{ action: "RUN", durationMs: 5 }, 400, "action.field_unexpected"],
    [{ action: "WATER_FLUSH", minutes: 100 }, 400, "action.too_long"],
    [{ action: "AERATE", minutes: 500 }, 400, "actuator.max_run"],
    [{ action: "DANCE" }, 400, "request.invalid"],
  ])("%o", async (order, status, code) => {
    const answer = await execute({ device: await addPond(), ...order });
    expect(answer.json()).toMatchObject({ status, code });
  });

  test("a device that is not there, or has no feeder", async () => {
    expect((await execute({ device: "nowhere", action: "FEED", grams: 1 })).json()).toMatchObject({
      status: 404,
      code: "device.unknown",
    });
    const device = await addPond("plain-pond");
    expect((await execute({ device, action: "FEED", grams: 1 })).json()).toMatchObject({
      code: "action.actuator_missing",
      actuator: "feeder",
    });
  });

  test("somebody who may only read", async () => {
    const url = "/api/v1/automation/execute";
    const payload = { device: "any", action: "FEED", grams: 1 };
    expect((await sluice.ask({ as: "scientist", method: "POST", url, payload })).statusCode).toBe(403);
  });
});

describe("status and health", () => {
  test("count by status and priority, and show what acts now", async () => {
    const device = await addPond();
    const { executions } = (await execute({ device, action: "AERATE", minutes: 5 })).json();
    const { byStatus, byPriority, running } = await get("status");
    expect(byStatus.DISPATCHED).toBeGreaterThan(0);
    expect(byPriority).toMatchObject({ MANUAL: expect.any(Number), EMERGENCY: 0, SCHEDULED: 0, THRESHOLD: 0 });
    expect(running.map(({ id }: { id: string }) => id)).toContain(executions[0].id);
  });

  test("say how much lies before the workers", async () => {
    const before = await get("health");
    await execute({ device: await addPond(), action: "FEED", grams: 250 });
    const after = await get("health");
    expect(after.executions.waiting).toBe(before.executions.waiting + 1);
    expect(after).toMatchObject({
      workers: [],
      executions: { dead: 0 },
      alerts: { due: 0, oldestDueMs: null },
      deliveries: { due: 0, waiting: 0, sending: 0, dead: 0, oldestDueMs: null },
      unfoldedTransitions: 0,
      schedules: { nextDueAt: null, overdue: 0, oldestOverdueMs: null },
    });
  });
});

test("thresholds are the rules, by the name of the trade", async () => {
  const device = await addPond();
  const thresholds = await get(`thresholds?device=${device}`);
  expect(thresholds.map(({ key, priority }: { key: string; priority: string }) => `${key} ${priority}`)).toEqual([
    "aerate THRESHOLD",
    "oxygen-critical THRESHOLD",
    "exchange-water EMERGENCY",
    "refill THRESHOLD",
  ]);
});

describe("an execution", () => {
  test("shows its commands and its whole trail", async () => {
    const device = await addPond();
    const { executions } = (await execute({ device, action: "AERATE", minutes: 5 })).json();
    const url = `/api/v1/executions/${executions[0].id}`;
    const detail = (await sluice.ask({ url })).json();
    expect(detail).toMatchObject({ causedBy: [], replays: [], replayOf: null });
    expect(detail.commands).toMatchObject([{ kind: "RUN", fence: 1, state: "QUEUED" }]);
    const trail = (await sluice.ask({ url: `${url}/events` })).json();
    expect(trail.map(({ what, status }: { what: string; status: string }) => `${what} ${status}`)).toContain(
      "execution DISPATCHED",
    );
    expect(trail.find(({ what }: { what: string }) => what === "command")).toMatchObject({
      command: { id: detail.commands[0].id, what: "decided", state: "QUEUED" },
    });
  });

  test("that is no dead letter is not replayed", async () => {
    const device = await addPond();
    const { executions } = (await execute({ device, action: "AERATE", minutes: 5 })).json();
    const url = `/api/v1/executions/${executions[0].id}/replay`;
    const answer = await sluice.ask({ as: "operator", method: "POST", url });
    expect(answer.json()).toMatchObject({ status: 409, code: "execution.not_dead" });
  });
});
