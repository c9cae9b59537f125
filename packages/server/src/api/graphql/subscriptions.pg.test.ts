import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { foldAlerts } from "../../alerts/index.ts";
import { ChannelListener } from "../../platform/channel-listener.ts";
import { systemClock } from "../../platform/clock.ts";
import { LIVE_CHANNEL } from "../../platform/live-notice.ts";
import { connectClient, inTransaction } from "../../platform/postgres.ts";
import { addActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { fewestStatements, type GraphAnswer } from "./testing/ask-graph.ts";

let sluice: TestApp;
let listener: ChannelListener;
let url: string;
beforeAll(async () => {
  sluice = await createTestApp();
  const { hub } = sluice.live;
  listener = new ChannelListener({
    connect: () => connectClient(sluice.database.url, "live"),
    clock: systemClock,
    channels: [LIVE_CHANNEL],
    onNotice: (_channel, payload) => hub.onNotice(payload),
    onGap: () => hub.onGap(),
  });
  await listener.start();
  await sluice.app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(sluice.app.server.address() as AddressInfo).port}/graphql`;
  for (const uid of ["tank-1", "tank-2"]) {
    await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid, profile: "generic" } });
  }
});
afterAll(async () => {
  await listener.stop();
  await sluice.close();
});

const open: IncomingMessage[] = [];
afterEach(() => {
  for (const answer of open.splice(0)) answer.destroy();
});

/** Server-sent events, one answer each, until the stream completes. Every one over a connection of its own. */
async function subscribe(query: string, token?: string): Promise<AsyncGenerator<GraphAnswer, undefined>> {
  const asked = request(url, {
    method: "POST",
    agent: false,
    headers: {
      authorization: `Bearer ${token ?? (await sluice.tokenOf("operator"))}`,
      "content-type": "application/json",
      accept: "text/event-stream",
    },
  });
  asked.end(JSON.stringify({ query }));
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  open.push(answer);
  expect(answer.headers["content-type"]).toContain("text/event-stream");
  return events(answer.setEncoding("utf8"));
}

async function* events(text: AsyncIterable<string>): AsyncGenerator<GraphAnswer, undefined> {
  let rest = "";
  for await (const piece of text) {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      if (block.startsWith("event: complete")) return;
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}

const next = async (stream: AsyncGenerator<GraphAnswer, undefined>) => (await stream.next()).value as GraphAnswer;

it("readings come as they are now, and when they change, of the devices that were named", async () => {
  await sluice.store("tank-1", Date.now() - 2_000, { level: 1.5, ph: 7 });
  const stream = await subscribe(
    `subscription { readings(devices: ["tank-1"], metrics: ["level"]) { uid values { metric value invalid } device { lastMessageAt } } }`,
  );
  expect((await next(stream)).data.readings).toMatchObject({
    uid: "tank-1",
    values: [{ metric: "level", value: 1.5, invalid: [] }],
  });
  await sluice.store("tank-2", Date.now(), { level: 9 });
  const later = Date.now();
  await sluice.store("tank-1", later, { level: 1.6, ph: 7 });
  const { readings } = (await next(stream)).data;
  expect(readings.values).toEqual([{ metric: "level", value: 1.6, invalid: [] }]);
  // What an event leads to is read anew.
  expect(readings.device.lastMessageAt).toBe(new Date(later).toISOString());
});

it("alerts begin with those that are open, and go on with what becomes of them", async () => {
  const { pool } = sluice.database;
  const { rows } = await pool.query(
    `insert into rule (organization_id, device_id, key, name, definition, alert)
     select organization_id, id, 'low', 'Low', '{"kind":"threshold","metric":"level","operator":"below","value":1}', '{"severity":"major"}'
       from device where uid = 'tank-1' returning id as "ruleId", device_id as "deviceId"`,
  );
  const fold = (state: "firing" | "resolved", episode: number) =>
    inTransaction(pool, (client) =>
      foldAlerts(
        client,
        [{ ...rows[0], seq: episode, episode, state, readingMicros: 1.79e15, value: 0 }],
        sluice.alerts,
      ),
    );
  await fold("firing", 1);
  const stream = await subscribe(
    `subscription { alerts(severity: [MAJOR]) { state open occurrences device { uid } } }`,
  );
  expect((await next(stream)).data).toEqual({
    alerts: { state: "FIRING", open: true, occurrences: 1, device: { uid: "tank-1" } },
  });
  await fold("resolved", 1);
  expect((await next(stream)).data.alerts).toMatchObject({ state: "RESOLVED", open: false });
});

it("commands come when they are decided", async () => {
  const valve = await addActuator(sluice);
  const stream = await subscribe(`subscription { commands(actuator: ${valve.id}) { kind actuator { key } } }`);
  const coming = next(stream);
  const payload = { kind: "STOP" };
  await sluice.ask({ method: "POST", url: `/api/v1/actuators/${valve.id}/commands`, payload });
  expect((await coming).data.commands).toEqual({ kind: "STOP", actuator: { key: "valve" } });
});

it("an event takes no statements an actuator for a device with many", async () => {
  const one = await addActuator(sluice);
  const actuators = Array.from({ length: 10 }, (_, at) => ({
    ...{ key: `v${at}`, kind: "valve", maxRunMs: 60_000, cooldownMs: 0 },
  }));
  await sluice.ask({ method: "POST", url: "/api/v1/profiles", payload: { key: "ten", name: "Ten", actuators } });
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "ten", profile: "ten" } });
  const [{ id }] = (await sluice.ask({ url: "/api/v1/devices/ten/actuators" })).json();
  const statementsFor = async (actuator: number) => {
    const stream = await subscribe(
      `subscription { commands(actuator: ${actuator}) { device { uid site { slug } alerts { id }
         actuators { key device { uid site { slug } profile { key } } } } } }`,
    );
    return fewestStatements(async () => {
      const payload = { kind: "STOP" };
      await sluice.ask({ method: "POST", url: `/api/v1/actuators/${actuator}/commands`, payload });
      expect((await next(stream)).errors).toBeUndefined();
    });
  };
  await statementsFor(one.id);
  const few = await statementsFor(one.id);
  // What else happens in the server meanwhile takes some too; one an actuator would be nine more.
  expect((await statementsFor(id)) - few).toBeLessThan(9);
});

it("what may not be seen, or is not there, ends at once with the reason", async () => {
  const client = await sluice.ask({
    method: "POST",
    url: "/api/v1/clients",
    payload: { name: "c", scopes: ["registry:read"] },
  });
  const refused = await subscribe(`subscription { alerts { id } }`, client.json().token);
  expect((await next(refused)).errors).toMatchObject([{ extensions: { code: "auth.forbidden" } }]);
  const unknown = await subscribe(`subscription { readings(devices: ["nobody"]) { uid } }`);
  expect((await next(unknown)).errors).toMatchObject([{ extensions: { code: "device.unknown" } }]);
  const unnamed = await subscribe(`subscription { readings { uid } }`);
  expect((await next(unnamed)).errors).toMatchObject([{ extensions: { code: "stream.unnamed" } }]);
});

it("whoever does not take events is told so, and nothing goes on for them", async () => {
  const { events } = sluice.live;
  const subscribeItems = events.subscribeItems.bind(events);
  const ended = vi.fn();
  const spy = vi.spyOn(events, "subscribeItems").mockImplementation((...args) => {
    const unsubscribe = subscribeItems(...args);
    return () => {
      ended();
      unsubscribe();
    };
  });
  const answer = await sluice.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: `Bearer ${await sluice.tokenOf("operator")}`, accept: "application/json" },
    payload: { query: "subscription { alerts { id } }" },
  });
  expect(answer.statusCode).toBe(406);
  expect([spy.mock.calls.length, ended.mock.calls.length]).toEqual([1, 1]);
  spy.mockRestore();
});

it("whoever goes away is forgotten", async () => {
  const { events } = sluice.live;
  const subscribeReadings = events.subscribeReadings.bind(events);
  const ended = vi.fn();
  const spy = vi.spyOn(events, "subscribeReadings").mockImplementation(async (...args) => {
    const unsubscribe = await subscribeReadings(...args);
    return () => {
      ended();
      unsubscribe();
    };
  });
  const stream = await subscribe(`subscription { readings(devices: ["tank-1"]) { uid } }`);
  await next(stream);
  expect(ended).not.toHaveBeenCalled();
  open.pop()!.destroy();
  await expect.poll(() => ended.mock.calls.length).toBe(1);
  spy.mockRestore();
});
