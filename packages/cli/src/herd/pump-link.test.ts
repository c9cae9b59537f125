import { systemClock } from "@sluice/simulator/clock.ts";
import { MqttConnection } from "@sluice/simulator/senders/mqtt-connection.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type NaiveBroker, startNaiveBroker } from "./naive-broker.ts";
import { openPumpLink, type PumpLink } from "./pump-link.ts";

let broker: NaiveBroker;
let link: PumpLink;
let pump: MqttConnection;
let onStart: () => void;
const heard: string[] = [];
let onHeard: () => void;

beforeEach(async () => {
  heard.length = 0;
  broker = await startNaiveBroker();
  link = await openPumpLink(broker.port);
  await broker.onMessage("evidence", (payload) => {
    heard.push(payload);
    onHeard();
  });
  pump = new MqttConnection({ url: link.url, uid: "zone", token: "none" }, systemClock, {
    channels: ["command"],
    onMessage: () => onStart(),
  });
  await pump.start();
});

afterEach(async () => {
  await pump.stop();
  await link.stop();
  await broker.stop();
});

async function start(kind: string): Promise<void> {
  const arrived = new Promise<void>((resolve) => {
    onStart = resolve;
  });
  await broker.publish("zone", "command", JSON.stringify({ id: "1", kind }));
  await arrived;
}

test("what the pump answers before its second start is lost, though the pump has its acknowledgement", async () => {
  await start("RUN");
  await pump.publish("evidence", "first");
  expect(link).toMatchObject({ startsSent: 1, answersLost: 1 });
  await start("RUN");
  const arrived = new Promise<void>((resolve) => {
    onHeard = resolve;
  });
  await pump.publish("evidence", "second");
  await arrived;
  expect(heard).toEqual(["second"]);
  expect(link).toMatchObject({ startsSent: 2, answersLost: 1 });
});

test("a command that starts nothing is not counted", async () => {
  await start("STOP");
  expect(link.startsSent).toBe(0);
});
