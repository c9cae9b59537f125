import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { DeliveryWorker, enqueueNotices } from "../../notifications/index.ts";
import { TestReceiver } from "../../notifications/testing/test-receiver.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
let receiver: TestReceiver;
let worker: DeliveryWorker;
let channel: number;
let names = 0;
beforeAll(async () => {
  sluice = await createTestApp();
});
beforeEach(async () => {
  receiver = new TestReceiver();
  await receiver.start();
  worker = new DeliveryWorker(sluice.notifications);
  worker.start();
  const name = `Channel ${++names}`;
  const { url } = receiver;
  const made = await ask("POST", "/api/v1/channels", { name, kind: "webhook", configuration: { url } });
  channel = made.json().id;
  await ask("POST", "/api/v1/notification-routes", { name, channels: [channel], position: 1 });
});
afterEach(async () => {
  await worker.stop();
  await receiver.stop();
});
afterAll(() => sluice.close());

const ask = (method: "GET" | "POST", url: string, payload?: object) =>
  sluice.ask({ method, url, ...(payload && { payload }) });
const list = async (query: string) => (await ask("GET", `/api/v1/deliveries?channel=${channel}${query}`)).json();

/** Answers the alert's id. */
async function tell(): Promise<string> {
  const alertId = crypto.randomUUID();
  const notice = {
    id: crypto.randomUUID(),
    organizationId: sluice.organizationId,
    alertId,
    event: "fired" as const,
    severity: "major" as const,
    siteId: null,
    ruleId: null,
    deviceId: null,
    title: "Oxygen is low",
    message: "",
    occurredAtMicros: Date.now() * 1000,
    data: {},
  };
  await inTransaction(sluice.database.pool, (client) => enqueueNotices(client, [notice]));
  worker.nudge();
  await worker.settled();
  return alertId;
}

test("a delivery is found by state, channel and alert, with its log", async () => {
  const alertId = await tell();
  const [delivery, ...others] = await list(`&state=sent&alert=${alertId}`);
  expect(others).toEqual([]);
  expect(delivery).toMatchObject({
    channelId: channel,
    state: "sent",
    attempts: 1,
    nextAttemptAt: null,
    notice: { alertId, event: "fired", severity: "major", title: "Oxygen is low" },
  });
  expect((await ask("GET", `/api/v1/deliveries/${delivery.id}`)).json()).toEqual(delivery);
  const log = await sluice.ask({ as: "operator", url: `/api/v1/deliveries/${delivery.id}/attempts` });
  expect(log.json()).toMatchObject([{ number: 1, messageId: delivery.id, outcome: "sent", httpStatus: 204 }]);
  expect(await list("&state=dead")).toEqual([]);
});

test("a list pages by its link, the newest first", async () => {
  const alerts = [await tell(), await tell(), await tell()];
  const first = await ask("GET", `/api/v1/deliveries?channel=${channel}&limit=2`);
  const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))![1]!;
  const all = [...first.json(), ...(await ask("GET", next)).json()];
  expect(all.map(({ notice }) => notice.alertId)).toEqual(alerts.toReversed());
});

test("a dead one is replayed, one by one or all of a channel; a sent one is not", async () => {
  receiver.answer = () => ({ status: 422 });
  for (let index = 0; index < 3; index++) await tell();
  await sluice.database.pool.query(
    "update delivery set state = 'dead', finished_at = now(), attempts = 5 where channel_id = $1",
    [channel],
  );
  receiver.answer = () => ({ status: 204 });
  const dead = await list("&state=dead");
  expect(dead).toHaveLength(3);
  const replayed = await ask("POST", `/api/v1/deliveries/${dead[0].id}/replay`);
  expect(replayed.json()).toMatchObject({ state: "pending", attempts: 0 });
  expect((await ask("POST", `/api/v1/channels/${channel}/replay`)).json()).toEqual({ replayed: 2 });
  worker.nudge();
  await worker.settled();
  expect(await list("&state=sent")).toHaveLength(3);
  expect((await ask("POST", `/api/v1/deliveries/${dead[0].id}/replay`)).json()).toMatchObject({
    status: 409,
    code: "delivery.not_replayable",
  });
});

test("nothing is replayed over a disabled channel; what was suppressed is, once it is enabled", async () => {
  await ask("POST", `/api/v1/channels/${channel}/disable`);
  await tell();
  const [suppressed] = await list("&state=suppressed");
  const replay = () => ask("POST", `/api/v1/deliveries/${suppressed.id}/replay`);
  expect((await replay()).json()).toMatchObject({ status: 409, code: "channel.disabled" });
  await ask("POST", `/api/v1/channels/${channel}/enable`);
  expect((await replay()).statusCode).toBe(200);
  worker.nudge();
  await worker.settled();
  expect(receiver.requests).toHaveLength(1);
});

test("scientists read no deliveries, and operators replay none", async () => {
  const url = "/api/v1/deliveries";
  expect((await sluice.ask({ as: "scientist", url })).statusCode).toBe(403);
  const id = crypto.randomUUID();
  expect((await sluice.ask({ as: "operator", method: "POST", url: `${url}/${id}/replay` })).statusCode).toBe(403);
  expect((await ask("GET", `${url}/${id}`)).json()).toMatchObject({ status: 404, code: "delivery.unknown" });
});
