import { randomUUID } from "node:crypto";
import type { Priority } from "@sluice/core/safety/decide.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeActuator, type EnvelopeChange } from "./change-actuator.ts";
import { decideExecution } from "./decide-execution.ts";
import { listExecutionRecords, requestRun } from "./index.ts";
import { recordEvidence } from "./record-evidence.ts";
import { createTestPlant, startRun, type TestPlant, type Zone } from "./testing/test-plant.ts";

let plant: TestPlant;
let zone: Zone;

beforeEach(async () => {
  plant = await createTestPlant();
  await plant.gateway.start();
  zone = await plant.addZone();
  await plant.connect(zone);
});
afterEach(() => plant.stop());

const { operator, actuation } = {
  operator: () => plant.operator,
  actuation: () => plant.actuation,
};
const records = async () =>
  (await listExecutionRecords(plant.pool, operator().organizationId, { limit: 20 })).map(
    ({ type, action, status, reason }) => `${type} ${action} ${status} ${reason}`,
  );
const sent = () => plant.link.commands().map(({ kind, fence }) => `${kind} ${fence}`);
const change = (pumpId: number, envelope: EnvelopeChange) =>
  changeActuator(actuation(), operator(), pumpId, { envelope });
const cooldown = (of: Zone, cooldownMs: number) => change(of.pumpId, { cooldownMs });

/** As automation asks: an execution that a worker then decides. */
async function automatic(of: Zone, priority: Priority, type: "SCHEDULED" | "THRESHOLD" = "THRESHOLD"): Promise<string> {
  const id = randomUUID();
  await actuation().store.transaction((tx) =>
    tx.openExecution({
      id,
      organizationId: operator().organizationId,
      actuatorId: of.pumpId,
      type,
      action: "RUN",
      priority,
      parameters: { durationMs: 20_000 },
      ruleId: null,
      deviceId: null,
      requestedBy: "rule:1",
      causes: 1,
      folded: undefined,
    }),
  );
  return id;
}

async function decideAll(): Promise<void> {
  for (const due of await actuation().store.dueExecutions(10)) {
    await decideExecution(actuation(), due, async () => ({ isNeeded: true, readingMicros: Date.now() * 1000 }));
  }
  await plant.gateway.settled();
}

function say(of: Zone, command: Record<string, unknown>, state: "RUNNING" | "ABORTED" | "COMPLETED", reason?: string) {
  const { id, fence } = command as { id: string; fence: number };
  const why = reason === undefined ? {} : { reason };
  return recordEvidence(actuation(), of.deviceId, { id, actuator: "pump", fence, state, ranMs: 1_000, ...why });
}

const dueOf = (id: string, { pumpId: actuatorId }: Zone) => ({ id, ...operator(), actuatorId, action: "RUN" }) as const;

