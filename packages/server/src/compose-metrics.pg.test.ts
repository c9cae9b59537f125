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
