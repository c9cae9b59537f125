import type { Envelope } from "@sluice/core/safety/envelope.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decideExecution } from "../../actuation/index.ts";
import type { Role } from "../../auth/index.ts";
import { addActuator, startTestGateway, type TestActuator, type TestGateway } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let gateway: TestGateway;
beforeAll(async () => {
  sluice = await createTestApp();
  gateway = await startTestGateway(sluice);
});
afterAll(async () => {
  await gateway.stop();
  await sluice.close();
});

const QUARTER_MS = 15 * 60_000;
const withDose: Partial<Envelope> = { maxDose: { amount: 5, unit: "L" } };

const command = ({ id }: TestActuator, payload: object, { as = "operator" as Role, key = "" } = {}) =>
  sluice.ask({
    as,
    method: "POST",
    url: `/api/v1/actuators/${id}/commands`,
    payload,
    headers: key === "" ? {} : { "idempotency-key": key },
  });
const view = async ({ id }: TestActuator) => (await sluice.ask({ url: `/api/v1/actuators/${id}` })).json();
const decideDue = async (executionId: string, { id: actuatorId }: TestActuator) =>
  decideExecution(
    sluice.actuation,
    { id: executionId, organizationId: sluice.organizationId, actuatorId, action: "RUN" },
    async () => ({
      isNeeded: true,
      readingMicros: undefined,
    }),
  );

describe("a dose", () => {
  it("is decided with its amount, and with the longest run where no duration is given", async () => {
    const valve = await addActuator(sluice, withDose);
    const dose = await command(valve, { kind: "DOSE", amount: 2.5, unit: "L" });
    expect(dose.statusCode).toBe(201);
    expect(dose.json()).toMatchObject({
      kind: "DOSE",
      amount: 2.5,
      unit: "L",
      durationMs: 60_000,
      dosed: null,
      dosedIs: null,
    });
    const other = await addActuator(sluice, withDose);
    const brief = await command(other, { kind: "DOSE", amount: 2.5, unit: "L", durationMs: 7_000 });
    expect(brief.json()).toMatchObject({ durationMs: 7_000 });
  });

  it("asked again under its key is the same, though the longest run has changed meanwhile", async () => {
    const valve = await addActuator(sluice, withDose);
    const dose = () => command(valve, { kind: "DOSE", amount: 1, unit: "L" }, { key: "dose" });
    const first = await dose();
    const url = `/api/v1/actuators/${valve.id}`;
    await sluice.ask({ method: "PATCH", url, payload: { envelope: { maxRunMs: 50_000 } } });
    expect((await dose()).json().id).toBe(first.json().id);
  });
});

describe("a set-point", () => {
  it("is a SET that starts nothing, and is shown", async () => {
    const valve = await addActuator(sluice);
    const set = await command(valve, { kind: "SET", value: 42.5, unit: "%" });
    expect(set.json()).toMatchObject({ kind: "SET", value: 42.5, unit: "%", durationMs: null });
    expect(await view(valve)).toMatchObject({ setPoint: { value: 42.5, unit: "%" }, status: "IDLE", live: null });
    await command(valve, { kind: "SET", value: 0 });
    expect(await view(valve)).toMatchObject({ setPoint: { value: 0, unit: null } });
  });
});