describe("a run of a rule that a person needs to yield", () => {
  it("to an override that a worker decides later, is in the audit with who asked, and from where", async () => {
    await automatic(zone, "THRESHOLD");
    await decideAll();
    const administrator = { ...operator(), address: "192.0.2.1" };
    const order = { actuatorId: zone.pumpId, durationMs: 5_000, overrideReason: "tank runs over" };
    expect((await requestRun(actuation(), administrator, order)).command).toBeUndefined();
    await plant.gateway.settled();
    await say(zone, plant.link.commands()[0]!, "ABORTED", "stopped");
    await decideAll();
    expect(sent()).toEqual(["RUN 1", "STOP 2", "RUN 3"]);
    const { actor, address } = administrator;
    expect(plant.changes.at(-1)).toMatchObject({ action: "actuator.override", actor, address });
  });

  it("is stopped with a higher fence; the person's own command is written once that is proven", async () => {
    await cooldown(zone, 0);
    await automatic(zone, "THRESHOLD");
    await decideAll();
    const { command } = await requestRun(actuation(), operator(), { actuatorId: zone.pumpId, durationMs: 5_000 });
    await plant.gateway.settled();
    expect(command).toBeUndefined();
    expect(sent()).toEqual(["RUN 1", "STOP 2"]);
    expect(await records()).toEqual(["MANUAL RUN WAITING preempting", "THRESHOLD RUN DISPATCHED preempted"]);
    await decideAll();
    expect(sent()).toHaveLength(2);

    const [run, stop] = plant.link.commands();
    await say(zone, run!, "ABORTED", "stop");
    await decideAll();
    expect(sent()).toEqual(["RUN 1", "STOP 2", "RUN 3"]);
    expect(await records()).toEqual(["MANUAL RUN DISPATCHED null", "THRESHOLD RUN SUPERSEDED preempted"]);
    await say(zone, stop!, "COMPLETED");
    expect((await records())[0]).toBe("MANUAL RUN DISPATCHED null");
  });

  it("is left alone when its cooldown would outlast the person's patience", async () => {
    await automatic(zone, "THRESHOLD");
    await decideAll();
    const order = { actuatorId: zone.pumpId, durationMs: 5_000 };
    await expect(requestRun(actuation(), operator(), order)).rejects.toMatchObject({ code: "actuator.running" });
    await plant.gateway.settled();
    expect(sent()).toEqual(["RUN 1"]);
  });

  it("is cancelled at once while nobody has sent it", async () => {
    await cooldown(zone, 0);
    plant.link.leave(zone.deviceId);
    const id = await automatic(zone, "THRESHOLD");
    await plant.pool.query("update device_link set is_connected = true");
    await decideExecution(actuation(), dueOf(id, zone), async () => ({
      isNeeded: true,
      readingMicros: undefined,
    }));
    const run = await startRun(actuation(), operator(), { actuatorId: zone.pumpId, durationMs: 5_000 });
    expect(run).toMatchObject({ fence: 2, state: "QUEUED" });
    expect(await records()).toEqual(["MANUAL RUN DISPATCHED null", "THRESHOLD RUN SUPERSEDED preempted"]);
  });

  it("is waited for until its stop is heard of, however often that is asked meanwhile", async () => {
    await cooldown(zone, 0);
    await automatic(zone, "THRESHOLD");
    await decideAll();
    await requestRun(actuation(), operator(), { actuatorId: zone.pumpId, durationMs: 5_000, waitMs: 10_000 });
    for (let asked = 0; asked < 2; asked++) {
      await plant.pool.query("update execution set wait_until = now() where type = 'MANUAL'");
      await decideAll();
    }
    expect(sent()).toEqual(["RUN 1", "STOP 2"]);
    expect((await records())[0]).toBe("MANUAL RUN WAITING preempting");
  });

  it("is not asked for ever: a person's request that waits too long is cancelled, not started late", async () => {
    await cooldown(zone, 0);
    await automatic(zone, "THRESHOLD");
    await decideAll();
    await requestRun(actuation(), operator(), { actuatorId: zone.pumpId, durationMs: 5_000, waitMs: 2_000 });
    await plant.pool.query(
      "update execution set wait_until = now(), wait_limit_at = now() - interval '1 second' where type = 'MANUAL'",
    );
    await decideAll();
    expect((await records())[0]).toBe("MANUAL RUN CANCELLED waited_too_long");
  });
});

