import { afterAll, beforeAll, expect, test } from "vitest";
import { addActuator, type TestActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const ask = async ({ id }: TestActuator, query = "") =>
  (await sluice.ask({ as: "scientist", url: `/api/v1/actuators/${id}/why-not${query}` })).json();
const command = async ({ id }: TestActuator, payload: object) =>
  (await sluice.ask({ as: "operator", method: "POST", url: `/api/v1/actuators/${id}/commands`, payload })).json();
const limitsOf = ({ limits }: { limits: { limit: string }[] }) => limits.map(({ limit }) => limit);
const whyOf = async (id: string) => (await sluice.ask({ url: `/api/v1/executions/${id}/why-not` })).json();

test("nothing stands against an actuator that may start", async () => {
  const valve = await addActuator(sluice);
  expect(await ask(valve)).toEqual({ outcome: "accept", limits: [] });
});

test("everything that stands against it is told, in the order in which it counts, and when it ends", async () => {
  const valve = await addActuator(sluice, { maxStartsPerDay: 1, maxRunMsPerDay: 70_000 });
  await command(valve, { kind: "RUN", durationMs: 30_000 });
  const running = await ask(valve, "?durationMs=60000");
  expect(running).toMatchObject({ outcome: "refuse" });
  expect(limitsOf(running)).toEqual(["running", "max_starts_per_day", "max_run_per_day"]);
  for (const { message, retryAt } of running.limits) {
    expect(message).not.toBe("");
    expect(Date.parse(retryAt)).toBeGreaterThan(Date.now());
  }
  await sluice.ask({ method: "POST", url: `/api/v1/actuators/${valve.id}/trip`, payload: { cause: "dry_run" } });
  const tripped = await ask(valve, "?durationMs=999999&priority=THRESHOLD");
  expect(limitsOf(tripped).slice(0, 3)).toEqual(["max_run", "tripped", "held"]);
  expect(tripped.limits[1]).toMatchObject({ message: expect.stringContaining("dry_run"), retryAt: null });
  expect(limitsOf(tripped)).toContain("offline");
});

test("how long a person would wait decides between waiting and a refusal, as in a command", async () => {
  const valve = await addActuator(sluice);
  await command(valve, { kind: "RUN", durationMs: 50_000 });
  expect(await ask(valve, "?waitMs=3600000")).toMatchObject({ outcome: "defer", limits: [{ limit: "running" }] });
  expect(await ask(valve, "?waitMs=0")).toMatchObject({ outcome: "refuse" });
});

test("a dose is asked about with its amount", async () => {
  const valve = await addActuator(sluice, { maxDose: { amount: 5, unit: "L" } });
  expect(await ask(valve, "?amount=5&unit=L")).toMatchObject({ outcome: "accept" });
  expect(limitsOf(await ask(valve, "?amount=5.5&unit=L"))).toEqual(["max_dose"]);
  expect(limitsOf(await ask(await addActuator(sluice), "?amount=1&unit=L"))).toEqual(["dose_unsupported"]);
});

test("asking changes nothing", async () => {
  const valve = await addActuator(sluice);
  await ask(valve);
  const { rows } = await sluice.database.pool.query(
    "select fence::int, (select count(*)::int from execution where actuator_id = a.id) as executions from actuator a where id = $1",
    [valve.id],
  );
  expect(rows).toEqual([{ fence: 0, executions: 0 }]);
});

test.each([
  ["durationMs=0", "durationMs"],
  ["durationMs=1.5", "durationMs"],
  ["durationMs=soon", "durationMs"],
  ["priority=URGENT", "priority"],
  ["amount=0&unit=L", "amount"],
  ["amount=1", "amount and unit"],
  ["unit=L", "amount and unit"],
  ["waitMs=-1", "waitMs"],
])("%s is a 400 that names it", async (query, named) => {
  const valve = await addActuator(sluice);
  expect(await ask(valve, `?${query}`)).toMatchObject({ status: 400, detail: expect.stringContaining(named) });
});

test("an execution tells its last reason, and while it waits what would be decided now", async () => {
  const valve = await addActuator(sluice);
  await command(valve, { kind: "RUN", durationMs: 50_000 });
  const { id } = await command(valve, { kind: "RUN", durationMs: 5_000, waitMs: 3_600_000 });
  expect(await whyOf(id)).toMatchObject({
    status: "WAITING",
    reason: "running",
    until: expect.any(String),
    now: { outcome: "defer", limits: [{ limit: "running", retryAt: expect.any(String) }] },
  });
  await command(valve, { kind: "STOP" });
  expect(await whyOf(id)).toMatchObject({ status: "CANCELLED", reason: "held", now: null });
});

test("a rule's execution whose rule no longer fires says so", async () => {
  const uid = "zone-1";
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "irrigation-zone" } });
  const { rows } = await sluice.database.pool.query(
    `insert into execution (id, organization_id, actuator_id, type, action, priority, parameters, requested_by)
     select gen_random_uuid(), a.organization_id, a.id, 'THRESHOLD', 'RUN', 'THRESHOLD', '{"durationMs": 1000}', 'rule:1'
       from actuator a join device d on d.id = a.device_id where d.uid = $1 returning id`,
    [uid],
  );
  expect(await whyOf(rows[0].id)).toMatchObject({
    status: "PENDING",
    now: { outcome: "refuse", limits: [{ limit: "cause_gone", retryAt: null }] },
  });
});
