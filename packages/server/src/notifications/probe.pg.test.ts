import { afterEach, beforeEach, expect, test } from "vitest";
import { claimMessage } from "./claim-message.ts";
import type { DeliveryWorker } from "./delivery-worker.ts";
import { requireChannel } from "./manage-channels.ts";
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
  channelId = (await sluice.addChannel({ kind: "webhook", url: receiver.url })).channel.id;
  await sluice.addRoute([channelId]);
  receiver.answer = ({ body }) => ({ status: body.includes("good") ? 204 : 500 });
  worker = sluice.startWorker();
  await worker.settled();
  // Until it counts as down.
  await sluice.enqueue(sluice.notice({ title: "poison" }));
  await sluice.pass(worker, 30 * 60_000, 10_000);
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

const isDown = async () => (await requireChannel(sluice.database.pool, sluice.by.organizationId, channelId)).isDown;
const titles = () => receiver.bodies<{ data: { title: string } }>().map(({ data }) => data.title);

test("a channel that is down is probed with one message at a time, although both of its lanes have some", async () => {
  expect(await isDown()).toBe(true);
  await worker.stop();
  await sluice.enqueue(sluice.notice(), sluice.notice({ severity: "critical" }));
  sluice.clock.advance(60_000);
  const look = () => claimMessage(sluice.notifications, { urgentOnly: false, passedOver: [] });
  expect(await look()).toMatchObject({ claim: { lane: { isUrgent: true } } });
  expect(await look()).toBeUndefined();
});

test("what its receiver cannot digest does not keep a channel down for what comes after it", async () => {
  await sluice.enqueue(sluice.notice({ title: "good" }));
  await sluice.pass(worker, 5 * 60_000, 5_000);
  expect(titles()).toContain("good");
  expect(await isDown()).toBe(false);
  expect(await sluice.states()).toEqual({ failed: 1, sent: 1 });
  await sluice.enqueue(sluice.notice({ title: "good too" }));
  await sluice.pass(worker, 1_000);
  expect(titles()).toContain("good too");
});
