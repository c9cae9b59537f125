import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryWorker } from "./delivery-worker.ts";
import { enableChannel, requireChannel, rotateChannelSecret } from "./manage-channels.ts";
import { POST_LIMIT_MS } from "./senders/dialler.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";
import { TestReceiver } from "./testing/test-receiver.ts";

let sluice: TestNotifications;
let receiver: TestReceiver;
let worker: DeliveryWorker;
let channelId: number;

beforeEach(async () => {
  sluice = await createTestNotifications();
  receiver = new TestReceiver();
  await receiver.start();
  const { channel, secret } = await sluice.addChannel({ kind: "webhook", url: receiver.url });
  receiver.secrets = [secret];
  channelId = channel.id;
  await sluice.addRoute([channelId], { position: 100 });
  worker = sluice.startWorker();
  await worker.settled();
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

async function tell(fields = {}): Promise<void> {
  await sluice.enqueue(sluice.notice(fields));
  worker.nudge();
  await worker.settled();
}

const idsSeen = () => receiver.requests.map(({ headers }) => headers["webhook-id"]);
const answerWith = (status: number, headers: Record<string, string> = {}) => {
  receiver.answer = () => ({ status, headers });
};
const deliveries = () =>
  sluice.rows<{ id: string; state: string; attempts: number; lastError: string | null; waitMs: number }>(
    `select id, state, attempts, last_error as "lastError",
            (extract(epoch from next_attempt_at - $1) * 1000)::float8 as "waitMs"
       from delivery order by seq`,
    [new Date(sluice.clock.nowMicros() / 1000)],
  );
const log = () =>
  sluice.rows<{ outcome: string; number: number; http_status: number | null; error: string | null }>(
    "select outcome, number, http_status, error from delivery_attempt order by id",
  );

test("a notice arrives signed, once, under the id of its delivery", async () => {
  const notice = sluice.notice();
  await sluice.enqueue(notice);
  await sluice.enqueue(notice);
  worker.nudge();
  await worker.settled();
  const [delivery] = await deliveries();
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]).toMatchObject({ isSigned: true, headers: { "webhook-id": delivery!.id } });
  expect(receiver.bodies()[0]).toMatchObject({
    type: "alert.fired",
    timestamp: new Date(notice.occurredAtMicros / 1000).toISOString(),
    data: { alertId: notice.alertId, severity: "major", title: notice.title, data: { metric: "oxygen" } },
  });
  expect(await sluice.states()).toEqual({ sent: 1 });
  expect(await log()).toMatchObject([{ outcome: "sent", number: 1, http_status: 204 }]);
});

test("while its secret rotates, a message is signed with both, and after a day with the new one alone", async () => {
  const old = receiver.secrets;
  const { secret } = await rotateChannelSecret(sluice.notifications, sluice.by, channelId);
  await tell();
  receiver.secrets = [secret];
  await tell();
  sluice.clock.advance(24 * 3_600_000);
  await worker.settled();
  await tell();
  receiver.secrets = old;
  await tell();
  expect(receiver.requests.map(({ isSigned }) => isSigned)).toEqual([true, true, true, false]);
  expect(String(receiver.requests[0]!.headers["webhook-signature"]).split(" ")).toHaveLength(2);
});

test("a 500 is tried again after 10 s, then 20 s, under the same id and with the same body", async () => {
  answerWith(500);
  await tell();
  expect(await deliveries()).toMatchObject([{ state: "failed", attempts: 1, waitMs: 10_000 }]);
  await sluice.pass(worker, 9_000);
  expect(receiver.requests).toHaveLength(1);
  await sluice.pass(worker, 1_000);
  expect(await deliveries()).toMatchObject([{ state: "failed", attempts: 2, waitMs: 20_000 }]);
  answerWith(200);
  await sluice.pass(worker, 20_000);
  expect(await deliveries()).toMatchObject([{ state: "sent", attempts: 3, lastError: null }]);
  expect(new Set(idsSeen()).size).toBe(1);
  expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);
  expect((await log()).map(({ outcome }) => outcome)).toEqual(["failed", "failed", "sent"]);
});

test("what its group waits for is told in order; another group passes", async () => {
  receiver.answer = ({ body }) => ({ status: body.includes("first") ? 500 : 204 });
  await tell({ title: "first" });
  await tell({ title: "second" });
  await tell({ title: "elsewhere", siteId: null });
  const titles = () => receiver.bodies<{ data: { title: string } }>().map(({ data }) => data.title);
  expect(titles()).toEqual(["first", "elsewhere"]);
  answerWith(204);
  await sluice.pass(worker, 10_000);
  expect(titles()).toEqual(["first", "elsewhere", "first", "second"]);
});

