import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Claim, claimMessage, LEASE_MS } from "./claim-message.ts";
import { recordOutcome } from "./record-outcome.ts";
import { createTestNotifications, TEST_SECRET, type TestNotifications } from "./testing/test-notifications.ts";
import { TestReceiver } from "./testing/test-receiver.ts";

let sluice: TestNotifications;
let receiver: TestReceiver;

beforeEach(async () => {
  sluice = await createTestNotifications();
  receiver = new TestReceiver();
  await receiver.start();
  const { channel, secret } = await sluice.addChannel({ kind: "webhook", url: receiver.url });
  receiver.secrets = [secret];
  await sluice.addRoute([channel.id]);
});
afterEach(async () => {
  await sluice.close();
  await receiver.stop();
});

async function claim(): Promise<Claim | undefined> {
  const answer = await claimMessage(sluice.notifications, { urgentOnly: false, passedOver: [] });
  return answer !== undefined && "claim" in answer ? answer.claim : undefined;
}

const outcomes = async () =>
  (await sluice.rows<{ outcome: string }>("select outcome from delivery_attempt order by id")).map(
    ({ outcome }) => outcome,
  );

test("a process killed with SIGKILL between sending and recording has sent twice, under the same id", async () => {
  // Its lease will be by the time of the system.
  sluice.clock.advance(Date.now() - sluice.clock.nowMicros() / 1000);
  await sluice.enqueue(sluice.notice());
  receiver.answer = () => undefined;
  const arrived = receiver.nextRequest();
  const script = path.join(import.meta.dirname, "testing/run-delivery-worker.ts");
  const child = spawn(process.execPath, [script, sluice.database.url, TEST_SECRET], { stdio: "ignore" });
  await arrived;
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await sluice.states()).toEqual({ sending: 1 });

  expect(await claim()).toBeUndefined();
  sluice.clock.advance(2 * LEASE_MS);
  receiver.answer = () => ({ status: 204 });
  await sluice.startWorker().settled();
  expect(receiver.requests).toHaveLength(2);
  expect(receiver.requests[0]!.headers["webhook-id"]).toBe(receiver.requests[1]!.headers["webhook-id"]);
  expect(receiver.requests[0]!.body).toBe(receiver.requests[1]!.body);
  expect(await sluice.states()).toEqual({ sent: 1 });
  expect(await outcomes()).toEqual(["interrupted", "sent"]);
});

test("a digest that was being sent is sent again as it was, without what came meanwhile", async () => {
  await sluice.enqueue(sluice.notice(), sluice.notice());
  sluice.clock.advance(30_000);
  const lost = (await claim())!;
  expect(lost).toMatchObject({ isDigest: true, attempt: 1 });
  await sluice.enqueue(sluice.notice());
  sluice.clock.advance(LEASE_MS);
  const again = (await claim())!;
  expect(again).toMatchObject({ messageId: lost.messageId, deliveryIds: lost.deliveryIds, attempt: 2 });
});

test("an outcome that comes after the lease changes nothing", async () => {
  await sluice.enqueue(sluice.notice());
  const slow = (await claim())!;
  sluice.clock.advance(LEASE_MS);
  const fast = (await claim())!;
  const attempt = { startedAtMs: 0, durationMs: 1 };
  expect(await recordOutcome(sluice.notifications, slow, { ...attempt, outcome: { kind: "failed" } })).toBe(false);
  expect(await sluice.states()).toEqual({ sending: 1 });
  expect(await recordOutcome(sluice.notifications, fast, { ...attempt, outcome: { kind: "sent" } })).toBe(true);
  expect(await sluice.states()).toEqual({ sent: 1 });
  expect(await outcomes()).toEqual(["interrupted", "sent"]);
});

test("of many workers at once each message is claimed by one, and a channel sends one at a time", async () => {
  await sluice.enqueue(sluice.notice(), sluice.notice(), sluice.notice({ severity: "critical" }));
  const claims = await Promise.all(Array.from({ length: 6 }, claim));
  // Who met another at the channel was passed by, and looks again.
  const taken = [...claims, await claim(), await claim()].filter((one) => one !== undefined);
  expect(taken.map(({ lane }) => lane.isUrgent).sort()).toEqual([false, true]);
  expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(2);
});

test("a worker that is stopped ends what is on its way; the next one sends it under the same id", async () => {
  receiver.answer = () => undefined;
  const first = sluice.startWorker();
  const arrived = receiver.nextRequest();
  await sluice.enqueue(sluice.notice());
  first.nudge();
  await arrived;
  await first.stop();
  expect(await outcomes()).toEqual(["interrupted"]);
  receiver.answer = () => ({ status: 204 });
  const second = sluice.startWorker();
  await second.settled();
  expect(await sluice.states()).toEqual({ sent: 1 });
  expect(new Set(receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});
