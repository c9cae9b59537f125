import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import { MqttSender } from "./mqtt-sender.ts";

let broker: TestBroker;
beforeEach(async () => {
  broker = await startTestBroker();
});
afterEach(() => broker.stop());

const reading = (index: number) => ({ timeMicros: index * 1_000, values: [["v", index]] as const });
const sender = (token = "secret") => new MqttSender({ url: broker.url, uid: "d-1", token }, systemClock);

test("every reading arrives in order and is counted as acknowledged", async () => {
  const mqtt = sender();
  await mqtt.start();
  for (let index = 0; index < 2_000; index++) await mqtt.send(reading(index));
  await mqtt.drain();
  await mqtt.stop();
  expect(mqtt.counters).toMatchObject({ sent: 2_000, acknowledged: 2_000 });
  expect(broker.received.map(({ payload }) => JSON.parse(payload).values.v)).toEqual(
    Array.from({ length: 2_000 }, (_, index) => index),
  );
});

test("what was not acknowledged when the connection broke is sent again", async () => {
  const mqtt = sender();
  await mqtt.start();
  for (let index = 0; index < 5; index++) await mqtt.send(reading(index));
  await mqtt.drain();
  broker.swallow(1);
  for (let index = 5; index < 20; index++) await mqtt.send(reading(index));
  await mqtt.drain();
  await mqtt.stop();
  expect(mqtt.counters).toMatchObject({ sent: 20, acknowledged: 20 });
  const seen = new Set(broker.received.map(({ payload }) => JSON.parse(payload).values.v));
  expect(seen).toEqual(new Set(Array.from({ length: 20 }, (_, index) => index)));
});

test("a broker that does not come back is given up, and what it had not acknowledged is not counted", async () => {
  const clock = new FakeClock();
  const mqtt = new MqttSender({ url: broker.url, uid: "d-1", token: "secret" }, clock);
  await mqtt.start();
  broker.swallow(1);
  await mqtt.send(reading(1));
  const drained = mqtt.drain();
  clock.advance(200_000);
  await expect(drained).rejects.toMatchObject({ code: "mqtt.silent" });
  expect(mqtt.counters).toMatchObject({ sent: 1, acknowledged: 0 });
  await mqtt.stop();
});

test("an idle connection is never given up", async () => {
  const clock = new FakeClock();
  const mqtt = new MqttSender({ url: broker.url, uid: "d-1", token: "secret" }, clock);
  await mqtt.start();
  clock.advance(3_600_000);
  await mqtt.send(reading(1));
  await mqtt.drain();
  await mqtt.stop();
  expect(mqtt.counters.acknowledged).toBe(1);
});

test("a wrong token is refused at once, with what to check", async () => {
  await expect(sender("wrong").start()).rejects.toMatchObject({ code: "mqtt.refused", kind: "unauthenticated" });
});

test("a server that is not available for a while is tried again", async () => {
  const mqtt = sender();
  await mqtt.start();
  broker.turnAway(1);
  broker.swallow(1);
  await mqtt.send(reading(1));
  await mqtt.drain();
  await mqtt.stop();
  expect(mqtt.counters.acknowledged).toBe(1);
});

test("what is in flight is bounded", async () => {
  const mqtt = sender();
  await mqtt.start();
  let handedOver = 0;
  const sending = (async () => {
    for (; handedOver < 700; handedOver++) await mqtt.send(reading(handedOver));
  })();
  const mostInFlight = await new Promise<number>((resolve) => {
    const look = () =>
      mqtt.counters.sent >= 500 ? resolve(mqtt.counters.sent - mqtt.counters.acknowledged) : setImmediate(look);
    look();
  });
  expect(mostInFlight).toBeLessThanOrEqual(500);
  await sending;
  await mqtt.drain();
  await mqtt.stop();
  expect(mqtt.counters.acknowledged).toBe(700);
});
