import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldAlerts } from "../../alerts/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { addActuator, startTestGateway, type TestGateway } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { type Ask, dataAsker, graphAsker } from "./testing/ask-graph.ts";

let sluice: TestApp;
let gateway: TestGateway;
let ask: Ask;
let data: ReturnType<typeof dataAsker>;
beforeAll(async () => {
  sluice = await createTestApp();
  gateway = await startTestGateway(sluice);
  ask = graphAsker(sluice);
  data = dataAsker(sluice);
});
afterAll(async () => {
  await gateway.stop();
  await sluice.close();
});

const SEND = `mutation($input: CommandInput!, $key: String) { sendCommand(input: $input, idempotencyKey: $key) {
  executionId isWaiting command { id kind state durationMs actuator { id key } device { uid } } } }`;
const send = (input: object, key?: string) => ask(SEND, { as: "operator", variables: { input, key } });
const errorOf = ({ errors }: Awaited<ReturnType<Ask>>) => errors?.[0]?.extensions;

describe("sendCommand", () => {
  it("commands an actuator, once a key", async () => {
    const valve = await addActuator(sluice);
    await gateway.connect(valve.uid);
    const input = { actuator: valve.id, kind: "RUN", durationMs: 5_000 };
    const first = await send(input, "water the roses");
    expect(first.data.sendCommand).toMatchObject({
      isWaiting: false,
      command: {
        kind: "RUN",
        durationMs: 5_000,
        actuator: { id: String(valve.id), key: "valve" },
        device: { uid: valve.uid },
      },
    });
    expect((await send(input, "water the roses")).data).toEqual(first.data);
    const { commands } = await data(`{ commands(actuator: ${valve.id}) { nodes { id } } }`);
    expect(commands.nodes).toEqual([{ id: first.data.sendCommand.command.id }]);
    expect(errorOf(await send({ ...input, durationMs: 6_000 }, "water the roses"))).toMatchObject({
      code: "idempotency.mismatch",
      kind: expect.any(String),
    });
  });

  it("refused says which limit, and when to try again", async () => {
    const valve = await addActuator(sluice, { cooldownMs: 3_600_000 });
    await gateway.connect(valve.uid);
    await send({ actuator: valve.id, kind: "RUN", durationMs: 1_000 });
    await gateway.send();
    await gateway.say(valve.uid, { type: "started" });
    await gateway.say(valve.uid, { type: "ended", outcome: "COMPLETED", ranMs: 1_000 });
    const refused = await send({ actuator: valve.id, kind: "RUN", durationMs: 1_000, waitMs: 0 });
    const rest = await sluice.ask({
      method: "POST",
      url: `/api/v1/actuators/${valve.id}/commands`,
      payload: { kind: "RUN", durationMs: 1_000, waitMs: 0 },
    });
    expect(rest.statusCode).toBe(409);
    const { code, retryAt } = rest.json();
    expect(errorOf(refused)).toMatchObject({ code, kind: "conflict", retryAt });
    expect(Date.parse(retryAt)).toBeGreaterThan(0);
  });

  it.each([
    [{ kind: "RUN" }, "command.duration_needed"],
    [{ kind: "RUN", durationMs: 0 }, "request.invalid"],
    [{ kind: "STOP", amount: 3 }, "command.field_unexpected"],
    [{ kind: "RUN", durationMs: 1_000, override: { reason: "now" } }, "auth.forbidden"],
    [{ kind: "RUN", durationMs: 61_000 }, "actuator.beyond_limit"],
  ])("%j is refused as by REST", async (given, code) => {
    const valve = await addActuator(sluice);
    const rest = await sluice.ask({
      as: "operator",
      method: "POST",
      url: `/api/v1/actuators/${valve.id}/commands`,
      payload: given,
    });
    const error = errorOf(await send({ actuator: valve.id, ...given }));
    expect(error?.code).toBe(rest.json().code);
    if (code !== "actuator.beyond_limit") expect(error?.code).toBe(code);
  });

  it("unknown actuators are not found, and an empty key is refused", async () => {
    expect(errorOf(await send({ actuator: 999_999, kind: "STOP" }))).toMatchObject({ code: "actuator.unknown" });
    expect(errorOf(await send({ actuator: 1, kind: "STOP" }, ""))).toMatchObject({ code: "request.idempotency_key" });
  });
});

