import type { PermissiveReading } from "@sluice/core/safety/permissives.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  changeActuator,
  type EnvelopeChange,
  requestRun,
  requestSet,
  viewActuator,
  viewCommand,
  whyNot,
} from "./index.ts";
import { recordEvidence } from "./record-evidence.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let reading: PermissiveReading | undefined;

beforeAll(async () => {
  plant = await createTestPlant({ permissiveReadings: () => [reading] });
  await plant.gateway.start();
});
afterAll(() => plant.stop());

const run = ({ pumpId: actuatorId }: Zone, more = {}) =>
  startRun(plant.actuation, plant.operator, { actuatorId, durationMs: 20_000, waitMs: 0, ...more });

async function zoneWith(envelope: EnvelopeChange): Promise<Zone> {
  const zone = await plant.addZone();
  await plant.connect(zone);
  await changeActuator(plant.actuation, plant.operator, zone.pumpId, { envelope });
  return zone;
}

/** One run from its command to its evidence. */
async function ran(zone: Zone, ranMs: number, more = {}): Promise<void> {
  const { id, fence } = await run(zone, more);
  await plant.gateway.settled();
  const evidence = { id, actuator: "pump", fence: fence!, state: "COMPLETED", ranMs } as const;
  expect(await recordEvidence(plant.actuation, zone.deviceId, evidence)).toBe("recorded");
}

describe("a day's budget", () => {
  it("counts starts that happened, and gives back those that did not", async () => {
    const zone = await zoneWith({ cooldownMs: 0, maxStartsPerDay: 2 });
    await ran(zone, 1_000);
    const refused = await run(zone);
    await plant.gateway.settled();
    const no = {
      id: refused.id,
      actuator: "pump",
      fence: refused.fence!,
      state: "REJECTED",
      reason: "interlock",
    } as const;
    await recordEvidence(plant.actuation, zone.deviceId, no);
    await ran(zone, 1_000);
    await expect(run(zone)).rejects.toMatchObject({
      code: "actuator.max_starts_per_day",
      details: { retryAt: expect.stringMatching(/T2[23]:00:00\.000Z$/) },
    });
  });

  it("of time charges what was proven, and the whole of what is not", async () => {
    const zone = await zoneWith({ cooldownMs: 0, maxRunMsPerDay: 41_000 });
    await ran(zone, 1_000);
    await ran(zone, 20_000);
    await run(zone);
    await plant.gateway.settled();
    await plant.passTime(200_000, zone);
    await plant.gateway.poll();
    await plant.passTime(200_000, zone);
    await plant.gateway.poll();
    await expect(run(zone)).rejects.toMatchObject({ code: "actuator.max_run_per_day" });
    expect((await run(zone, { durationMs: 100 }).catch(({ code }) => code)) as unknown).toBe(
      "actuator.max_run_per_day",
    );
  });

  it("counts runs that only the device's journal knows, on the day they are heard of", async () => {
    const zone = await zoneWith({ cooldownMs: 0, maxStartsPerDay: 3, maxRunMsPerDay: 60_000 });
    const foreign = { actuator: "pump", kind: "RUN", state: "COMPLETED", ranMs: 12_000, bootId: "b" };
    const journal = [41, 42].map((fence) => ({ ...foreign, fence, id: `elsewhere ${fence}` }));
    const hello = { bootId: "b", mono: 1, fences: { pump: 42 }, journal };
    await plant.gateway.onHello(zone.deviceId, JSON.stringify(hello));
    const budget = async () => (await viewActuator(plant.pool, plant.operator.organizationId, zone.pumpId)).budget;
    expect(await budget()).toMatchObject({ startsToday: 2, runMsToday: 24_000 });
    await ran(zone, 1_000);
    await expect(run(zone)).rejects.toMatchObject({ code: "actuator.max_starts_per_day" });
    await plant.passTime(25 * 3_600_000, zone);
    expect(await budget()).toMatchObject({ startsToday: 0, runMsToday: 0 });
  });

  it("begins anew at the midnight of its site, on days of 23 and 25 hours too", async () => {
    const zone = await zoneWith({ cooldownMs: 0, maxStartsPerDay: 1 });
    const actuator = (await plant.actuation.store.findActuator(plant.operator.organizationId, zone.pumpId))!;
    const { situation, nowMicros } = await plant.actuation.store.lookAt(actuator);
    expect(situation.days).toHaveLength(3);
    expect(situation.days[0]!.startMicros).toBeLessThanOrEqual(nowMicros);
    expect(situation.days[0]!.endMicros).toBeGreaterThan(nowMicros);
    for (const [index, day] of situation.days.entries()) {
      const local = (micros: number) =>
        new Date(micros / 1000).toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin" });
      expect([local(day.startMicros), local(day.endMicros)]).toEqual(["00:00:00", "00:00:00"]);
      if (index > 0) expect(day.startMicros).toBe(situation.days[index - 1]!.endMicros);
    }
    await ran(zone, 1_000);
    await expect(run(zone)).rejects.toMatchObject({ code: "actuator.max_starts_per_day" });
    await plant.passTime(25 * 3_600_000, zone);
    await ran(zone, 1_000);
  });
});

