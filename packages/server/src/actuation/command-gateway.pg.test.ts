import { RETRANSMIT_AFTER_MS, START_WITHIN_MS } from "@sluice/core/safety/windows.ts";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandGateway, POLL_MS } from "./command-gateway.ts";
import { listCommandEvents, listCommands, viewActuator, viewCommand } from "./index.ts";
import { createTestPlant, startRun, TestLink, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zone: Zone;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zone = await plant.addZone();
});
afterEach(() => plant.stop());

const run = () => startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 20_000 });
const view = (id: string) => viewCommand(plant.pool, plant.operator.organizationId, id);
const hello = (monoMs: number, bootId = "b1") =>
  plant.gateway.onHello(zone.deviceId, JSON.stringify({ bootId, mono: monoMs }));

function listen(): Promise<void> {
  return plant.connect(zone);
}

describe("a command", () => {
  it("leaves at once for a device that listens here, and not before it is committed that it does", async () => {
    const committed: string[] = [];
    plant.link.beforePublish = async ({ payload }) => {
      const { rows } = await plant.pool.query("select state, payload from command where id = $1", [
        JSON.parse(payload).id,
      ]);
      committed.push(rows[0].state, rows[0].payload === payload ? "same bytes" : "other bytes");
    };
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    expect(committed).toEqual(["DISPATCHING", "same bytes"]);
    expect(plant.link.commands()).toMatchObject([
      { id, actuator: "pump", kind: "RUN", fence: 1, durationMs: 20_000, cooldownMs: 900_000 },
    ]);
    expect(await view(id)).toMatchObject({ state: "DISPATCHING", transmissions: 1 });
  });

  it("waits for its device, and leaves when it comes", async () => {
    const { id } = await run();
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "QUEUED" });
    await listen();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });

  it("is found by the poll when every nudge was lost", async () => {
    await listen();
    const { id } = await startRun({ ...plant.actuation, onQueued: () => {} }, plant.operator, {
      actuatorId: zone.pumpId,
      durationMs: 1_000,
    });
    await plant.gateway.poll();
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });

  it("whose device does not come in time expires, is never sent, and gives back what it reserved", async () => {
    const { id } = await run();
    await plant.passTime(START_WITHIN_MS);
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "EXPIRED" });
    await listen();
    expect(plant.link.commands()).toEqual([]);
    expect(await run()).toMatchObject({ fence: 2 });
  });

  it("is sent again byte for byte after silence, and not after its deadline", async () => {
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    await plant.passTime(RETRANSMIT_AFTER_MS + 1);
    await plant.gateway.poll();
    await plant.passTime(START_WITHIN_MS);
    await plant.gateway.poll();
    const [first, second, ...more] = plant.link.sent.filter(({ channel }) => channel === "command");
    expect(second?.payload).toBe(first?.payload);
    expect(more).toEqual([]);
    expect(await view(id)).toMatchObject({ state: "UNKNOWN", transmissions: 2 });
  });

  it("that could not be written to the socket is sent when the device comes back", async () => {
    await listen();
    plant.link.beforePublish = async () => {
      throw new Error("broken pipe");
    };
    const { id } = await run();
    await plant.gateway.settled();
    plant.link.leave(zone.deviceId);
    plant.gateway.onGone(zone.deviceId);
    plant.link.beforePublish = async () => {};
    await listen();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });

  it("leaves once, whatever number of gateways look at the queue", async () => {
    await listen();
    await run();
    await Promise.all(Array.from({ length: 8 }, () => plant.gateway.poll()));
    await plant.gateway.settled();
    expect(plant.link.commands()).toHaveLength(1);
  });
});