test("a message that fails for ever lets others pass after its third attempt, and is dead after a day", async () => {
  receiver.answer = ({ body }) => ({ status: body.includes("poison") ? 500 : 204 });
  await tell({ title: "poison" });
  await tell({ title: "good" });
  await sluice.pass(worker, 120_000, 5_000);
  expect((await deliveries()).map(({ state }) => state)).toEqual(["failed", "sent"]);
  await sluice.pass(worker, 25 * 3_600_000, 600_000);
  expect(await deliveries()).toMatchObject([
    { state: "dead", lastError: "The receiver answered 500." },
    { state: "sent" },
  ]);
});

test("a message that the receiver refuses is dead after five attempts, and its channel stays up", async () => {
  answerWith(422);
  await tell();
  await sluice.pass(worker, 400_000, 10_000);
  expect(await deliveries()).toMatchObject([{ state: "dead", attempts: 5 }]);
  expect(await requireChannel(sluice.database.pool, sluice.by.organizationId, channelId)).toMatchObject({
    isDown: false,
  });
});

test("429 with Retry-After pauses the whole channel for as long", async () => {
  answerWith(429, { "retry-after": "300" });
  await tell();
  await tell({ siteId: null });
  await sluice.pass(worker, 299_000, 13_000);
  expect(receiver.requests).toHaveLength(1);
  expect(await log()).toMatchObject([{ outcome: "limited", http_status: 429 }]);
  answerWith(204);
  await sluice.pass(worker, 1_000);
  expect(await sluice.states()).toEqual({ sent: 2 });
});

test("410 disables the channel and says so; what waits and what comes is suppressed until it is enabled", async () => {
  answerWith(410);
  await tell();
  await tell();
  expect(await requireChannel(sluice.database.pool, sluice.by.organizationId, channelId)).toMatchObject({
    isEnabled: false,
    disabledReason: expect.stringContaining("410"),
  });
  expect(await sluice.states()).toEqual({ dead: 1, suppressed: 1 });
  const audit = await sluice.rows("select action, actor from audit_event where subject = $1 order by id desc limit 1", [
    `channel:${channelId}`,
  ]);
  expect(audit).toEqual([{ action: "channel.disable", actor: "system" }]);
  await enableChannel(sluice.notifications, sluice.by, channelId);
  answerWith(204);
  await tell();
  expect(await sluice.states()).toEqual({ dead: 1, sent: 1, suppressed: 1 });
});

test("a receiver that stays silent is given up after the limit, and may have had the message: its id stays", async () => {
  receiver.answer = () => undefined;
  const arrived = receiver.nextRequest();
  await sluice.enqueue(sluice.notice());
  worker.nudge();
  await arrived;
  sluice.clock.advance(POST_LIMIT_MS);
  await worker.settled();
  expect(await log()).toMatchObject([
    { outcome: "failed", error: expect.stringContaining("did not answer within 15 s") },
  ]);
  answerWith(204);
  await sluice.pass(worker, 10_000);
  expect(await sluice.states()).toEqual({ sent: 1 });
  expect(new Set(idsSeen()).size).toBe(1);
});

test("a redirect is not followed: it is a failure that names the mend", async () => {
  answerWith(302, { location: "http://169.254.169.254/latest/meta-data" });
  await tell();
  expect(await deliveries()).toMatchObject([
    { state: "failed", lastError: expect.stringContaining("redirects are not followed") },
  ]);
  expect(receiver.requests).toHaveLength(1);
});

test("a burst is limited by the channel's bucket, and what it held back comes as one digest", async () => {
  const { channel, secret } = await sluice.addChannel(
    { kind: "webhook", url: receiver.url },
    { limits: { sendsPerMinute: 6, burst: 3 } },
  );
  receiver.secrets.push(secret);
  await sluice.addRoute([channel.id], { position: 1 });
  await sluice.enqueue(...Array.from({ length: 40 }, () => sluice.notice()));
  worker.nudge();
  await worker.settled();
  // Of three tokens the last is kept for what is critical.
  expect(receiver.requests).toHaveLength(2);
  await sluice.pass(worker, 60_000);
  expect(receiver.requests).toHaveLength(3);
  expect(receiver.bodies()[2]).toMatchObject({ type: "alert.digest", data: { notices: 38 } });
  expect(await sluice.states()).toEqual({ sent: 40 });
});