describe("an override", () => {
  const overrideReason = "tank runs over";

  it("cuts the cooldown before it, for the device too, and stands in the audit and in the trail", async () => {
    const zone = await zoneWith({});
    await ran(zone, 1_000);
    await expect(run(zone)).rejects.toMatchObject({ code: "actuator.cooldown" });
    const { id } = await run(zone, { overrideReason });
    await plant.gateway.settled();
    expect(plant.link.commands().at(-1)).toMatchObject({ id, kind: "RUN", override: true, cooldownMs: 900_000 });
    expect(plant.changes.at(-1)).toMatchObject({
      action: "actuator.override",
      subject: `actuator:${zone.pumpId}`,
      after: { reason: overrideReason },
    });
    const { rows } = await plant.pool.query(
      "select e.reason from command_event e join command c on c.id = e.command_id where c.actuator_id = $1 and e.what = 'overridden'",
      [zone.pumpId],
    );
    expect(rows).toEqual([{ reason: overrideReason }]);
  });

  it("without a cooldown before it is a run like any other", async () => {
    const zone = await zoneWith({});
    const { id } = await run(zone, { overrideReason });
    await plant.gateway.settled();
    expect(plant.link.commands().at(-1)).toMatchObject({ id });
    expect(plant.link.commands().at(-1)).not.toHaveProperty("override");
  });

  it("passes neither the minimum off time nor a run that is live", async () => {
    const zone = await zoneWith({ minOffMs: 60_000 });
    await ran(zone, 1_000);
    await expect(run(zone, { overrideReason })).rejects.toMatchObject({ code: "actuator.min_off" });
    await plant.passTime(60_000, zone);
    await run(zone, { overrideReason });
    await expect(run(zone, { overrideReason })).rejects.toMatchObject({ code: "actuator.running" });
  });
});

describe("a permissive", () => {
  it("has to be seen to hold, on a reading that is fresh at the decision", async () => {
    const zone = await zoneWith({ permissives: [{ metric: "level", operator: "above", value: 10, maxAgeMs: 60_000 }] });
    for (const unfit of [undefined, { value: 9, timeMicros: Date.now() * 1000 }, { value: 50, timeMicros: 0 }]) {
      reading = unfit;
      await expect(run(zone)).rejects.toMatchObject({ code: "actuator.permissive" });
    }
    reading = { value: 11, timeMicros: Date.now() * 1000 };
    await run(zone);
  });
});

describe("a dose", () => {
  it("is sent with its amount and its worst case, and keeps what was counted out", async () => {
    const zone = await zoneWith({ maxDose: { amount: 500, unit: "g" } });
    const { id, fence } = await run(zone, { dose: { amount: 250, unit: "g" } });
    await plant.gateway.settled();
    expect(plant.link.commands().at(-1)).toMatchObject({
      id,
      kind: "DOSE",
      amount: 250,
      unit: "g",
      durationMs: 20_000,
    });
    const evidence = { id, actuator: "pump", fence: fence!, state: "COMPLETED", ranMs: 9_000, amount: 251 } as const;
    await recordEvidence(plant.actuation, zone.deviceId, evidence);
    const { rows } = await plant.pool.query("select dosed, state from command where id = $1", [id]);
    expect(rows).toEqual([{ dosed: 251, state: "COMPLETED" }]);
  });

  it.each([
    [{ state: "INTERRUPTED" }, { dosed: null, dosedIs: "unknown" }],
    [
      { state: "INTERRUPTED", amount: 120 },
      { dosed: 120, dosedIs: "at_least" },
    ],
    [
      { state: "ABORTED", amount: 0 },
      { dosed: 0, dosedIs: "exact" },
    ],
    [
      { state: "REJECTED", reason: "held" },
      { dosed: null, dosedIs: null },
    ],
  ] as const)("that ends with %o has counted out %o", async (end, counted) => {
    const zone = await zoneWith({ maxDose: { amount: 500, unit: "g" } });
    const { id, fence } = await run(zone, { dose: { amount: 250, unit: "g" } });
    await plant.gateway.settled();
    const view = () => viewCommand(plant.pool, plant.operator.organizationId, id);
    expect(await view()).toMatchObject({ dosed: null, dosedIs: null });
    await recordEvidence(plant.actuation, zone.deviceId, { id, actuator: "pump", fence: fence!, ...end });
    expect(await view()).toMatchObject(counted);
  });

  it.each([
    [{ amount: 501, unit: "g" }, "actuator.max_dose"],
    [{ amount: 1, unit: "kg" }, "actuator.invalid_amount"],
  ])("of %o is refused: %s", async (dose, code) => {
    const zone = await zoneWith({ maxDose: { amount: 500, unit: "g" } });
    await expect(run(zone, { dose })).rejects.toMatchObject({ kind: "invalid", code });
  });
});

