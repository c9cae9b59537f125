import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  cancelExecution,
  countNewDead,
  JITTER,
  listExecutionEvents,
  listExecutionRecords,
  RETRY_PAUSES_MS,
  readExecutionQueue,
  releaseHold,
  replayExecution,
  requestRun,
  requestStop,
} from "./index.ts";
import { AutomaticExecutions, type Wanted } from "./testing/automatic-executions.ts";
import { createTestPlant, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zone: Zone;
let automatic: AutomaticExecutions;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  automatic = new AutomaticExecutions(plant);
  zone = await plant.addZone();
  await plant.connect(zone);
});
afterEach(() => plant.stop());

const replay = (id: string) => replayExecution(plant.actuation, plant.pool, plant.operator, id);
const cancel = (id: string) => cancelExecution(plant.actuation, plant.operator, id);
const record = async (id: string) =>
  (await listExecutionRecords(plant.pool, plant.operator.organizationId, { id, limit: 1 }))[0]!;

/** An execution whose device has refused it as often as it is tried. */
async function deadLetter(wanted: Wanted = {}): Promise<string> {
  const { action: kind = "RUN" } = wanted;
  const id = await automatic.open(zone, wanted);
  await automatic.decideAll();
  for (const pauseMs of RETRY_PAUSES_MS) {
    await automatic.say(zone, "REJECTED", { kind, reason: "interlock" });
    await plant.passTime(pauseMs * (1 + JITTER));
    await automatic.decideAll();
  }
  await automatic.say(zone, "REJECTED", { kind, reason: "interlock" });
  return id;
}

describe("a dead letter", () => {
  it("is listed and counted", async () => {
    const id = await deadLetter();
    const dead = await listExecutionRecords(plant.pool, plant.operator.organizationId, { status: "DEAD", limit: 10 });
    expect(dead.map((execution) => execution.id)).toEqual([id]);
    expect(await readExecutionQueue(plant.pool, plant.operator.organizationId)).toMatchObject({ dead: 1 });
    const { organizationId } = plant.operator;
    expect(await countNewDead(plant.pool)).toEqual([{ organizationId, count: 1 }]);
  });

  it("is replayed as an execution of the person's own, which names it", async () => {
    const id = await deadLetter();
    const { executionId, command } = await replay(id);
    expect(command).toMatchObject({ kind: "RUN", durationMs: 20_000 });
    expect(await record(executionId)).toMatchObject({
      type: "MANUAL",
      replayOf: id,
      requestedBy: plant.operator.actor,
      parameters: { durationMs: 20_000 },
    });
    expect(await record(id)).toMatchObject({ status: "DEAD" });
  });

  it("is replayed once, however many ask at the same moment, and again only after that failed", async () => {
    const id = await deadLetter();
    const replays = await Promise.all(Array.from({ length: 10 }, () => replay(id)));
    expect(new Set(replays.map(({ executionId }) => executionId)).size).toBe(1);
    await plant.gateway.settled();
    await automatic.say(zone, "REJECTED", { reason: "interlock" });
    const second = await replay(id);
    expect(second.executionId).not.toBe(replays[0]!.executionId);
    await plant.gateway.settled();
    await automatic.say(zone, "COMPLETED");
    expect((await replay(id)).executionId).toBe(second.executionId);
  });

  it("is not replayed while its actuator is held, and is told why", async () => {
    const id = await deadLetter();
    await requestStop(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
    await expect(replay(id)).rejects.toMatchObject({ kind: "conflict", code: "actuator.held" });
    await releaseHold(plant.actuation, plant.operator, { actuatorId: zone.pumpId });
    expect((await replay(id)).command).toBeDefined();
  });

  it("is not replayed where it was no run: a set-point is not the longest run that is allowed", async () => {
    const id = await deadLetter({ action: "SET", parameters: { value: 21 } });
    expect(await record(id)).toMatchObject({ status: "DEAD", action: "SET" });
    const sent = plant.link.commands().length;
    await expect(replay(id)).rejects.toMatchObject({ kind: "conflict", code: "execution.not_replayable" });
    await plant.gateway.settled();
    expect(plant.link.commands()).toHaveLength(sent);
  });

  it("is not what has not died, nor another organization's", async () => {
    const id = await automatic.open(zone);
    await expect(replay(id)).rejects.toMatchObject({ code: "execution.not_dead" });
    const stranger = { organizationId: 999, actor: "user:9" };
    const asked = replayExecution(plant.actuation, plant.pool, stranger, id);
    await expect(asked).rejects.toMatchObject({ kind: "not-found", code: "execution.unknown" });
  });
});

describe("a person", () => {
  it("cancels what waits, and the trail and the audit say who", async () => {
    await requestRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1_000 });
    const id = await automatic.open(zone);
    await automatic.decideAll();
    await cancel(id);
    expect(await record(id)).toMatchObject({ status: "CANCELLED", reason: "cancelled" });
    const trail = await listExecutionEvents(plant.pool, plant.operator.organizationId, id);
    expect(trail.at(-1)).toMatchObject({ status: "CANCELLED", who: plant.operator.actor });
    const audited = {
      action: "execution.cancel",
      actor: plant.operator.actor,
      before: { status: "WAITING", reason: "running" },
    };
    expect(plant.changes.at(-1)).toMatchObject(audited);
  });

  it("cancels what no gateway has taken yet, and it is not sent any more", async () => {
    plant.link.leave(zone.deviceId);
    const order = { actuatorId: zone.pumpId, durationMs: 1_000 };
    const { executionId } = await requestRun(plant.actuation, plant.operator, order);
    await cancel(executionId);
    await plant.connect(zone);
    expect(plant.link.commands()).toEqual([]);
    expect(await record(executionId)).toMatchObject({ status: "CANCELLED", reason: "cancelled" });
  });

  it("does not cancel what has been sent or has ended, and is told what to do instead", async () => {
    const order = { actuatorId: zone.pumpId, durationMs: 1_000 };
    const { executionId } = await requestRun(plant.actuation, plant.operator, order);
    await plant.gateway.settled();
    await expect(cancel(executionId)).rejects.toMatchObject({ kind: "conflict", code: "execution.started" });
    await automatic.say(zone, "COMPLETED");
    await expect(cancel(executionId)).rejects.toMatchObject({ kind: "conflict", code: "execution.ended" });
  });
});

