import { randomUUID } from "node:crypto";
import type { EvidenceState } from "@sluice/core/commands/command.ts";
import { START_WITHIN_MS } from "@sluice/core/safety/windows.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listActuators, listCommandEvents, listExecutionRecords, viewCommand } from "./index.ts";
import { type Evidence, recordEvidence, recordTogether } from "./record-evidence.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;

beforeAll(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
});
afterAll(() => plant.stop());

const organizationId = () => plant.operator.organizationId;

interface Running {
  readonly zone: Zone;
  readonly id: string;
  say(state: EvidenceState, more?: { reason?: string; ranMs?: number; fence?: number }): Promise<string>;
  state(): Promise<string>;
}

async function sentRun(): Promise<Running> {
  const zone = await plant.addZone();
  await plant.connect(zone);
  const { id } = await startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 20_000 });
  await plant.gateway.settled();
  return {
    zone,
    id,
    say: (state, more = {}) =>
      recordEvidence(plant.actuation, zone.deviceId, { id, actuator: "pump", fence: 1, state, ...more }),
    state: async () => (await viewCommand(plant.pool, organizationId(), id)).state,
  };
}

const again = (zone: Zone) => startRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1_000 });
const actuator = async (zone: Zone) => (await listActuators(plant.pool, organizationId(), zone.uid))[0]!;

describe("evidence", () => {
  it("moves a command to its end and counts one activation", async () => {
    const { zone, id, say, state } = await sentRun();
    for (const next of ["ACCEPTED", "RUNNING"] as const) expect(await say(next)).toBe("recorded");
    expect(await actuator(zone)).toMatchObject({ status: "RUNNING", observed: { state: "on" }, totalActivations: 1 });
    expect(await say("COMPLETED", { ranMs: 20_000, reason: "duration" })).toBe("recorded");
    expect(await state()).toBe("COMPLETED");
    expect(await actuator(zone)).toMatchObject({ status: "COOLDOWN", observed: { state: "off" }, totalActivations: 1 });
    const records = await listExecutionRecords(plant.pool, organizationId(), { actuatorId: zone.pumpId, limit: 5 });
    expect(records).toMatchObject([{ status: "SUCCEEDED", type: "MANUAL", action: "RUN" }]);
    expect(records[0]!.startedAt!.getTime()).toBeLessThanOrEqual(records[0]!.completedAt!.getTime());
    const events = await listCommandEvents(plant.pool, organizationId(), id);
    expect(events.map(({ state }) => state)).toEqual(["QUEUED", "DISPATCHING", "ACCEPTED", "RUNNING", "COMPLETED"]);
  });

  it("in any order, doubled and with gaps ends the same, and counts once", async () => {
    const orders: EvidenceState[][] = [
      ["COMPLETED", "RUNNING", "ACCEPTED"],
      ["RUNNING", "COMPLETED", "RUNNING", "COMPLETED", "ACCEPTED"],
      ["ACCEPTED", "ACCEPTED", "COMPLETED", "COMPLETED"],
      ["COMPLETED", "ABORTED", "REJECTED"],
    ];
    for (const order of orders) {
      const { zone, say, state } = await sentRun();
      for (const next of order) await say(next, { ranMs: next === "COMPLETED" ? 20_000 : undefined } as never);
      expect(await state()).toBe("COMPLETED");
      expect(await actuator(zone)).toMatchObject({ totalActivations: 1, observed: { state: "off" } });
    }
  });

  it("told at the same time by several connections is recorded once", async () => {
    const { zone, say } = await sentRun();
    const answers = await Promise.all(Array.from({ length: 8 }, () => say("COMPLETED", { ranMs: 1_000 })));
    expect(answers.filter((answer) => answer === "recorded")).toHaveLength(1);
    expect(await actuator(zone)).toMatchObject({ totalActivations: 1 });
  });

  it("of another device, for another fence, actuator or command changes nothing", async () => {
    const { id, say, state } = await sentRun();
    const { zone: other } = await sentRun();
    const foreign = { id, actuator: "pump", fence: 1, state: "COMPLETED" } as const;
    expect(await recordEvidence(plant.actuation, other.deviceId, foreign)).toBe("foreign-device");
    expect(await say("COMPLETED", { fence: 2 })).toBe("wrong-fence");
    const { fence: _fence, ...fenceless } = foreign;
    const { deviceId } = (
      await plant.pool.query(
        `select a.device_id as "deviceId" from command c join actuator a on a.id = c.actuator_id where c.id = $1`,
        [id],
      )
    ).rows[0];
    expect(await recordEvidence(plant.actuation, deviceId, fenceless)).toBe("wrong-fence");
    expect(await recordEvidence(plant.actuation, deviceId, { ...foreign, actuator: "valve" })).toBe("foreign-device");
    for (const unknown of [randomUUID(), "not-a-uuid", "'; drop table command"]) {
      expect(await recordEvidence(plant.actuation, deviceId, { ...foreign, id: unknown })).toBe("unknown-command");
    }
    expect(await state()).toBe("DISPATCHING");
  });

  it("of a command that was never sent changes nothing", async () => {
    const zone = await plant.addZone();
    const { id } = await again(zone);
    const claim = { id, actuator: "pump", fence: 1, state: "COMPLETED", ranMs: 5 } as const;
    expect(await recordEvidence(plant.actuation, zone.deviceId, claim)).toBe("repeated");
    expect(await actuator(zone)).toMatchObject({ totalActivations: 0 });
  });
});

