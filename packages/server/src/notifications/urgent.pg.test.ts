import { afterEach, beforeEach, expect, test } from "vitest";
import { type DeliveryWorker, MAX_SENDS, URGENT_SENDS } from "./delivery-worker.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";
import { TestReceiver } from "./testing/test-receiver.ts";

let sluice: TestNotifications;
let receiver: TestReceiver;
let worker: DeliveryWorker;

beforeEach(async () => {
  sluice = await createTestNotifications();
  receiver = new TestReceiver();
  await receiver.start();
  worker = sluice.startWorker();
  await worker.settled();
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

const isUrgent = ({ body }: { body: string }) => body.includes('"critical"');
/** Bulk is never answered. */
const hangOnBulk = () => {
  receiver.answer = (request) => (isUrgent(request) ? { status: 204 } : undefined);
};
const addHook = async () => (await sluice.addChannel({ kind: "webhook", url: receiver.url })).channel.id;

async function untilUrgentArrives(): Promise<void> {
  while (!receiver.requests.some(isUrgent)) await receiver.nextRequest();
}

test("a critical notice passes a bulk one of its own channel that is being sent", async () => {
  hangOnBulk();
  await sluice.addRoute([await addHook()]);
  const arrived = receiver.nextRequest();
  await sluice.enqueue(sluice.notice());
  worker.nudge();
  await arrived;
  await sluice.enqueue(sluice.notice({ severity: "critical" }));
  worker.nudge();
  await untilUrgentArrives();
});

test("slow bulk receivers, however many, leave room for critical notices of other channels", async () => {
  hangOnBulk();
  for (let index = 0; index < MAX_SENDS * 2; index++) await sluice.addRoute([await addHook()], { continues: true });
  const last = await addHook();
  await sluice.addRoute([last], { position: 1_000, match: { minSeverity: "critical" } });
  await sluice.enqueue(sluice.notice());
  worker.nudge();
  while (receiver.requests.length < MAX_SENDS - URGENT_SENDS) await receiver.nextRequest();
  await sluice.enqueue(sluice.notice({ severity: "critical" }));
  worker.nudge();
  await untilUrgentArrives();
  expect(receiver.requests.filter((request) => !isUrgent(request))).toHaveLength(MAX_SENDS - URGENT_SENDS);
});

test("of what waits the critical is sent first, and has the last token", async () => {
  const { channel } = await sluice.addChannel(
    { kind: "webhook", url: receiver.url },
    { limits: { sendsPerMinute: 1, burst: 2 } },
  );
  await sluice.addRoute([channel.id]);
  await sluice.enqueue(...Array.from({ length: 3 }, () => sluice.notice()), sluice.notice({ severity: "critical" }));
  worker.nudge();
  await worker.settled();
  expect(receiver.requests.map(isUrgent)).toEqual([true]);
  await sluice.enqueue(sluice.notice({ severity: "critical" }));
  worker.nudge();
  await worker.settled();
  expect(receiver.requests.map(isUrgent)).toEqual([true, true]);
});
