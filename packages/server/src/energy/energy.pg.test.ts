import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { registerDevice, updateDevice } from "../devices/index.ts";
import { createTestRegistry, type TestRegistry } from "../devices/testing/test-registry.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { Energy } from "./energy.ts";

const FLOOD = 10_500;

let database: TestDatabase;
let registry: TestRegistry;
let energy: Energy;
let panelId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  registry = await createTestRegistry(database.pool);
  const telemetry = { latestColumns: async () => ({ columnsOf: () => undefined, rowOfDevice: () => -1 }) };
  energy = new Energy({ pool: database.pool, clock: new ManualClock(), telemetry });
  const { device } = await registerDevice(registry, registry.requester, { uid: "panel", profile: "solar-panel" });
  panelId = device.id;
});
afterAll(() => database.drop());

const devices = async () =>
  (await energy.summary(registry.requester.organizationId, { maxAgeMs: 60_000 })).totals.devices;

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(database.pool, "query");
  await work();
  const { length } = spy.mock.calls;
  spy.mockRestore();
  return length;
}

it("what changes in another organization, however much, costs an organization's answer nothing but the look", async () => {
  expect(await devices()).toBe(1);
  const quiet = await statementsOf(devices);
  // Whoever is not of this organization is the same as nobody.
  for (let id = 1; id <= FLOOD; id++) energy.onRegistryChange({ kind: "device", id: 1_000_000 + id });
  expect(await statementsOf(devices)).toBeLessThanOrEqual(quiet + 2);
});

it("a device of its own that changes among all those is seen by the next answer", async () => {
  expect(await devices()).toBe(1);
  await updateDevice(registry, registry.requester, "panel", { status: "inactive" });
  for (let id = 1; id <= FLOOD; id++) energy.onRegistryChange({ kind: "device", id: 1_000_000 + id });
  energy.onRegistryChange({ kind: "device", id: panelId });
  expect(await devices()).toBe(0);
});

it("what cannot be looked up is looked up again", async () => {
  await updateDevice(registry, registry.requester, "panel", { status: "active" });
  energy.onRegistryChange({ kind: "device", id: panelId });
  const away = vi.spyOn(database.pool, "query").mockImplementation(async () => {
    throw new Error("Connection terminated");
  });
  await expect(devices()).rejects.toThrow("Connection terminated");
  away.mockRestore();
  expect(await devices()).toBe(1);
});