describe("a refund", () => {
  it("is whole for a refusal: the pump may start at once", async () => {
    const { zone, say } = await sentRun();
    await say("REJECTED", { reason: "cooldown" });
    expect(await again(zone)).toMatchObject({ fence: 2 });
    expect(await actuator(zone)).toMatchObject({ totalActivations: 0 });
  });

  it("is whole for a start that came too late to happen", async () => {
    const { zone, say } = await sentRun();
    await say("ACCEPTED");
    await say("ABORTED", { reason: "expired", ranMs: 0 });
    expect(await again(zone)).toMatchObject({ fence: 2 });
  });

  it.each(["COMPLETED", "ABORTED", "INTERRUPTED"] as const)("of %s leaves the cooldown from now on", async (end) => {
    const { zone, say } = await sentRun();
    await say(end, end === "INTERRUPTED" ? {} : { ranMs: 5_000 });
    const error = await again(zone).catch((reason) => reason);
    expect(error.code).toBe("actuator.cooldown");
    const waitMs = Date.parse(error.details.retryAt) - Date.now();
    expect(waitMs).toBeGreaterThan(890_000);
    expect(waitMs).toBeLessThanOrEqual(901_000);
    await plant.passTime(900_000);
    expect(await again(zone)).toMatchObject({ fence: 2 });
  });

  it("comes with late evidence for what was UNKNOWN, and a run that was given up still counts", async () => {
    const first = await sentRun();
    const second = await sentRun();
    await plant.passTime(START_WITHIN_MS);
    await plant.gateway.poll();
    expect(await first.state()).toBe("UNKNOWN");
    await first.say("REJECTED", { reason: "held" });
    expect(await again(first.zone)).toMatchObject({ fence: 2 });
    await plant.passTime(60_000);
    await plant.gateway.poll();
    expect(await second.state()).toBe("UNKNOWN_CLOSED");
    expect(await second.say("COMPLETED", { ranMs: 20_000 })).toBe("recorded");
    expect(await second.say("COMPLETED", { ranMs: 20_000 })).toBe("repeated");
    expect(await second.state()).toBe("UNKNOWN_CLOSED");
    expect(await actuator(second.zone)).toMatchObject({ totalActivations: 1 });
  });
});