describe("a set-point", () => {
  it("is sent with a fence, starts nothing and reserves nothing", async () => {
    const zone = await zoneWith({});
    const set = await requestSet(plant.actuation, plant.operator, { actuatorId: zone.pumpId, value: 40, unit: "%" });
    await plant.gateway.settled();
    expect(plant.link.commands().at(-1)).toMatchObject({ id: set.id, kind: "SET", fence: 1, value: 40, unit: "%" });
    expect(await run(zone)).toMatchObject({ fence: 2 });
  });
});

describe("a mode", () => {
  it("of lock-out stops, holds, and names who works there; leaving it releases nothing", async () => {
    const zone = await zoneWith({});
    const change = (mode: "locked-out" | "auto") =>
      changeActuator(plant.actuation, plant.operator, zone.pumpId, { mode: { mode, person: "Ada" } });
    await change("locked-out");
    expect(plant.link.commands().at(-1)).toMatchObject({ kind: "STOP" });
    await expect(run(zone)).rejects.toMatchObject({
      code: "actuator.locked_out",
      message: expect.stringContaining("Ada"),
    });
    const set = requestSet(plant.actuation, plant.operator, { actuatorId: zone.pumpId, value: 1 });
    await expect(set).rejects.toMatchObject({ code: "actuator.locked_out" });
    await change("auto");
    await expect(run(zone)).rejects.toMatchObject({ code: "actuator.held" });
  });
});

describe("a device that says no hello", () => {
  it("is commanded only where an administrator has allowed it", async () => {
    const zone = await plant.addZone();
    plant.link.listen(zone.deviceId);
    plant.gateway.onListening(zone.deviceId);
    const sentToIt = () => plant.link.sent.filter((sent) => sent.deviceId === zone.deviceId);
    await run(zone);
    await plant.gateway.settled();
    expect(sentToIt().map(({ channel, payload }) => `${channel} ${payload}`)).toEqual(['config {"ask":"hello"}']);
    await changeActuator(plant.actuation, plant.operator, zone.pumpId, { unfenced: true });
    await plant.gateway.poll();
    await plant.gateway.settled();
    expect(JSON.parse(sentToIt().at(-1)!.payload)).toMatchObject({ kind: "RUN", expiresAt: expect.any(String) });
  });
});

describe("an envelope", () => {
  it("that protects nothing is refused whole, and changes nothing", async () => {
    const zone = await zoneWith({});
    const changes = [{ maxRunMs: 0 }, { cooldownMs: -1 }, { maxRunMs: 1.5 }, { safeState: "open" as never }];
    for (const change of changes) {
      const refused = changeActuator(plant.actuation, plant.operator, zone.pumpId, {
        envelope: { minOffMs: 5, ...change },
      });
      await expect(refused).rejects.toMatchObject({ code: "actuator.envelope_invalid" });
    }
    const actuator = await plant.actuation.store.findActuator(plant.operator.organizationId, zone.pumpId);
    expect(actuator?.envelope).toEqual({ maxRunMs: 30_000, cooldownMs: 900_000 });
  });
});

describe("why not", () => {
  it("tells everything that stands against a run, and decides nothing", async () => {
    const zone = await zoneWith({ maxStartsPerDay: 1 });
    await ran(zone, 1_000);
    const asked = await whyNot(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 30_001 });
    expect(asked.outcome).toBe("refuse");
    expect(asked.obstacles.map(({ limit }) => limit)).toEqual(["max_run", "cooldown", "max_starts_per_day"]);
    const { rowCount } = await plant.pool.query("select 1 from command where actuator_id = $1", [zone.pumpId]);
    expect(rowCount).toBe(1);
    const free = await zoneWith({});
    expect(await whyNot(plant.actuation, plant.operator, { actuatorId: free.pumpId })).toMatchObject({
      outcome: "accept",
      obstacles: [],
    });
  });

  it("is written for each execution: what it waited for, and what refused it", async () => {
    const zone = await zoneWith({ cooldownMs: 1_000 });
    await ran(zone, 1_000);
    const order = { actuatorId: zone.pumpId, durationMs: 1_000, waitMs: 60_000 };
    const { executionId, command } = await requestRun(plant.actuation, plant.operator, order);
    expect(command).toBeUndefined();
    const { rows } = await plant.pool.query(
      "select status, reason, who from execution_event where execution_id = $1 order by id",
      [executionId],
    );
    expect(rows).toEqual([
      { status: "PENDING", reason: null, who: "user:operator" },
      { status: "WAITING", reason: "cooldown", who: null },
    ]);
    await expect(plant.pool.query("delete from execution_event")).rejects.toMatchObject({ code: "23000" });
  });
});