describe("members of an interlock group", () => {
  let other: Zone;
  beforeEach(async () => {
    other = await plant.addZone();
    await plant.connect(other);
    for (const { pumpId } of [zone, other]) {
      await change(pumpId, { interlockGroup: "well" });
    }
  });

  it("are never reserved together: 20 requests on both at once leave one", async () => {
    const asks = Array.from({ length: 20 }, (_, index) =>
      startRun(actuation(), operator(), { actuatorId: [zone, other][index % 2]!.pumpId, durationMs: 1_000, waitMs: 0 }),
    );
    const answers = await Promise.allSettled(asks);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await plant.gateway.settled();
    expect(sent()).toHaveLength(1);
  });

  it("yield to a higher priority across devices, without waiting for a cooldown that is not theirs", async () => {
    await automatic(zone, "THRESHOLD");
    await decideAll();
    const { command } = await requestRun(actuation(), operator(), { actuatorId: other.pumpId, durationMs: 5_000 });
    expect(command).toBeUndefined();
    await plant.gateway.settled();
    await say(zone, plant.link.commands()[0]!, "ABORTED", "stop");
    await decideAll();
    expect(plant.link.sent.at(-1)).toMatchObject({ deviceId: other.deviceId });
    expect(sent()).toEqual(["RUN 1", "STOP 2", "RUN 1"]);
  });

  it("wait for the higher one that had a run stopped, though they are asked before it; then for its run", async () => {
    const third = await plant.addZone();
    await plant.connect(third);
    await change(third.pumpId, { interlockGroup: "well" });
    await automatic(zone, "THRESHOLD");
    await decideAll();
    const wanted = { actuatorId: other.pumpId, durationMs: 5_000 };
    expect((await requestRun(actuation(), operator(), wanted)).command).toBeUndefined();
    await plant.gateway.settled();
    const id = await automatic(third, "EMERGENCY");
    await say(zone, plant.link.commands()[0]!, "ABORTED", "stop");
    const need = { isNeeded: true, readingMicros: Date.now() * 1000 };
    expect(await decideExecution(actuation(), dueOf(id, third), async () => need)).toBe("waiting");
    expect(await records()).toContain("THRESHOLD RUN WAITING yielding");
    await decideAll();
    expect(plant.link.sent.at(-1)).toMatchObject({ deviceId: other.deviceId });
    await plant.pool.query("update execution set wait_until = now() where id = $1", [id]);
    await decideAll();
    expect(await records()).toContain("THRESHOLD RUN WAITING interlock");
  });

  it("wait for a higher one no longer than that one waits itself", async () => {
    await automatic(zone, "THRESHOLD");
    await decideAll();
    await requestRun(actuation(), operator(), { actuatorId: other.pumpId, durationMs: 5_000 });
    await plant.gateway.settled();
    await say(zone, plant.link.commands()[0]!, "ABORTED", "stop");
    await plant.pool.query("update execution set wait_limit_at = now() where type = 'MANUAL'");
    const id = await automatic(other, "EMERGENCY");
    const need = { isNeeded: true, readingMicros: Date.now() * 1000 };
    expect(await decideExecution(actuation(), dueOf(id, other), async () => need)).toBe("dispatched");
  });

  it("in the database alone cannot have overlapping runs", async () => {
    const first = await startRun(actuation(), operator(), { actuatorId: zone.pumpId, durationMs: 1_000 });
    const copy = plant.pool.query(
      `insert into command (id, organization_id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, cooldown_ms,
                            interlock_group, decided_at, deadline_at, run_window, lock_window)
       select $2, organization_id, $3, execution_id, kind, 9, duration_ms, max_run_ms, cooldown_ms, interlock_group, decided_at,
              deadline_at, run_window, lock_window from command where id = $1`,
      [first.id, randomUUID(), other.pumpId],
    );
    await expect(copy).rejects.toMatchObject({ code: "23P01", constraint: "command_interlock" });
  });

  it("change their group only while they are off", async () => {
    await startRun(actuation(), operator(), { actuatorId: zone.pumpId, durationMs: 1_000 });
    const leave = change(zone.pumpId, { interlockGroup: null });
    await expect(leave).rejects.toMatchObject({ code: "actuator.running" });
  });

  it("that go on by themselves have to be alone on their device", async () => {
    const selfStarting = change(zone.pumpId, { safeState: "on" });
    await expect(selfStarting).rejects.toMatchObject({ code: "actuator.interlock_invalid" });
  });
});
