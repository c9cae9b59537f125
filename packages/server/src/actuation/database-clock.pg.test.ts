import { EVIDENCE_GRACE_MS, START_WITHIN_MS } from "@sluice/core/safety/windows.ts";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CommandGateway } from "./command-gateway.ts";
import { changeActuator, viewCommand } from "./index.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

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

describe("when the clock of the database jumps forward", () => {
  const HOUR_MS = 3_600_000;

  it("a run that is on keeps its worst case, and so its group, until that has passed in truth", async () => {
    const other = await plant.addZone();
    for (const { pumpId } of [zone, other]) {
      await changeActuator(plant.actuation, plant.operator, pumpId, { envelope: { interlockGroup: "well" } });
    }
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    await plant.gateway.onEvidence(zone.deviceId, JSON.stringify({ id, actuator: "pump", fence: 1, state: "RUNNING" }));
    await plant.gateway.poll();
    plant.jumpClock(HOUR_MS);
    for (let look = 0; look < 3; look++) await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "RUNNING" });
    const wanted = { actuatorId: other.pumpId, durationMs: 1_000, waitMs: 0 };
    await expect(startRun(plant.actuation, plant.operator, wanted)).rejects.toMatchObject({
      code: "actuator.interlock",
    });
    await plant.passTime(START_WITHIN_MS + 25_000);
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "UNKNOWN" });
    await plant.passTime(EVIDENCE_GRACE_MS);
    await plant.gateway.poll();
    expect(await view(id)).toMatchObject({ state: "UNKNOWN_CLOSED" });
    expect(await startRun(plant.actuation, plant.operator, wanted)).toMatchObject({ state: "QUEUED" });
  });

  it("a gateway that begins later goes on with what one before it has noticed", async () => {
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    await plant.gateway.onEvidence(zone.deviceId, JSON.stringify({ id, actuator: "pump", fence: 1, state: "RUNNING" }));
    await plant.gateway.poll();
    plant.jumpClock(HOUR_MS);
    await plant.gateway.poll();
    await plant.gateway.stop();
    const { actuation, clock, link: publisher } = plant;
    const later = new CommandGateway({ actuation, publisher, clock, logger: pino({ level: "silent" }) });
    await later.start();
    await later.poll();
    expect(await view(id)).toMatchObject({ state: "RUNNING" });
    await plant.passTime(START_WITHIN_MS + 25_000);
    await later.poll();
    expect(await view(id)).toMatchObject({ state: "UNKNOWN" });
    await later.stop();
  });

  it("a hello that was on its way meanwhile does not count: its sample may be from before", async () => {
    await listen();
    plant.jumpClock(40_000);
    const onItsWay = hello(5_000);
    await plant.gateway.poll();
    await onItsWay;
    const { id } = await run();
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    await hello(6_000);
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });

  it("a device says hello anew before its next start: its deadline rests on no sample from before", async () => {
    await listen();
    plant.jumpClock(40_000);
    await plant.gateway.poll();
    expect(plant.link.sent.at(-1)).toMatchObject({ channel: "config", payload: '{"ask":"hello"}' });
    const { id } = await run();
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    await hello(5_000);
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });
});

describe("when the clock of the database is set back", () => {
  const HOUR_MS = 3_600_000;
  const QUESTION = { channel: "config", payload: '{"ask":"hello"}' };

  it("devices say hello anew: by a sample from before, every deadline would have passed in the device's own clock", async () => {
    await listen();
    await hello(5_000);
    plant.jumpClock(-HOUR_MS);
    await plant.gateway.poll();
    expect(plant.link.sent.at(-1)).toMatchObject(QUESTION);
    const { id } = await run();
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    await hello(6_000);
    await plant.gateway.settled();
    expect(plant.link.commands()).toMatchObject([{ id }]);
  });

  it("a sample that lies in its future makes no deadline, also where nobody has noticed", async () => {
    await listen();
    await hello(5_000);
    await plant.passTime(-HOUR_MS);
    const { id } = await run();
    await plant.gateway.settled();
    expect(plant.link.commands()).toEqual([]);
    expect(plant.link.sent.at(-1)).toMatchObject(QUESTION);
    await hello(6_000);
    await plant.gateway.settled();
    const [sent] = plant.link.commands();
    expect(sent).toMatchObject({ id });
    expect(sent?.validUntilMono).toBeGreaterThan(6_000);
  });

  it("a device that refuses a start as expired is asked for its clock", async () => {
    await listen();
    const { id } = await run();
    await plant.gateway.settled();
    const expired = { id, actuator: "pump", fence: 1, state: "REJECTED", reason: "expired" };
    await plant.gateway.onEvidence(zone.deviceId, JSON.stringify(expired));
    expect(plant.link.sent.at(-1)).toMatchObject(QUESTION);
  });
});