describe("a hello that is taken while its session is being noted", () => {
  it.each(["queued", "sent before"])("lets what was %s leave once", async (was) => {
    const { actuation, clock, link: publisher } = plant;
    const noteSessions: typeof actuation.store.noteSessions = async (...said) => {
      const isLatest = await actuation.store.noteSessions(...said);
      if (publisher.isListening(zone.deviceId)) await gateway.onHello(zone.deviceId, "{}");
      return isLatest;
    };
    const store = { ...actuation.store, noteSessions };
    const logger = pino({ level: "silent" });
    const gateway = new CommandGateway({ actuation: { ...actuation, store }, publisher, clock, logger });
    await gateway.start();
    if (was === "sent before") await listen();
    publisher.beforePublish = () => Promise.reject(new Error("broken pipe"));
    await run();
    await plant.gateway.settled();
    publisher.beforePublish = async () => {};
    publisher.listen(zone.deviceId);
    gateway.onListening(zone.deviceId);
    await gateway.settled();
    expect(plant.link.commands()).toHaveLength(1);
    await gateway.stop();
  });
});

describe("a start deadline", () => {
  it("is in wall-clock time for a device that keeps no boots", async () => {
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    const [sent] = plant.link.commands();
    expect(sent).not.toHaveProperty("bootId");
    const { deadlineAt } = await view(id);
    expect(Math.abs(Date.parse(sent?.expiresAt as string) - deadlineAt!.getTime())).toBeLessThanOrEqual(1);
  });

  it("is in the device's own clock, from a sample of this session", async () => {
    await listen();
    await hello(5_000);
    await run();
    await plant.gateway.settled();
    const [sent] = plant.link.commands();
    expect(sent).toMatchObject({ bootId: "b1" });
    expect(sent).not.toHaveProperty("expiresAt");
    const validForMs = (sent?.validUntilMono as number) - 5_000;
    expect(validForMs).toBeGreaterThanOrEqual(START_WITHIN_MS);
    expect(validForMs).toBeLessThan(START_WITHIN_MS + 10_000);
  });

  it("needs a sample at most a minute old: the device is asked, and the command leaves with the answer", async () => {
    await listen();
    await hello(5_000);
    await plant.passTime(60_001);
    const { id } = await run();
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    expect(plant.link.sent.at(-1)).toMatchObject({ channel: "config", payload: '{"ask":"hello"}' });
    await hello(65_001);
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ id, bootId: "b1" }]);
  });

  it.each([
    ["that ended", true],
    ["whose place another took", false],
  ])("never comes from a sample of a session %s: it may have been another boot", async (_which, isGone) => {
    await listen();
    await hello(5_000);
    if (isGone) plant.gateway.onGone(zone.deviceId);
    plant.gateway.onListening(zone.deviceId);
    await run();
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    await hello(100, "b2");
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ bootId: "b2" }]);
  });
});

describe("a session that outlives a stop of the gateway", () => {
  it("is asked for a hello, and what was not answered leaves with it", async () => {
    await listen();
    await hello(5_000);
    plant.link.beforePublish = async () => {
      throw new Error("broken pipe");
    };
    const { id } = await run();
    await plant.gateway.stop();
    plant.link.beforePublish = async () => {};
    await plant.gateway.start();
    await plant.gateway.onStillListening(zone.deviceId);
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    expect(plant.link.sent.at(-1)).toMatchObject({ channel: "config", payload: '{"ask":"hello"}' });
    await hello(6_000);
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });
});

describe("silence", () => {
  it("makes a command UNKNOWN and keeps its whole charge; closing it refunds nothing", async () => {
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    await plant.passTime(START_WITHIN_MS);
    await plant.gateway.poll();
    await expect(run()).rejects.toMatchObject({ code: "actuator.unknown" });
    await plant.passTime(60_000);
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "UNKNOWN_CLOSED" });
    await expect(run()).rejects.toMatchObject({ code: "actuator.cooldown" });
    const events = await listCommandEvents(plant.pool, plant.operator.organizationId, id);
    expect(events.map(({ what, state }) => `${what} ${state}`)).toEqual([
      "decided QUEUED",
      "dispatched DISPATCHING",
      "deadline UNKNOWN",
      "closed UNKNOWN_CLOSED",
    ]);
  });

  it("after RUNNING counts from the end of the worst case", async () => {
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    await plant.gateway.onEvidence(zone.deviceId, JSON.stringify({ id, actuator: "pump", fence: 1, state: "RUNNING" }));
    await plant.passTime(START_WITHIN_MS + 20_000);
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "RUNNING" });
    await plant.passTime(5_000);
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "UNKNOWN" });
  });
});