describe("what is observed", () => {
  it("is the newest command's output: late evidence of an older one is history", async () => {
    const { zone, say } = await sentRun();
    await plant.passTime(START_WITHIN_MS);
    await plant.gateway.poll();
    await plant.passTime(1_000_000);
    await plant.gateway.poll();
    const { id } = await again(zone);
    await plant.gateway.settled();
    const running = { id, actuator: "pump", fence: 2, state: "RUNNING" } as const;
    expect(await recordEvidence(plant.actuation, zone.deviceId, running)).toBe("recorded");
    expect(await say("COMPLETED", { ranMs: 20_000 })).toBe("recorded");
    expect(await actuator(zone)).toMatchObject({ observed: { state: "on" }, totalActivations: 2 });
  });
});

describe("a driver's fault", () => {
  it("shows until a run completes", async () => {
    const { zone, say } = await sentRun();
    await say("ABORTED", { reason: "driver_fault", ranMs: 0 });
    expect(await actuator(zone)).toMatchObject({ status: "ERROR" });
  });
});

describe("evidence of several devices", () => {
  const said = ({ zone, id }: Running, state: EvidenceState, more: Partial<Evidence> = {}) => ({
    deviceId: zone.deviceId,
    evidence: { id, actuator: "pump", fence: 1, state, ...more },
  });

  it("is recorded in one transaction, and that of one command in its order", async () => {
    const [first, second] = [await sentRun(), await sentRun()];
    const outcomes = await recordTogether(plant.actuation, [
      said(first, "RUNNING"),
      said(second, "ACCEPTED"),
      said(first, "COMPLETED", { ranMs: 20_000 }),
      said(second, "RUNNING", { id: second.id.toUpperCase() }),
      said(first, "RUNNING"),
    ]);
    expect(outcomes).toEqual(["recorded", "recorded", "recorded", "recorded", "repeated"]);
    expect([await first.state(), await second.state()]).toEqual(["COMPLETED", "RUNNING"]);
    const events = await listCommandEvents(plant.pool, organizationId(), first.id);
    expect(events.map(({ state }) => state)).toEqual(["QUEUED", "DISPATCHING", "RUNNING", "COMPLETED"]);
    expect(await actuator(first.zone)).toMatchObject({ observed: { state: "off" }, totalActivations: 1 });
    expect(await actuator(second.zone)).toMatchObject({ observed: { state: "on" }, totalActivations: 1 });
  });

  it("tells what is wrong with each", async () => {
    const [first, second] = [await sentRun(), await sentRun()];
    const outcomes = await recordTogether(plant.actuation, [
      { ...said(first, "RUNNING"), deviceId: second.zone.deviceId },
      said(second, "RUNNING", { fence: 2 }),
      said(second, "RUNNING", { id: randomUUID() }),
      said(second, "RUNNING", { id: "no uuid" }),
    ]);
    expect(outcomes).toEqual(["foreign-device", "wrong-fence", "unknown-command", "unknown-command"]);
    expect([await first.state(), await second.state()]).toEqual(["DISPATCHING", "DISPATCHING"]);
  });

  it.each([
    [
      "its actuator",
      "select from actuator where id = (select actuator_id from command where id = $1) for no key update",
    ],
    ["its execution", "select from execution where id = (select execution_id from command where id = $1) for update"],
    ["the command", "select from command where id = $1 for update"],
  ])("is left where somebody else has locked %s, and the rest is recorded", async (_what, lock) => {
    const [first, second] = [await sentRun(), await sentRun()];
    const other = await plant.pool.connect();
    await other.query("begin");
    await other.query(lock, [first.id]);
    const all = [said(first, "RUNNING"), said(second, "RUNNING"), said(first, "COMPLETED", { ranMs: 20_000 })];
    expect(await recordTogether(plant.actuation, all)).toEqual([undefined, "recorded", undefined]);
    await other.query("commit");
    other.release();
    expect([await first.state(), await second.state()]).toEqual(["DISPATCHING", "RUNNING"]);
    expect(await recordTogether(plant.actuation, all)).toEqual(["recorded", "repeated", "recorded"]);
  });
});
