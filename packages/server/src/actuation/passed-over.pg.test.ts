import { PASSED_OVER_MS } from "@sluice/core/safety/right-of-way.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeActuator, requestRun } from "./index.ts";
import { AutomaticExecutions } from "./testing/automatic-executions.ts";
import { createTestPlant, type TestPlant, type Zone } from "./testing/test-plant.ts";

const SCHEDULED = { type: "SCHEDULED" } as const;

let plant: TestPlant;
let zone: Zone;
let automatic: AutomaticExecutions;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  automatic = new AutomaticExecutions(plant);
  zone = await addZone();
});
afterEach(() => plant.stop());

async function addZone(): Promise<Zone> {
  const added = await plant.addZone();
  await plant.connect(added);
  await changeActuator(plant.actuation, plant.operator, added.pumpId, {
    envelope: { cooldownMs: 0, interlockGroup: "pumps" },
  });
  return added;
}

async function setConnected({ deviceId }: Zone, isConnected: boolean): Promise<void> {
  await plant.pool.query("update device_link set is_connected = $2 where device_id = $1", [deviceId, isConnected]);
}

/** A run of a schedule, and a rule that has waited for it for so long when it ends. */
async function passOver(forMs: number, waiting = zone): Promise<string> {
  await automatic.open(zone, SCHEDULED);
  await automatic.decideAll();
  const id = await automatic.open(waiting);
  await automatic.decideAll();
  await plant.passTime(forMs);
  await automatic.say(zone, "COMPLETED");
  return id;
}

describe("what was passed over for long enough", () => {
  it("goes before a newcomer of higher priority, which waits with its reason and stops nothing", async () => {
    await passOver(PASSED_OVER_MS);
    const newcomer = await automatic.open(zone, SCHEDULED);
    expect(await automatic.decide(newcomer, zone)).toBe("waiting");
    expect((await automatic.standing()).slice(1)).toEqual(["THRESHOLD WAITING running", "SCHEDULED WAITING yielding"]);
    await automatic.decideAll();
    await plant.passTime(10_000);
    await automatic.decideAll();
    expect((await automatic.standing()).slice(1)).toEqual(["THRESHOLD DISPATCHED null", "SCHEDULED WAITING running"]);
  });

  it("goes first among those that are due", async () => {
    const id = await passOver(PASSED_OVER_MS);
    await automatic.open(zone, SCHEDULED);
    const [first] = await plant.actuation.store.dueExecutions(10);
    expect(first?.id).toBe(id);
  });

  it("still makes way for a person", async () => {
    const id = await passOver(PASSED_OVER_MS);
    const { command } = await requestRun(plant.actuation, plant.operator, {
      actuatorId: zone.pumpId,
      durationMs: 1_000,
    });
    expect(command).toBeDefined();
    expect(await automatic.decide(id, zone)).toBe("waiting");
  });

  it("keeps nobody waiting for what it lacks besides: a device that is away, for one", async () => {
    const away = await addZone();
    const id = await passOver(PASSED_OVER_MS, away);
    plant.link.leave(away.deviceId);
    await setConnected(away, false);
    const newcomer = await automatic.open(zone, SCHEDULED);
    expect(await automatic.decide(newcomer, zone)).toBe("waiting");
    expect(await automatic.decide(id, away)).toBe("waiting");
    expect(await automatic.decide(newcomer, zone)).toBe("dispatched");
  });
});

describe("what has not waited so long", () => {
  it("has not when it was its own device that kept it, however long", async () => {
    const id = await passOver(60_000);
    await setConnected(zone, false);
    expect(await automatic.decide(id, zone)).toBe("waiting");
    await plant.passTime(PASSED_OVER_MS);
    await setConnected(zone, true);
    const newcomer = await automatic.open(zone, SCHEDULED);
    expect(await automatic.decide(newcomer, zone)).toBe("dispatched");
    expect(await automatic.decide(id, zone)).toBe("waiting");
    expect((await automatic.standing()).slice(1)).toEqual(["THRESHOLD WAITING running", "SCHEDULED DISPATCHED null"]);
  });

  it("waits on, and a newcomer of higher priority runs", async () => {
    await passOver(PASSED_OVER_MS - 60_000);
    const newcomer = await automatic.open(zone, SCHEDULED);
    expect(await automatic.decide(newcomer, zone)).toBe("dispatched");
  });
});

describe("an execution", () => {
  it("is not kept by its own earlier attempt", async () => {
    const id = await passOver(PASSED_OVER_MS);
    await automatic.decideAll();
    await automatic.say(zone, "REJECTED", { reason: "interlock" });
    await plant.passTime(60_000);
    expect(await automatic.decide(id, zone)).toBe("dispatched");
    expect(await automatic.standing()).toEqual(["SCHEDULED SUCCEEDED null", "THRESHOLD DISPATCHED null"]);
  });
});