describe("an idempotency key", () => {
  const bodies = [
    { kind: "RUN", durationMs: 1_000 },
    { kind: "DOSE", amount: 1, unit: "L" },
    { kind: "STOP" },
    { kind: "SET", value: 1 },
  ];
  it.each(bodies)("of a %o answers the same command, and a 422 for anything else", async (body) => {
    const valve = await addActuator(sluice, withDose);
    const key = `key of ${body.kind}`;
    const [first, again] = [await command(valve, body, { key }), await command(valve, body, { key })];
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.json().id).toBe(first.json().id);
    for (const other of bodies.filter((candidate) => candidate !== body)) {
      const mismatch = await command(valve, other, { key });
      expect(mismatch.json(), other.kind).toMatchObject({ status: 422, code: "idempotency.mismatch" });
    }
    const another = await command(await addActuator(sluice, withDose), body, { key });
    expect(another.json()).toMatchObject({ status: 422 });
  });

  it("of a refused request is free again", async () => {
    const valve = await addActuator(sluice);
    await command(valve, { kind: "STOP" });
    const run = () => command(valve, { kind: "RUN", durationMs: 1_000 }, { key: "later" });
    expect((await run()).json()).toMatchObject({ status: 409, code: "actuator.held" });
    await command(valve, { kind: "SET", release: true });
    expect((await run()).statusCode).toBe(201);
  });

  it("of a release is the same release", async () => {
    const valve = await addActuator(sluice);
    await command(valve, { kind: "STOP" });
    const release = () => command(valve, { kind: "SET", release: true }, { key: "release" });
    expect((await release()).json().id).toBe((await release()).json().id);
  });
});

describe("a request that has to wait", () => {
  it("is a 202 with its execution, and becomes a command when the way is free", async () => {
    const valve = await addActuator(sluice);
    await gateway.connect(valve.uid);
    await command(valve, { kind: "RUN", durationMs: 30_000 });
    await gateway.send();
    const body = { kind: "RUN", durationMs: 5_000, waitMs: 3_600_000 };
    const waiting = await command(valve, body, { key: "waits" });
    expect(waiting.statusCode).toBe(202);
    const { id } = waiting.json();
    expect(waiting.headers.location).toBe(`/api/v1/executions/${id}`);
    expect(waiting.json()).toMatchObject({ status: "WAITING", reason: "running", parameters: { durationMs: 5_000 } });
    expect((await sluice.ask({ url: `/api/v1/executions/${id}` })).json()).toMatchObject(waiting.json());
    expect((await command(valve, body, { key: "waits" })).json()).toEqual(waiting.json());
    expect(await view(valve)).toMatchObject({
      waiting: { execution: id, reason: "running" },
      live: { state: "DISPATCHING" },
    });
    await gateway.say(valve.uid, { state: "REJECTED", reason: "busy" });
    expect(await decideDue(id, valve)).toBe("dispatched");
    const decided = await command(valve, body, { key: "waits" });
    expect(decided.statusCode).toBe(201);
    expect(decided.json()).toMatchObject({ kind: "RUN", durationMs: 5_000, execution: id });
  });

  it("is refused at once where it cannot start in time, with the time when it can", async () => {
    const valve = await addActuator(sluice, { cooldownMs: QUARTER_MS });
    await command(valve, { kind: "RUN", durationMs: 1_000 });
    for (const waitMs of [0, 60_000, undefined]) {
      const refused = await command(valve, { kind: "RUN", durationMs: 1_000, waitMs });
      expect(refused.json()).toMatchObject({ status: 409, code: "actuator.running" });
      const inMs = Date.parse(refused.json().retryAt) - Date.now();
      expect(inMs).toBeGreaterThan(QUARTER_MS - 60_000);
      expect(inMs).toBeLessThan(QUARTER_MS + 120_000);
    }
  });

  it("and has waited in vain answers its key with the execution that ended", async () => {
    const valve = await addActuator(sluice);
    await command(valve, { kind: "RUN", durationMs: 30_000 });
    const body = { kind: "RUN", durationMs: 5_000, waitMs: 3_600_000 };
    expect((await command(valve, body, { key: "in vain" })).statusCode).toBe(202);
    await command(valve, { kind: "STOP" });
    const ended = await command(valve, body, { key: "in vain" });
    expect(ended.statusCode).toBe(200);
    expect(ended.json()).toMatchObject({ status: "CANCELLED", reason: "held", success: false });
  });
});

