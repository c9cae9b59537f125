import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodeCommand } from "@sluice/protocol/commands/command-codec.ts";
import { parseEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { deviceLogPath } from "../gated-device.ts";
import { readDeviceLog } from "../read-device-log.ts";
import { startTestBroker, type TestBroker } from "../testing/test-broker.ts";
import { PondDevice, pondLimits, pondStatePath } from "./pond-device.ts";
import { PondModel } from "./pond-model.ts";

const UID = "pond-1";
let broker: TestBroker;
let folder: string;
let device: PondDevice;

beforeEach(async () => {
  broker = await startTestBroker();
  folder = mkdtempSync(path.join(tmpdir(), "pond-device-"));
  device = new PondDevice({
    identity: { url: broker.url, uid: UID, token: "secret" },
    stateDirectory: folder,
    model: new PondModel(systemClock, { seed: 1, speedFactor: 60 }),
    clock: systemClock,
    bootId: "boot-1",
    // The test waits for no cooldown and no pause of a motor.
    limits: Object.fromEntries(
      Object.entries(pondLimits()).map(([key, limits]) => [key, { ...limits, cooldownMs: 0, minOffMs: 0 }]),
    ),
  });
  await device.start();
  await broker.whenReceived(1);
});
afterEach(async () => {
  await device.stop();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

/** Long after any test: nothing here is about deadlines. */
const YEAR_2200_MICROS = 7_258_118_400_000_000;

const start = (actuator: string, fence: number, dose?: { readonly amount: number; readonly unit: string }) => ({
  id: `${actuator}-${fence}`,
  actuator,
  fence,
  durationMs: 10_000,
  cooldownMs: 0,
  expiresAtMicros: YEAR_2200_MICROS,
  ...(dose === undefined ? { kind: "RUN" as const } : { kind: "DOSE" as const, ...dose }),
});

const evidence = () =>
  broker.received.filter(({ channel }) => channel === "evidence").map(({ payload }) => parseEvidence(payload));

test("a DOSE of the feeder ends when the meter has counted it, long before its worst case", async () => {
  await broker.send(UID, "command", encodeCommand(start("feeder", 1, { amount: 100, unit: "g" })));
  await broker.whenReceived(4);
  const last = evidence().at(-1)!;
  expect(last).toMatchObject({ state: "COMPLETED", actuator: "feeder" });
  expect(last.amount).toBeGreaterThanOrEqual(100);
  expect(last.ranMs).toBeLessThan(10_000);
});

test("the valves are never open together; the aerator minds neither", async () => {
  for (const actuator of ["inlet", "outlet", "aerator"]) {
    await broker.send(UID, "command", encodeCommand(start(actuator, 1)));
  }
  await broker.whenReceived(6);
  expect(["inlet", "outlet", "aerator"].map((key) => device.isOn(key))).toEqual([true, false, true]);
  expect(evidence().find(({ actuator }) => actuator === "outlet")).toMatchObject({
    state: "REJECTED",
    reason: "interlock",
  });
});

test("its pond goes on where it was, and its log has what its outputs did", async () => {
  await broker.send(UID, "command", encodeCommand(start("aerator", 1)));
  await broker.whenReceived(3);
  await device.stop();
  expect(JSON.parse(readFileSync(pondStatePath(folder, UID), "utf8"))).toMatchObject({
    oxygenGrams: expect.any(Number),
  });
  const { edges } = readDeviceLog(deviceLogPath(folder, UID));
  expect(edges.filter(({ actuator }) => actuator === "aerator").map(({ edge }) => edge)).toContain("ON");
});
