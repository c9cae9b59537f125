import { afterAll, beforeAll, expect, test } from "vitest";
import { foldAlerts } from "../../alerts/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { dataAsker, fewestStatements } from "./testing/ask-graph.ts";

const MANY = 20;

let sluice: TestApp;
let data: ReturnType<typeof dataAsker>;
beforeAll(async () => {
  sluice = await createTestApp();
  data = dataAsker(sluice);
  const actuators = [{ key: "valve", kind: "valve", maxRunMs: 60_000, cooldownMs: 0 }];
  await make("profiles", { key: "bed", name: "Bed", metrics: [{ key: "moisture" }], actuators });
  for (let at = 0; at < MANY; at++) await makeBed(at);
  const { rows } = await sluice.database.pool.query(`select id as "ruleId", device_id as "deviceId" from rule`);
  await inTransaction(sluice.database.pool, (client) =>
    foldAlerts(
      client,
      rows.map((rule) => ({ ...rule, seq: 1, episode: 1, state: "firing", readingMicros: 1.79e15, value: 0 })),
      sluice.alerts,
    ),
  );
}, 60_000);
afterAll(() => sluice.close());

async function make(url: string, payload: object) {
  const answer = await sluice.ask({ method: "POST", url: `/api/v1/${url}`, payload });
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  return answer.json();
}

/** A home of its own with a solar panel, and a bed with a valve, a rule, a schedule and a command. */
async function makeBed(at: number): Promise<void> {
  const uid = `bed-${at}`;
  await make("sites", { slug: `site-${at}`, name: `Site ${at}`, timeZone: "Europe/Berlin" });
  const { id: asset } = await make("assets", { kind: "home", name: `Home ${at}`, site: `site-${at}` });
  await make("devices", { uid: `panel-${at}`, profile: "solar-panel", asset });
  await make("devices", { uid, profile: "bed", asset });
  const [{ id: actuator }] = (await sluice.ask({ url: `/api/v1/devices/${uid}/actuators` })).json();
  const definition = { kind: "threshold", metric: "moisture", operator: "below", value: 1 };
  await make("rules", { key: "dry", name: "Dry", device: uid, action: null, alert: { severity: "major" }, definition });
  const times = { kind: "cron", expression: "0 6 * * *" };
  await make("schedules", { name: `Morning ${at}`, actuator, action: { kind: "RUN", durationMs: 1_000 }, times });
  await make(`actuators/${actuator}/commands`, { kind: "STOP" });
}

const DEVICE = `device { uid site { slug } asset { name site { slug } } profile { key metrics { key } }
  lastMessageAt actuators { key device { uid } } alerts { title device { uid } } }`;

test.each([
  ["sites", "slug"],
  ["assets", "name site { slug } parent { name }"],
  ["alerts", `title ${DEVICE}`],
  ["commands", `kind actuator { key device { uid } } ${DEVICE}`],
  ["rules", `name ${DEVICE}`],
  ["schedules", `name actuator { key } ${DEVICE}`],
  ["executions", `status actuator { key } ${DEVICE}`],
  ["energySummary", "name asset { name site { slug } } site { slug }"],
])("%s with what belongs to each take as many statements for many as for two", async (name, fields) => {
  const page = (first: number) => `(first: ${first}) { nodes { ${fields} } }`;
  const query = (first: number) =>
    name === "energySummary" ? `{ energySummary { homes${page(first)} } }` : `{ ${name}${page(first)} }`;
  const answer = (await data(query(MANY)))[name];
  expect((answer.homes ?? answer).nodes).toHaveLength(MANY);
  const few = await fewestStatements(() => data(query(2)));
  expect(await fewestStatements(() => data(query(MANY)))).toBe(few);
});
