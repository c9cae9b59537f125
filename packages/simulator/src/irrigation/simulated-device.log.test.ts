import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CommandMessage, DeviceLimits } from "@sluice/core/commands/messages.ts";
import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import { parseEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { parseHello } from "@sluice/protocol/commands/hello-codec.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readDeviceLog } from "../read-device-log.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import { IrrigationModel } from "./irrigation-model.ts";
import { DEFAULT_PUMP_LIMITS, deviceLogPath, SimulatedDevice } from "./simulated-device.ts";

const UID = "zone-1";
const LIMITS: DeviceLimits = { ...DEFAULT_PUMP_LIMITS, cooldownMs: 60_000 };
let broker: TestBroker;
let folder: string;
let clock: FakeClock;
let device: SimulatedDevice | undefined;
let heard: number;

beforeEach(async () => {
  broker = await startTestBroker();
  folder = mkdtempSync(path.join(tmpdir(), "simulated-device-log-"));
  clock = new FakeClock();
  heard = 0;
});
afterEach(async () => {
  await device?.stop();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function boot(bootId: string): Promise<void> {
  await device?.stop();
  device = new SimulatedDevice({
    identity: { url: broker.url, uid: UID, token: "secret" },
    stateDirectory: folder,
    model: new IrrigationModel(clock, { seed: 1, speedFactor: 1 }),
    clock,
    bootId,
    limits: LIMITS,
  });
  await device.start();
  await hears(1);
}

/** Waits for so many further messages of the device. */
async function hears(count: number): Promise<void> {
  heard += count;
  await broker.whenReceived(heard);
}

async function send(message: Partial<CommandMessage> & Pick<CommandMessage, "id" | "kind">, answers: number) {
  const expiresAtMicros = clock.nowMicros() + 10_000_000;
  const starting = { durationMs: 20_000, cooldownMs: 0, expiresAtMicros };
  const isStart = message.kind === "RUN" || message.kind === "DOSE";
  const text = encodeCommand({ actuator: "pump", ...(isStart ? starting : {}), ...message } as CommandMessage);
  await broker.send(UID, "command", text);
  await hears(answers);
}

const said = () =>
  broker.received.filter(({ channel }) => channel === "evidence").map(({ payload }) => parseEvidence(payload));

test("a device's whole log says enough to judge it, and keeps the contract", async () => {
  await boot("boot-1");
  await send({ id: "run-1", kind: "RUN", fence: 1 }, 2);
  clock.advance(20_000);
  await hears(1);
  await send({ id: "halt", kind: "STOP" }, 1);
  await send({ id: "run-2", kind: "RUN", fence: 2 }, 1);
  await send({ id: "free", kind: "SET", fence: 3, release: ["halt"] }, 1);
  clock.advance(60_000);
  await boot("boot-2");
  await send({ id: "run-4", kind: "RUN", fence: 4 }, 2);
  broker.dropConnections();
  await hears(1);
  const { events } = readDeviceLog(deviceLogPath(folder, UID));
  expect(checkDeviceLog(events, { pump: LIMITS })).toEqual([]);
  const kinds = events.map(({ event }) => event);
  const first = ["boot", "off", "link_up", "on", "off", "stop", "release", "boot", "off", "link_up", "on"];
  expect(kinds).toEqual([...first, "link_lost", "link_up"]);
});

test("the log of a device that breaks the contract shows it", async () => {
  await boot("boot-1");
  await send({ id: "run-1", kind: "RUN", fence: 1 }, 2);
  clock.advance(20_000);
  await hears(1);
  const { events } = readDeviceLog(deviceLogPath(folder, UID));
  const [begin, ...rest] = events;
  const clauses = (changed: typeof events, endMs?: number) =>
    checkDeviceLog(changed, { pump: LIMITS }, { endMs }).map(({ clause }) => clause);
  const bootedMs = begin?.event === "boot" ? begin.atMs : 0;
  expect(clauses(events, bootedMs + 100_000)).toEqual([]);
  expect(clauses(events.slice(0, -1), bootedMs + 20_101)).toEqual([2]);
  expect(clauses([begin!, ...rest.filter(({ event }) => event !== "off")])).toEqual([4]);
  expect(clauses([...events, ...rest.filter(({ event }) => event === "on")])).toContain(1);
  const stepped = events.map((event) => (event.event === "on" ? { ...event, wallClockMicros: 9e15 } : event));
  expect(clauses(stepped)).toEqual([3]);
});

test("a DOSE ends when the pump's meter has counted it, and the log has both amounts", async () => {
  await boot("boot-1");
  await send({ id: "dose-1", kind: "DOSE", fence: 1, amount: 0.5, unit: "L" }, 2);
  clock.advance(20_000);
  await hears(1);
  const ended = said().at(-1)!;
  expect(ended).toMatchObject({ state: "COMPLETED", reason: "amount" });
  // 3 litres a minute, read every 50 ms.
  expect(ended.ranMs).toBe(10_000);
  expect(ended.amount).toBeCloseTo(0.5, 3);
  const { edges } = readDeviceLog(deviceLogPath(folder, UID));
  expect(edges.at(-2)).toMatchObject({ edge: "ON", amount: 0.5, unit: "L" });
  expect(edges.at(-1)).toMatchObject({ edge: "OFF", reason: "amount", amount: ended.amount });
});

test("a DOSE beyond the pump's measure is refused, and so is a set-point that it does not have", async () => {
  await boot("boot-1");
  await send({ id: "dose-1", kind: "DOSE", fence: 1, amount: 2, unit: "L" }, 1);
  await send({ id: "set-2", kind: "SET", fence: 2, release: [], value: 40 }, 1);
  expect(said().map(({ reason }) => reason)).toEqual(["invalid_amount", "driver_fault"]);
});

test("the hello says what the journal has forgotten and that no safe state drives the pump", async () => {
  await boot("boot-1");
  for (let fence = 1; fence <= 18; fence++) await send({ id: `stop-${fence}`, kind: "STOP", fence }, 1);
  await boot("boot-2");
  const hello = parseHello(broker.received.at(-1)!.payload);
  expect(hello).toMatchObject({ fences: { pump: 18 }, forgotten: { pump: 2 }, safe: [] });
});
