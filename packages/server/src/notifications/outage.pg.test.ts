import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryWorker } from "./delivery-worker.ts";
import { requireChannel } from "./manage-channels.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";
import { TestReceiver } from "./testing/test-receiver.ts";

const HOUR_MS = 3_600_000;
const NOTICES = 500;
const ALERTS = 50;

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
  await sluice.addRoute([channelId]);
  worker = sluice.startWorker();
  await worker.settled();
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

interface Entry {
  readonly noticeId: string;
  readonly alertId: string;
  readonly event: string;
}
interface Payload {
  readonly data: Entry & { readonly alerts?: readonly Entry[]; readonly notices?: number };
}

const isDown = async () => (await requireChannel(sluice.database.pool, sluice.by.organizationId, channelId)).isDown;

/** Spread over an hour: every alert fires and is resolved five times. */
async function anHourOfNotices(): Promise<string[]> {
  const alertIds = Array.from({ length: ALERTS }, () => crypto.randomUUID());
  for (let index = 0; index < NOTICES; index++) {
    const round = Math.floor(index / ALERTS);
    const event = round % 2 === 0 ? "fired" : "resolved";
    await sluice.enqueue(sluice.notice({ alertId: alertIds[index % ALERTS]!, event }));
    if (index % 10 === 9) await sluice.pass(worker, HOUR_MS / (NOTICES / 10), 36_000);
  }
  return alertIds;
}

const answering = (status: number) => async () => {
  receiver.answer = () => ({ status });
};

test.each([
  ["answers 503", answering(503), answering(204)],
  ["is not reached", () => receiver.stop(), (port: number) => receiver.start(port)],
])("a channel that %s for an hour loses nothing and floods nobody when it is back", async (_what, break_, mend) => {
  const { port } = receiver;
  await break_();
  const alertIds = await anHourOfNotices();
  expect(await isDown()).toBe(true);
  expect((await sluice.states()).sent).toBeUndefined();

  await mend(port);
  const before = receiver.requests.length;
  await sluice.pass(worker, 120_000, 5_000);

  expect(await sluice.states()).toEqual({ sent: NOTICES });
  expect(await isDown()).toBe(false);
  const sends = receiver.requests.slice(before);
  expect(sends.length).toBeLessThanOrEqual(10);
  expect(sends.every(({ isSigned }) => isSigned)).toBe(true);

  const payloads = sends.map(({ body }) => JSON.parse(body) as Payload);
  expect(payloads.reduce((sum, { data }) => sum + (data.notices ?? 1), 0)).toBe(NOTICES);
  // The last that is told of each alert is its newest state.
  const told = new Map<string, Entry>();
  const ids = payloads.map((_payload, index) => String(sends[index]!.headers["webhook-id"]));
  const order = await sluice.rows<{ id: string; newest: number }>(
    "select coalesce(digest_id, id) as id, max(seq) as newest from delivery group by 1",
  );
  const newestOf = new Map(order.map(({ id, newest }) => [id, newest]));
  const inOrder = payloads.map((payload, index) => ({ payload, newest: newestOf.get(ids[index]!)! }));
  for (const { payload } of inOrder.sort((a, b) => a.newest - b.newest)) {
    for (const entry of payload.data.alerts ?? [payload.data]) told.set(entry.alertId, entry);
  }
  expect([...told.keys()].sort()).toEqual([...alertIds].sort());
  expect([...told.values()].every(({ event }) => event === "resolved")).toBe(true);

  const log = await sluice.rows<{ attempts: number }>("select count(*) as attempts from delivery_attempt");
  // One probe at a time, at most one a minute or so, however much waits.
  expect(log[0]!.attempts).toBeLessThan(100);
});

test("a channel is back within a minute of its receiver, although its oldest message waits for longer", async () => {
  receiver.answer = () => ({ status: 500 });
  for (let minute = 0; minute < 60; minute++) {
    await sluice.enqueue(sluice.notice());
    await sluice.pass(worker, 60_000, 20_000);
  }
  receiver.answer = () => ({ status: 204 });
  await sluice.enqueue(sluice.notice());
  await sluice.pass(worker, 75_000, 5_000);
  expect(await sluice.states()).toEqual({ sent: 61 });
});

test("every delivery of a digest names it, and has its log", async () => {
  receiver.answer = () => ({ status: 500 });
  await sluice.enqueue(...Array.from({ length: 5 }, () => sluice.notice()));
  worker.nudge();
  await worker.settled();
  receiver.answer = () => ({ status: 204 });
  await sluice.pass(worker, 30_000);
  const rows = await sluice.rows<{ state: string; digest: string | null }>(
    "select state, digest_id as digest from delivery order by seq",
  );
  expect(rows.map(({ state }) => state)).toEqual(Array(5).fill("sent"));
  const digests = new Set(rows.slice(1).map(({ digest }) => digest));
  expect(rows[0]!.digest).toBeNull();
  expect(digests.size).toBe(1);
  expect(receiver.requests.at(-1)!.headers["webhook-id"]).toBe([...digests][0]);
});
