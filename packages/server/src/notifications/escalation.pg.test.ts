import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeliveryWorker } from "./delivery-worker.ts";
import { escalate } from "./escalate.ts";
import { deleteRoute, updateRoute } from "./manage-routes.ts";
import type { Notice } from "./notice.ts";
import type { Route } from "./route.ts";
import { createTestNotifications, type TestNotifications } from "./testing/test-notifications.ts";
import { TestReceiver } from "./testing/test-receiver.ts";

const MINUTE_MS = 60_000;

let sluice: TestNotifications;
let worker: DeliveryWorker;
let receiver: TestReceiver;
let route: Route;
let shifts: readonly number[];

beforeEach(async () => {
  sluice = await createTestNotifications();
  receiver = new TestReceiver();
  await receiver.start();
  const add = async (shift: number) =>
    (await sluice.addChannel({ kind: "webhook", url: `${receiver.url}?shift=${shift}` })).channel.id;
  shifts = [await add(1), await add(2), await add(3)];
  route = await sluice.addRoute([shifts[0]!], {
    escalation: [
      { afterMinutes: 10, channels: [shifts[1]!] },
      { afterMinutes: 30, channels: [shifts[2]!] },
    ],
  });
  worker = sluice.startWorker();
  await worker.settled();
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

async function tell(notice: Notice): Promise<void> {
  await sluice.enqueue(notice);
  worker.nudge();
  await worker.settled();
}

/** Which shift was told of what, in order. */
const told = () =>
  receiver.requests.map(({ path, body }) => `${path.at(-1)} ${JSON.parse(body).type.replace("alert.", "")}`);
const steps = async () =>
  (await sluice.rows<{ state: string }>("select state from escalation order by after_ms")).map(({ state }) => state);

test("what nobody acknowledges goes to the next channels, step by step, and once", async () => {
  const alert = sluice.notice();
  await tell(alert);
  await sluice.pass(worker, 10 * MINUTE_MS - 1_000, MINUTE_MS);
  expect(told()).toEqual(["1 fired"]);
  await sluice.pass(worker, 2_000);
  expect(told()).toEqual(["1 fired", "2 escalated"]);
  expect(receiver.bodies<{ data: { alertId: string; message: string } }>()[1]!.data).toMatchObject({
    alertId: alert.alertId,
    message: "Nobody has acknowledged this within 10 minutes.\n3.1 mg/l",
  });
  await sluice.pass(worker, 60 * MINUTE_MS, MINUTE_MS);
  expect(told()).toEqual(["1 fired", "2 escalated", "3 escalated"]);
  expect(await steps()).toEqual(["escalated", "escalated"]);
});

test.each(["acknowledged", "resolved", "cleared"] as const)("an alert that is %s escalates no more", async (event) => {
  const alert = sluice.notice();
  await tell(alert);
  await sluice.pass(worker, 11 * MINUTE_MS, MINUTE_MS);
  await tell({ ...alert, id: crypto.randomUUID(), event });
  await sluice.pass(worker, 30 * MINUTE_MS, MINUTE_MS);
  expect(told().filter((line) => !line.startsWith("1"))).toEqual(["2 escalated"]);
  expect(await steps()).toEqual(["escalated", "cancelled"]);
});

test("who has acknowledged is asked when a step is due: shelving tells nobody", async () => {
  const alert = sluice.notice();
  await tell(alert);
  sluice.acknowledged.add(alert.alertId);
  await sluice.pass(worker, 31 * MINUTE_MS, MINUTE_MS);
  expect(told()).toEqual(["1 fired"]);
  expect(await steps()).toEqual(["cancelled", "cancelled"]);
});

test("an alarm that comes again does not put a step off", async () => {
  const alert = sluice.notice();
  await tell(alert);
  await sluice.pass(worker, 8 * MINUTE_MS, MINUTE_MS);
  await tell({ ...alert, id: crypto.randomUUID(), event: "re-alarmed" });
  await sluice.pass(worker, 3 * MINUTE_MS, MINUTE_MS);
  expect(told()).toEqual(["1 fired", "1 re-alarmed", "2 escalated"]);
});

test("of many workers one takes a step", async () => {
  await tell(sluice.notice());
  await worker.stop();
  sluice.clock.advance(11 * MINUTE_MS);
  await Promise.all(Array.from({ length: 5 }, () => escalate(sluice.notifications)));
  expect(await sluice.rows("select 1 from notice where event = 'escalated'")).toHaveLength(1);
});

test("a step that its route has no more, and a route that is gone, escalate nothing", async () => {
  await tell(sluice.notice());
  await updateRoute(sluice.notifications, sluice.by, route.id, {
    escalation: [{ afterMinutes: 30, channels: [shifts[2]!] }],
  });
  await sluice.pass(worker, 11 * MINUTE_MS, MINUTE_MS);
  expect(await steps()).toEqual(["cancelled", "waiting"]);
  await deleteRoute(sluice.notifications, sluice.by, route.id);
  await sluice.pass(worker, 30 * MINUTE_MS, MINUTE_MS);
  expect(told()).toEqual(["1 fired"]);
});
