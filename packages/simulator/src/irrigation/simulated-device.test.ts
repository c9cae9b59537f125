import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import { parseEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { parseHello } from "@sluice/protocol/commands/hello-codec.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { readDeviceLog } from "../read-device-log.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import { IrrigationModel } from "./irrigation-model.ts";
import { deviceLogPath, SimulatedDevice, zoneStatePath } from "./simulated-device.ts";
import { readZoneState } from "./zone-members.ts";

const UID = "zone-1";
let broker: TestBroker;
let folder: string;
let opened: SimulatedDevice[];

beforeEach(async () => {
  broker = await startTestBroker();
  folder = mkdtempSync(path.join(tmpdir(), "simulated-device-"));
  opened = [];
});
afterEach(async () => {
  for (const device of opened) await device.stop();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function boot(bootId: string, cooldownMs = 0): Promise<SimulatedDevice> {
  const device = new SimulatedDevice({
    identity: { url: broker.url, uid: UID, token: "secret" },
    stateDirectory: folder,
    model: new IrrigationModel(systemClock, { seed: 1, speedFactor: 1 }),
    clock: systemClock,
    bootId,
    limits: { maxRunMs: 40, cooldownMs },
  });
  opened.push(device);
  await device.start();
  return device;
}

/** Long after any test: nothing here is about deadlines. */
const YEAR_2200_MICROS = 7_258_118_400_000_000;

const run = (fence: number, durationMs = 20) =>
  encodeCommand({
    id: `run-${fence}`,
    actuator: "pump",
    kind: "RUN",
    fence,
    durationMs,
    cooldownMs: 0,
    expiresAtMicros: YEAR_2200_MICROS,
  });

const said = (channel: string) =>
  broker.received.filter((message) => message.channel === channel).map(({ payload }) => payload);

/** Resolves when the device has said so many messages on all channels. */
async function heard(count: number): Promise<void> {
  await broker.whenReceived(count);
}

test("on connecting it listens and says hello", async () => {
  await boot("boot-1");
  await broker.whenListening(UID, "command");
  await heard(1);
  expect(parseHello(said("hello")[0]!)).toMatchObject({ bootId: "boot-1", fences: { pump: 0 }, journal: [] });
});

test("a RUN switches the pump on once and off after its duration, with evidence and a durable log", async () => {
  const device = await boot("boot-1");
  await heard(1);
  await broker.send(UID, "command", run(1));
  await broker.send(UID, "command", run(1));
  await heard(5);
  expect(device.isPumpOn).toBe(false);
  const { onEdgesByFence, intervals } = readDeviceLog(deviceLogPath(folder, UID));
  expect(onEdgesByFence.get("pump")).toEqual(new Map([[1, 1]]));
  expect(intervals).toHaveLength(1);
  expect(intervals[0]!.ranMs).toBeGreaterThanOrEqual(20);
  expect(intervals[0]!.ranMs).toBeLessThan(120);
  const states = said("evidence").map((text) => parseEvidence(text).state);
  expect(states).toEqual(["ACCEPTED", "RUNNING", "RUNNING", "COMPLETED"]);
});

test("after a reboot it remembers its fence and refuses what it has done before", async () => {
  const before = await boot("boot-1");
  await heard(1);
  await broker.send(UID, "command", run(5));
  await heard(4);
  await before.stop();
  opened = [];
  await boot("boot-2");
  await heard(5);
  await broker.send(UID, "command", run(4));
  await heard(6);
  expect(parseHello(said("hello")[1]!)).toMatchObject({ bootId: "boot-2", fences: { pump: 5 } });
  expect(parseEvidence(said("evidence").at(-1)!)).toMatchObject({ state: "REJECTED", fence: 4 });
  expect(readDeviceLog(deviceLogPath(folder, UID)).onEdgesByFence.get("pump")?.has(4)).toBe(false);
});

test("nonsense on the command topic moves nothing", async () => {
  const device = await boot("boot-1");
  await heard(1);
  await broker.send(UID, "command", "{not json");
  await broker.send(UID, "command", '{"kind":"RUN"}');
  await broker.send(UID, "config", '{"ask":"hello"}');
  await heard(2);
  expect(said("hello")).toHaveLength(2);
  expect(device.isPumpOn).toBe(false);
});

test("a configuration is kept, and the hello that follows acknowledges it", async () => {
  await boot("boot-1");
  await heard(1);
  await broker.send(UID, "config", '{"version":3,"actuators":{"pump":{"maxRunMs":10,"cooldownMs":0}}}');
  await heard(2);
  expect(parseHello(said("hello")[1]!).configVersion).toBe(3);
});

test("readings are acknowledged, and dropped while the link is down", async () => {
  const device = await boot("boot-1");
  await heard(1);
  await device.report(1_000_000);
  expect(JSON.parse(said("telemetry")[0]!)).toMatchObject({ ts: 1000, values: { moisture: expect.any(Number) } });
  await device.stop();
  opened = [];
  await expect(device.report(2_000_000)).rejects.toMatchObject({ code: "simulator.dropped" });
  expect(readZoneState(zoneStatePath(folder, UID))?.rootMm).toBeGreaterThan(0);
});

test("when the link breaks, readings under way are lost, and the first word afterwards is hello", async () => {
  const device = await boot("boot-1");
  await heard(1);
  broker.swallow(1);
  const lost = device.report(1_000_000);
  await expect(lost).rejects.toMatchObject({ code: "mqtt.unreachable" });
  await heard(2);
  expect(broker.received.map(({ channel }) => channel)).toEqual(["hello", "hello"]);
  await device.report(2_000_000);
  expect(said("telemetry")).toHaveLength(1);
});