describe("a person's request in the way of a rule's run", () => {
  /** A rule's run that the device has begun. */
  async function runByRule(valve: TestActuator): Promise<void> {
    await gateway.connect(valve.uid);
    const { rows } = await sluice.database.pool.query(
      `insert into execution (id, organization_id, actuator_id, type, action, priority, parameters, requested_by)
       select gen_random_uuid(), organization_id, id, 'THRESHOLD', 'RUN', 'THRESHOLD', '{"durationMs": 50000}', 'rule:1'
         from actuator where id = $1 returning id`,
      [valve.id],
    );
    expect(await decideDue(rows[0].id, valve)).toBe("dispatched");
    await gateway.send();
    await gateway.say(valve.uid, { state: "RUNNING" });
  }

  it("stops it where the request can start in time, the pause after that run included", async () => {
    const valve = await addActuator(sluice, { cooldownMs: QUARTER_MS });
    await runByRule(valve);
    const run = { kind: "RUN", durationMs: 1_000 };
    const refused = await command(valve, { ...run, waitMs: 60_000 });
    expect(refused.json()).toMatchObject({ status: 409, code: "actuator.running" });
    expect(await view(valve)).toMatchObject({ live: { state: "RUNNING" }, waiting: null });
    const waiting = await command(valve, { ...run, waitMs: QUARTER_MS + 60_000 });
    expect(waiting.statusCode).toBe(202);
    expect(waiting.json()).toMatchObject({ status: "WAITING", reason: "preempting" });
    await gateway.send();
    expect(gateway.link.commands().at(-1)).toMatchObject({ kind: "STOP", fence: 2 });
  });
});

describe("an override", () => {
  const override = { reason: "  the tank runs over " };

  it("passes the cooldown for an administrator, with who, why and from where in the audit", async () => {
    const valve = await addActuator(sluice, { cooldownMs: QUARTER_MS });
    await gateway.connect(valve.uid);
    await command(valve, { kind: "RUN", durationMs: 1_000 });
    await gateway.send();
    await gateway.say(valve.uid, { state: "COMPLETED", ranMs: 1_000 });
    const run = { kind: "RUN", durationMs: 2_000 };
    expect((await command(valve, run, { as: "admin" })).json()).toMatchObject({ code: "actuator.cooldown" });
    const refused = await command(valve, { ...run, override });
    expect(refused.json()).toMatchObject({ status: 403, code: "auth.forbidden" });
    const passed = await command(valve, { ...run, override }, { as: "admin" });
    expect(passed.json()).toMatchObject({ kind: "RUN", isOverride: true });
    const { rows } = await sluice.database.pool.query(
      "select actor, after, address from audit_event where action = 'actuator.override' and subject = $1",
      [`actuator:${valve.id}`],
    );
    expect(rows).toEqual([
      {
        actor: expect.stringMatching(/^user:/),
        after: { reason: "the tank runs over" },
        address: expect.stringContaining("127.0.0.1"),
      },
    ]);
  });

  it("passes no hold", async () => {
    const valve = await addActuator(sluice);
    await command(valve, { kind: "STOP" });
    const refused = await command(valve, { kind: "RUN", durationMs: 1_000, override }, { as: "admin" });
    expect(refused.json()).toMatchObject({ status: 409, code: "actuator.held" });
    expect(refused.json()).not.toHaveProperty("retryAt");
  });
});

describe("the trail of an execution", () => {
  it("tells each step with its reason, under both of its names", async () => {
    const valve = await addActuator(sluice);
    await command(valve, { kind: "RUN", durationMs: 30_000 });
    const { id } = (await command(valve, { kind: "RUN", durationMs: 5_000, waitMs: 3_600_000 })).json();
    await command(valve, { kind: "STOP", reason: "leak" });
    const events = (await sluice.ask({ url: `/api/v1/executions/${id}/events` })).json();
    expect(events).toMatchObject([
      { status: "PENDING", who: expect.stringMatching(/^user:/) },
      { status: "WAITING", reason: "running", until: expect.any(String) },
      { status: "CANCELLED", reason: "held", until: null, who: null },
    ]);
    expect((await sluice.ask({ url: `/api/v1/automation/executions/${id}/events` })).json()).toEqual(events);
  });
});