describe("a rule or schedule that stops", () => {
  const stop = { type: "SCHEDULED", action: "STOP", parameters: {} } as const;

  it("ends a run of no higher priority, and holds nothing", async () => {
    await automatic.open(zone);
    await automatic.decideAll();
    const id = await automatic.open(zone, stop);
    await automatic.decideAll();
    const last = plant.link.commands().at(-1)!;
    expect(last).toMatchObject({ kind: "STOP", fence: 2 });
    await automatic.say(zone, "ABORTED", { reason: "stop" });
    await automatic.say(zone, "COMPLETED", { kind: "STOP" });
    expect(await record(id)).toMatchObject({ status: "SUCCEEDED" });
    const { rows } = await plant.pool.query("select 1 from actuator_hold where released_at is null");
    expect(rows).toEqual([]);
  });

  it("does not end what a person has started", async () => {
    await requestRun(plant.actuation, plant.operator, { actuatorId: zone.pumpId, durationMs: 1_000 });
    await plant.gateway.settled();
    const id = await automatic.open(zone, stop);
    await automatic.decideAll();
    expect(await record(id)).toMatchObject({ status: "CANCELLED", reason: "outranked" });
    expect(plant.link.commands()).toHaveLength(1);
  });

  it("has succeeded where nothing runs", async () => {
    const id = await automatic.open(zone, stop);
    await automatic.decideAll();
    expect(await record(id)).toMatchObject({ status: "SUCCEEDED", reason: "already_off" });
  });
});

describe("a rule or schedule that gives a set-point", () => {
  const set = { type: "SCHEDULED", action: "SET", parameters: { value: 40, unit: "%" } } as const;

  it("tells the device, and starts nothing", async () => {
    const id = await automatic.open(zone, set);
    await automatic.decideAll();
    expect(plant.link.commands()).toMatchObject([{ kind: "SET", value: 40, unit: "%" }]);
    await automatic.say(zone, "COMPLETED", { kind: "SET" });
    expect(await record(id)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("is refused in manual mode", async () => {
    await plant.pool.query("update actuator set mode = 'manual' where id = $1", [zone.pumpId]);
    const id = await automatic.open(zone, set);
    await automatic.decideAll();
    expect(await record(id)).toMatchObject({ status: "CANCELLED", reason: "manual_mode" });
  });
});
