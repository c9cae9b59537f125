import { START_WITHIN_MS } from "@sluice/core/safety/windows.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CONFIG_INTERVAL_MS } from "./command-gateway.ts";
import { listActuators, releaseHold, requestRun, requestStop, viewCommand } from "./index.ts";
import { createTestPlant, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zone: Zone;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zone = await plant.addZone();
  plant.link.listen(zone.deviceId);
  plant.gateway.onListening(zone.deviceId);
  await plant.gateway.settled();
});
afterEach(() => plant.stop());

const hello = (more: Record<string, unknown> = {}) =>
  plant.gateway.onHello(zone.deviceId, JSON.stringify({ bootId: "b1", mono: 1_000, configVersion: 1, ...more }));

async function sentRun(): Promise<string> {
  const { id } = await requestRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 20_000 });
  await plant.gateway.settled();
  return id;
}

const state = async (id: string) => (await viewCommand(plant.pool, plant.operator.organizationId, id)).state;

it("a device without its configuration is sent it, one that has it is not", async () => {
  await hello({ configVersion: 0 });
  await hello({ configVersion: 1 });
  expect(plant.link.sent).toMatchObject([{ channel: "config" }]);
  const limits = { maxRunMs: 30_000, cooldownMs: 900_000 };
  expect(JSON.parse(plant.link.sent[0]!.payload)).toEqual({ version: 1, actuators: { pump: limits } });
});

it("a device that cannot keep its configuration is not sent it for ever", async () => {
  for (let i = 0; i < 5; i++) await hello({ configVersion: 0 });
  expect(plant.link.sent).toHaveLength(1);
  plant.clock.advance(CONFIG_INTERVAL_MS);
  await plant.gateway.settled();
  await hello({ configVersion: 0 });
  expect(plant.link.sent).toHaveLength(2);
});

it("a configuration newer than ours is answered with one above it", async () => {
  await hello({ configVersion: 7 });
  expect(JSON.parse(plant.link.sent[0]!.payload)).toMatchObject({ version: 8 });
  await hello({ configVersion: 8 });
  expect(plant.link.sent).toHaveLength(1);
});

it("a fence above ours lifts ours above it", async () => {
  await hello({ fences: { pump: 41, "no-such": 7 } });
  expect(await requestRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 })).toMatchObject({
    fence: 42,
  });
});

it("claims beyond reason lift nothing, so that nobody's numbers run out", async () => {
  await hello({ fences: { pump: Number.MAX_SAFE_INTEGER }, configVersion: Number.MAX_SAFE_INTEGER });
  expect(plant.link.sent).toEqual([]);
  expect(await requestRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 })).toMatchObject({
    fence: 1,
  });
});

it("the journal says what lost evidence would have said", async () => {
  await hello();
  const id = await sentRun();
  const entry = { id, actuator: "pump", kind: "RUN", fence: 1, state: "INTERRUPTED", bootId: "b1" };
  await hello({ bootId: "b2", mono: 10, fences: { pump: 1 }, journal: [entry, { ...entry, id: "unheard-of" }] });
  expect(await state(id)).toBe("INTERRUPTED");
});

it("a run that was not taken before its deadline in the device's own time did not happen, and is refunded", async () => {
  await hello();
  const id = await sentRun();
  await hello({ mono: 1_000 + START_WITHIN_MS / 2, fences: { pump: 0 } });
  expect(await state(id)).toBe("DISPATCHING");
  await hello({ mono: 1_000 + START_WITHIN_MS + 60_000, fences: { pump: 0 } });
  expect(await state(id)).toBe("NOT_EXECUTED");
  expect(await sentRun()).toBeDefined();
});

it("a hello of another boot proves nothing: it may have been on its way since before", async () => {
  await hello();
  const id = await sentRun();
  await hello({ bootId: "b0", mono: 10_000_000, fences: { pump: 0 } });
  expect(await state(id)).toBe("DISPATCHING");
});

it("a fence that the device did take proves nothing of the kind", async () => {
  await hello();
  const id = await sentRun();
  await hello({ mono: 1_000 + START_WITHIN_MS + 60_000, fences: { pump: 1 } });
  expect(await state(id)).toBe("DISPATCHING");
});

it("a hold that a person has released is released at the device again", async () => {
  await hello();
  const { id } = await requestStop(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
  await releaseHold(plant.actuation, plant.operator, zone.pumpId);
  await plant.gateway.settled();
  const { id: setId, fence } = plant.link.commands().at(-1)!;
  const completed = { id: setId, actuator: "pump", fence, state: "COMPLETED" };
  await plant.gateway.onEvidence(zone.deviceId, JSON.stringify(completed));
  await hello({ holds: [{ actuator: "pump", id }] });
  await plant.gateway.settled();
  expect(plant.link.commands().at(-1)).toMatchObject({ kind: "SET", fence: 2, release: [id] });
  const [pump] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
  expect(pump).toMatchObject({ hold: null });
});

it("a hold that was set at the device holds here too", async () => {
  await hello({ holds: [{ actuator: "pump", id: "button" }] });
  const [pump] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
  expect(pump).toMatchObject({ status: "HELD", hold: { ids: ["button"], by: `device:${zone.deviceId}` } });
});
