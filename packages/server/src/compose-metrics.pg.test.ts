import { afterAll, beforeAll, expect, test } from "vitest";
import { addActuator } from "./api/testing/test-actuators.ts";
import { createTestApp, type TestApp } from "./api/testing/test-app.ts";
import { measureServer } from "./compose-metrics.ts";
import { systemClock } from "./platform/clock.ts";
import { Metrics } from "./platform/metrics.ts";
import { parseExposition } from "./platform/testing/exposition.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

async function valuesOf(name: string): Promise<unknown[]> {
  const metrics = new Metrics();
  measureServer(metrics, {
    ingest: undefined,
    pipeline: () => undefined,
    workers: () => undefined,
    live: { connections: 0 },
    pools: () => new Map([["main", sluice.database.pool]]),
    status: async () => ({ status: "healthy", db: "connected", workers: "running" }),
    pool: sluice.database.pool,
    clock: systemClock,
  });
  const { samples } = parseExposition(await metrics.text()).get(name)!;
  return samples.map(({ labels, value }) => [...Object.values(labels), value]);
}

test("the tables are counted as they are", async () => {
  expect(await valuesOf("sluice_commands_recent")).toEqual([]);
  expect(await valuesOf("sluice_alerts_open")).toEqual([]);
  expect(await valuesOf("sluice_deliveries")).toEqual([["dead", 0]]);
  expect(await valuesOf("sluice_executions")).toEqual([["DEAD", 0]]);
  expect(await valuesOf("sluice_reports")).toEqual([
    ["failed", 0],
    ["queued", 0],
    ["running", 0],
  ]);

  const valve = await addActuator(sluice);
  const url = `/api/v1/actuators/${valve.id}/commands`;
  await sluice.ask({ method: "POST", url, payload: { kind: "STOP" } });
  await sluice.database.pool.query(
    `insert into alert (id, organization_id, source, severity, title, message, state, first_episode, episode, occurrences,
                        opened_at, fired_at)
     select gen_random_uuid(), id, 'test', 'critical', 't', 'm', 'firing', 1, 1, 1, date_trunc('milliseconds', now()), now()
       from organization`,
  );
  expect(await valuesOf("sluice_commands_recent")).toEqual([["STOP", "QUEUED", 1]]);
  expect(await valuesOf("sluice_alerts_open")).toEqual([["critical", 1]]);
});

test("what waits to be settled is counted, and what cannot be", async () => {
  expect(await valuesOf("sluice_settling_backlog")).toEqual([[0]]);
  expect(await valuesOf("sluice_settling_troubles")).toEqual([
    ["generation", 0],
    ["part", 0],
  ]);
  await sluice.database.pool.query(
    `insert into generation (partition, number, state, closed_at, error)
     values (7, 1, 'settling', now() - interval '3 hours', 'no space'), (7, 2, 'closed', now(), null)`,
  );
  expect(await valuesOf("sluice_settling_backlog")).toEqual([[2]]);
  expect(await valuesOf("sluice_settling_troubles")).toEqual([
    ["generation", 1],
    ["part", 0],
  ]);
  const [[seconds]] = (await valuesOf("sluice_settling_waiting_seconds")) as [[number]];
  expect(Math.round(seconds / 3600)).toBe(3);
});