describe("alerts", () => {
  let transition: { ruleId: number; deviceId: number };
  beforeAll(async () => {
    const payload = { uid: "probe", profile: "generic" };
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload });
    const { rows } = await sluice.database.pool.query(
      `insert into rule (organization_id, device_id, key, name, definition, alert)
       select organization_id, id, 'low', 'Low', '{"kind":"threshold","metric":"oxygen","operator":"below","value":4}',
              '{"severity":"critical","isLatched":true}'
         from device where uid = 'probe'
       returning id as "ruleId", device_id as "deviceId"`,
    );
    transition = rows[0];
  });
  const fold = (state: "firing" | "resolved", episode: number) =>
    inTransaction(sluice.database.pool, (client) =>
      foldAlerts(
        client,
        [{ ...transition, seq: episode, episode, state, readingMicros: 1.79e15, value: 3 }],
        sluice.alerts,
      ),
    );

  it("are listed, seen from their device, acknowledged, shelved, taken back and cleared", async () => {
    await fold("firing", 1);
    const { alerts } = await data(
      `{ alerts(severity: [CRITICAL], open: true) { nodes { id state ruleName device { uid alerts { id } } } } }`,
    );
    expect(alerts.nodes).toMatchObject([{ state: "FIRING", ruleName: "Low", device: { uid: "probe" } }]);
    const [{ id, device }] = alerts.nodes;
    expect(device.alerts).toEqual([{ id }]);
    const act = (mutation: string) => data(`mutation { ${mutation} }`, { as: "operator" });
    const seen = await act(`acknowledgeAlert(id: "${id}", comment: "on my way") { acknowledgedBy acknowledgedAt }`);
    expect(seen.acknowledgeAlert).toEqual({
      acknowledgedBy: expect.stringMatching(/^user:/),
      acknowledgedAt: expect.any(String),
    });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const shelved = await act(`shelveAlert(id: "${id}", until: "${until}", reason: "repair") { shelvedUntil }`);
    expect(shelved.shelveAlert).toEqual({ shelvedUntil: until });
    expect((await act(`unshelveAlert(id: "${id}") { shelvedUntil }`)).unshelveAlert).toEqual({ shelvedUntil: null });
    expect(errorOf(await ask(`mutation { clearAlert(id: "${id}") { id } }`, { as: "operator" }))).toMatchObject({
      kind: "conflict",
    });
    expect(errorOf(await ask(`mutation { commentOnAlert(id: "${id}", comment: "") { id } }`))).toMatchObject({
      code: "alert.comment_invalid",
    });
    await fold("resolved", 1);
    expect((await data("{ alerts(open: false) { nodes { id } } }")).alerts.nodes).toEqual([{ id }]);
    expect(errorOf(await ask(`{ alert(id: "nonsense") { id } }`))).toMatchObject({ code: "request.id_invalid" });
  });
});

describe("automation", () => {
  it("rules, schedules and executions are listed with what they belong to", async () => {
    const valve = await addActuator(sluice);
    const times = { kind: "cron", expression: "0 6 * * *" };
    const draft = { name: "Morning", actuator: valve.id, action: { kind: "RUN", durationMs: 1_000 }, times };
    await sluice.ask({ method: "POST", url: "/api/v1/schedules", payload: draft });
    await gateway.connect(valve.uid);
    await send({ actuator: valve.id, kind: "RUN", durationMs: 1_000 });
    const { rules, schedules, executions } = await data(`{
      rules(device: "probe") { nodes { name kind definition enabled device { uid } } }
      schedules(actuator: ${valve.id}) { nodes { name times isPaused nextDueAt actuator { key } device { uid } } }
      executions(actuator: ${valve.id}) { nodes { type status success actuator { id } device { uid } } } }`);
    expect(rules.nodes).toMatchObject([{ name: "Low", kind: "threshold", enabled: true, device: { uid: "probe" } }]);
    expect(schedules.nodes).toEqual([
      {
        ...{ name: "Morning", times, isPaused: false, nextDueAt: expect.any(String) },
        ...{ actuator: { key: "valve" }, device: { uid: valve.uid } },
      },
    ]);
    expect(executions.nodes).toMatchObject([
      { type: "MANUAL", actuator: { id: String(valve.id) }, device: { uid: valve.uid } },
    ]);
  });
});
