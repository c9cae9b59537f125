import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listActuators, listExecutionRecords, releaseHold, requestStop, viewCommand } from "./index.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zone: Zone;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zone = await plant.addZone();
});
afterEach(() => plant.stop());

const order = (more = {}) => ({ actuatorId: zone.pumpId, ...more });
const run = () => startRun(plant.actuation, plant.operator, order({ durationMs: 20_000 }) as never);
const stop = (more = {}) => requestStop(plant.actuation, plant.operator, order(more));
const actuator = async () => (await listActuators(plant.pool, plant.operator.organizationId, zone.uid))[0]!;

function listen(): Promise<void> {
  return plant.connect(zone);
}

describe("a person's STOP", () => {
  it("holds the actuator until it is released, and says who and why", async () => {
    const { id } = await stop({ reason: "a leak" });
    expect(await actuator()).toMatchObject({
      status: "HELD",
      hold: { ids: [id], by: "user:operator", reason: "a leak", since: expect.any(Date) },
    });
    await expect(run()).rejects.toMatchObject({ code: "actuator.held" });
    await releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
    expect(await actuator()).toMatchObject({ status: "IDLE", hold: null });
    expect(await run()).toMatchObject({ state: "QUEUED" });
    await expect(releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId })).rejects.toMatchObject({
      code: "actuator.not_held",
    });
  });

  it("is on the socket before anything is recorded, even while somebody holds the actuator's row", async () => {
    await listen();
    const paused = await plant.pool.connect();
    await paused.query("begin");
    await paused.query("select 1 from actuator where id = $1 for update", [zone.pumpId]);
    const sent = new Promise<void>((resolve) => {
      plant.link.beforePublish = async () => resolve();
    });
    const stopped = stop();
    await sent;
    expect((await plant.pool.query("select 1 from command")).rowCount).toBe(0);
    await paused.query("rollback");
    paused.release();
    const { id } = await stopped;
    expect(plant.link.commands()[0]).toEqual({ id, actuator: "pump", kind: "STOP" });
  });

  it("ends what waits and what has not been sent", async () => {
    const { id } = await run();
    await plant.actuation.store.transaction((tx) =>
      tx.openExecution({
        id: plant.actuation.newId(),
        organizationId: plant.operator.organizationId,
        actuatorId: zone.pumpId,
        type: "SCHEDULED",
        action: "RUN",
        priority: "SCHEDULED",
        parameters: { durationMs: 1_000 },
        ruleId: null,
        deviceId: null,
        requestedBy: "schedule:1",
        causes: 1,
        folded: undefined,
      }),
    );
    await stop();
    expect(await viewCommand(plant.pool, plant.operator.organizationId, id)).toMatchObject({ state: "CANCELLED" });
    const records = await listExecutionRecords(plant.pool, plant.operator.organizationId, { limit: 5 });
    const ended = records.filter(({ action }) => action === "RUN").map(({ status, reason }) => `${status} ${reason}`);
    expect(ended).toEqual(["CANCELLED held", "CANCELLED held"]);
    await listen();
    expect(plant.link.commands().map(({ kind }) => kind)).toEqual(["STOP"]);
  });

  it("never expires: a device that comes a day later is stopped, and told before anything else", async () => {
    const { id } = await stop();
    await plant.passTime(24 * 3_600_000);
    await plant.gateway.poll();
    await listen();
    expect(plant.link.commands()).toEqual([{ id, actuator: "pump", kind: "STOP" }]);
    await plant.gateway.onEvidence(zone.deviceId, JSON.stringify({ id, actuator: "pump", state: "COMPLETED" }));
    expect(await viewCommand(plant.pool, plant.operator.organizationId, id)).toMatchObject({ state: "COMPLETED" });
  });

  it("is sent again whenever its device comes back, until the device says that it stopped", async () => {
    await listen();
    const { id } = await stop();
    await plant.gateway.settled();
    const before = plant.link.commands().length;
    plant.link.leave(zone.deviceId);
    plant.gateway.onGone(zone.deviceId);
    await listen();
    expect(plant.link.commands().slice(before)).toEqual([{ id, actuator: "pump", kind: "STOP" }]);
    await plant.gateway.onEvidence(zone.deviceId, JSON.stringify({ id, actuator: "pump", state: "COMPLETED" }));
    plant.gateway.onGone(zone.deviceId);
    await listen();
    expect(plant.link.commands()).toHaveLength(before + 1);
  });

  it("under one idempotency key is one STOP, and does not stop again what was released since", async () => {
    await listen();
    const { id } = await stop({ idempotencyKey: "s" });
    await releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
    await plant.gateway.settled();
    const sent = plant.link.commands().length;
    expect(await stop({ idempotencyKey: "s" })).toMatchObject({ id });
    expect(plant.link.commands()).toHaveLength(sent);
    expect(await actuator()).toMatchObject({ hold: null });
  });

  it("from a process without the device's session reaches the gateway by notification", async () => {
    const listener = await plant.pool.connect();
    await listener.query("listen sluice_command");
    const heard = new Promise<string>((resolve) => {
      listener.on("notification", ({ payload }) => payload?.includes("STOP") && resolve(payload));
    });
    const { id } = await stop();
    expect(await heard).toBe(`${zone.deviceId} {"id":"${id}","actuator":"pump","kind":"STOP"}`);
    listener.release(true);
  });
});

describe("a release", () => {
  it("names the STOPs that it ends, under a fence of its own", async () => {
    await listen();
    const first = await stop();
    const second = await stop();
    await releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
    await plant.gateway.settled();
    expect(plant.link.commands().at(-1)).toMatchObject({ kind: "SET", fence: 1, release: [first.id, second.id] });
  });
});

describe("a STOP whose key was used for another request", () => {
  it("stops and holds all the same, is on record, and is told apart", async () => {
    await listen();
    await run();
    await plant.gateway.settled();
    await stop({ idempotencyKey: "k", reason: "leak" });
    await releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
    const other = stop({ idempotencyKey: "k", reason: "noise" });
    await expect(other).rejects.toMatchObject({ code: "idempotency.mismatch" });
    expect(await actuator()).toMatchObject({ status: "HELD", hold: { reason: "noise" } });
    await plant.gateway.settled();
    const stops = new Set(plant.link.commands().flatMap(({ kind, id }) => (kind === "STOP" ? [id] : [])));
    expect(stops.size).toBe(2);
    const { rows } = await plant.pool.query("select 1 from command where kind = 'STOP'");
    expect(rows).toHaveLength(2);
  });
});
