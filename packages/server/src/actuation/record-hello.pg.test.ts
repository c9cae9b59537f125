import { START_WITHIN_MS } from "@sluice/core/safety/windows.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CONFIG_INTERVAL_MS } from "./command-gateway.ts";
import { listActuators, releaseHold, requestStop, viewCommand } from "./index.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

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
  const { id } = await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 20_000 });
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
  expect(await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 })).toMatchObject({
    fence: 42,
  });
});

it("claims beyond reason lift nothing, so that nobody's numbers run out", async () => {
  await hello({ fences: { pump: Number.MAX_SAFE_INTEGER }, configVersion: Number.MAX_SAFE_INTEGER });
  expect(plant.link.sent).toEqual([]);
  expect(await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 })).toMatchObject({
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
  const order = { actuatorId: zone.pumpId, idempotencyKey: "release" };
  await releaseHold(plant.actuation, plant.operator, order);
  await plant.gateway.settled();
  const { id: setId, fence } = plant.link.commands().at(-1)!;
  const completed = { id: setId, actuator: "pump", fence, state: "COMPLETED" };
  await plant.gateway.onEvidence(zone.deviceId, JSON.stringify(completed));
  await hello({ holds: [{ actuator: "pump", id }] });
  await plant.gateway.settled();
  expect(plant.link.commands().at(-1)).toMatchObject({ kind: "SET", fence: 2, release: [id] });
  const [pump] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
  expect(pump).toMatchObject({ hold: null });
  const repeated = await releaseHold(plant.actuation, plant.operator, order);
  expect(repeated.id).toBe(setId);
});

it("a hold that was set at the device holds here too", async () => {
  await hello({ holds: [{ actuator: "pump", id: "button" }] });
  const [pump] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
  expect(pump).toMatchObject({ status: "HELD", hold: { ids: ["button"], by: `device:${zone.deviceId}` } });
});

it("two devices that invent the same id for a hold have a hold each, and each its own release", async () => {
  const other = await plant.addZone();
  await plant.connect(other);
  const held = { bootId: "b1", mono: 1_000, configVersion: 1, holds: [{ actuator: "pump", id: "button" }] };
  await hello(held);
  await plant.gateway.onHello(other.deviceId, JSON.stringify(held));
  await releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
  const [released] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
  const [heldOn] = await listActuators(plant.pool, plant.operator.organizationId, other.uid);
  expect(released).toMatchObject({ hold: null });
  expect(heldOn).toMatchObject({ status: "HELD", hold: { ids: ["button"], by: `device:${other.deviceId}` } });
});

const journal = (more: Record<string, unknown>) => ({
  id: "0b6c2f0e-6f5c-4d57-9d1a-5f5d7c1a0001",
  actuator: "pump",
  kind: "RUN",
  fence: 41,
  state: "COMPLETED",
  ranMs: 12_000,
  ...more,
});
const commands = async () =>
  (await plant.pool.query("select id, state, fence, foreign_id from command order by decided_at, fence")).rows;
const tryRun = () => startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1, waitMs: 0 });

it("a run that only the journal knows is foreign: recorded once, and its cooldown is charged from now", async () => {
  for (let said = 0; said < 3; said++) await hello({ fences: { pump: 41 }, journal: [journal({})] });
  expect(await commands()).toMatchObject([{ state: "COMPLETED", fence: 41, foreign_id: journal({}).id }]);
  await expect(tryRun()).rejects.toMatchObject({ code: "actuator.cooldown" });
  const [pump] = await listActuators(plant.pool, plant.operator.organizationId, zone.uid);
  expect(pump).toMatchObject({ totalActivations: 1 });
  const { rows } = await plant.pool.query("select type, status, requested_by from execution where type = 'FOREIGN'");
  expect(rows).toEqual([{ type: "FOREIGN", status: "SUCCEEDED", requested_by: `device:${zone.deviceId}` }]);
});

it("a foreign run that is still on is live until its evidence comes, or its worst case has passed", async () => {
  await hello({ fences: { pump: 41 }, journal: [journal({ state: "RUNNING", ranMs: undefined })] });
  await expect(tryRun()).rejects.toMatchObject({ code: "actuator.running" });
  const end = { id: journal({}).id, actuator: "pump", fence: 41, state: "COMPLETED", ranMs: 12_000 };
  await plant.gateway.onEvidence(zone.deviceId, JSON.stringify(end));
  expect(await commands()).toMatchObject([{ state: "COMPLETED" }]);
  await expect(tryRun()).rejects.toMatchObject({ code: "actuator.cooldown" });
  await plant.passTime(900_000);
  expect(await tryRun()).toMatchObject({ fence: 42 });
});

it("entries that prove no run, or claim fences that the device does not have, are no foreign runs", async () => {
  const entries = [
    journal({ state: "REJECTED", reason: "held" }),
    journal({ state: "ABORTED", reason: "expired", ranMs: 0 }),
    journal({ kind: "STOP", fence: undefined }),
    journal({ fence: 99 }),
  ];
  for (const entry of entries) await hello({ fences: { pump: 41 }, journal: [entry] });
  expect(await commands()).toEqual([]);
});

it("a command whose fence was passed, and which a complete journal does not know, did not happen", async () => {
  await hello();
  const id = await sentRun();
  await hello({ fences: { pump: 1 }, journal: [] });
  expect(await state(id)).toBe("DISPATCHING");
  await hello({ fences: { pump: 1 }, forgotten: { pump: 1 }, journal: [] });
  expect(await state(id)).toBe("DISPATCHING");
  await hello({ bootId: "b2", fences: { pump: 1 }, forgotten: { pump: 0 }, journal: [] });
  expect(await state(id)).toBe("NOT_EXECUTED");
});