describe("the gateway", () => {
  it("looks for itself each second, on the clock it was given", async () => {
    await listen();
    await startRun({ ...plant.actuation, onQueued: () => {} }, plant.operator, {
      actuatorId: zone.pumpId,
      durationMs: 1,
    });
    plant.clock.advance(POLL_MS);
    await plant.gateway.settled();
    expect(plant.link.commands()).toHaveLength(1);
  });

  it("goes on with everybody's commands where the stop of one site cannot be finished", async () => {
    await listen();
    const { actuation, clock, link: publisher } = plant;
    const unreachedBySiteStops = () => Promise.reject(new Error("a lock is not free"));
    const failing = { ...actuation, store: { ...actuation.store, unreachedBySiteStops } };
    const gateway = new CommandGateway({ actuation: failing, publisher, clock, logger: pino({ level: "silent" }) });
    await gateway.start();
    gateway.onListening(zone.deviceId);
    await gateway.onHello(zone.deviceId, "{}");
    await startRun({ ...actuation, onQueued: () => {} }, plant.operator, { actuatorId: zone.pumpId, durationMs: 1 });
    await gateway.poll();
    await gateway.settled();
    expect(plant.link.commands()).toHaveLength(1);
    await plant.passTime(START_WITHIN_MS);
    await gateway.poll();
    const [{ state } = {}] = await listCommands(plant.pool, plant.operator.organizationId, { limit: 1 });
    expect(state).toBe("UNKNOWN");
    await gateway.stop();
  });

  it("that was paused, and has lost its devices to a later one, ends none of their sessions when it wakes", async () => {
    await listen();
    let superseded = 0;
    const { actuation, clock } = plant;
    const logger = pino({ level: "silent" });
    const link = new TestLink();
    const later = new CommandGateway({ actuation, publisher: link, clock, logger, onSuperseded: () => superseded++ });
    await later.start();
    link.listen(zone.deviceId);
    later.onListening(zone.deviceId);
    await later.settled();
    plant.link.leave(zone.deviceId);
    plant.gateway.onGone(zone.deviceId);
    await plant.gateway.settled();
    const isConnected = async () =>
      (await viewActuator(plant.pool, plant.operator.organizationId, zone.pumpId)).connected;
    expect(await isConnected()).toBe(true);
    link.leave(zone.deviceId);
    later.onGone(zone.deviceId);
    await later.settled();
    expect(await isConnected()).toBe(false);
    expect(superseded).toBe(0);
    await plant.gateway.start();
    link.listen(zone.deviceId);
    later.onListening(zone.deviceId);
    await later.settled();
    expect(await isConnected()).toBe(false);
    expect(superseded).toBe(1);
    await later.stop();
  });

  it("is not thrown off by what it does not understand", async () => {
    for (const payload of ["", "{", '{"id":1}', "[]", '{"id":"x","actuator":"pump","state":"RUNNING"}']) {
      await plant.gateway.onEvidence(zone.deviceId, payload);
      await plant.gateway.onHello(zone.deviceId, payload);
    }
    plant.gateway.onNotice("nonsense");
    expect(await listCommands(plant.pool, plant.operator.organizationId, { limit: 10 })).toEqual([]);
  });

  it("sends a STOP that another process announces, and nothing else from a notice", async () => {
    await listen();
    plant.gateway.onNotice(`${zone.deviceId} {"id":"s","actuator":"pump","kind":"STOP"}`);
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([{ id: "s", actuator: "pump", kind: "STOP" }]);
  });
});
