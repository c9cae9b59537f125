import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decideExecution } from "./decide-execution.ts";
import { releaseHold, requestRun, requestStop, resetTrip } from "./index.ts";
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

const order = () => ({ actuatorId: zone.pumpId });
const run = () => requestRun(plant.actuation, plant.operator, { ...order(), durationMs: 1_000, waitMs: 0 });
const trip = (tripCause: string) => requestStop(plant.actuation, plant.operator, { ...order(), tripCause });
const reset = () => resetTrip(plant.actuation, plant.operator, { ...order(), reason: "pump primed" });
const release = () => releaseHold(plant.actuation, plant.operator, order());
/** A STOP is sent at once, and once more, byte for byte, when it is recorded. */
const sent = (): Record<string, unknown>[] =>
  [...new Set(plant.link.commands().map((command) => JSON.stringify(command)))].map((text) => JSON.parse(text));
const trips = async () =>
  (await plant.pool.query("select cause, causes, last_cause, reset_by, reset_reason from trip order by tripped_at"))
    .rows;

describe("a trip", () => {
  it("latches: nothing starts until it is reset, and a release is no reset", async () => {
    await trip("dry_run");
    await plant.gateway.settled();
    expect(sent()).toMatchObject([{ kind: "STOP", reason: "dry_run" }]);
    await expect(run()).rejects.toMatchObject({ code: "actuator.tripped" });
    await expect(release()).rejects.toMatchObject({ code: "actuator.tripped" });
    await plant.passTime(86_400_000);
    await expect(run()).rejects.toMatchObject({ code: "actuator.tripped" });
    await reset();
    expect((await run()).command).toMatchObject({ kind: "RUN" });
    expect(await trips()).toEqual([
      { cause: "dry_run", causes: 1, last_cause: "dry_run", reset_by: "user:operator", reset_reason: "pump primed" },
    ]);
    expect(plant.changes).toMatchObject([{ action: "actuator.trip_reset", actor: "user:operator" }]);
  });

  it("keeps its first cause, whatever trips it meanwhile", async () => {
    await trip("dry_run");
    await trip("overcurrent");
    expect(await trips()).toMatchObject([{ cause: "dry_run", causes: 2, last_cause: "overcurrent" }]);
    await reset();
    await plant.gateway.settled();
    const [first, second, set] = sent();
    expect(set).toMatchObject({ kind: "SET" });
    expect(set?.release).toEqual(expect.arrayContaining([first?.id, second?.id]));
  });

  it("cannot be rewritten: its first cause and its end stay", async () => {
    await trip("dry_run");
    await expect(plant.pool.query("update trip set cause = 'nothing'")).rejects.toMatchObject({ code: "23000" });
    await reset();
    await expect(plant.pool.query("update trip set reset_by = null, reset_at = null")).rejects.toMatchObject({
      code: "23000",
    });
  });

  it("reset under a person's STOP holds on, and the other way round", async () => {
    await requestStop(plant.actuation, plant.operator, order());
    await trip("dry_run");
    await release();
    await expect(run()).rejects.toMatchObject({ code: "actuator.tripped" });
    await requestStop(plant.actuation, plant.operator, order());
    await reset();
    await expect(run()).rejects.toMatchObject({ code: "actuator.held" });
    await expect(reset()).rejects.toMatchObject({ code: "actuator.not_tripped" });
  });

  it("ends what waits and what has not been sent, and the reset restarts neither", async () => {
    plant.link.leave(zone.deviceId);
    const { id } = await startRun(plant.actuation, plant.operator, { ...order(), durationMs: 1_000 });
    await trip("dry_run");
    await reset();
    const { rows } = await plant.pool.query("select state, reason from command where id = $1", [id]);
    expect(rows).toEqual([{ state: "CANCELLED", reason: "tripped" }]);
    const open = await plant.pool.query(
      "select 1 from execution where action = 'RUN' and status in ('PENDING','WAITING')",
    );
    expect(open.rowCount).toBe(0);
  });

  it("by a rule stops with a fence, once, however often it fires", async () => {
    for (const id of ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]) {
      await plant.actuation.store.transaction((tx) =>
        tx.openExecution({
          id,
          organizationId: plant.operator.organizationId,
          actuatorId: zone.pumpId,
          type: "THRESHOLD",
          action: "TRIP",
          priority: "THRESHOLD",
          parameters: { cause: "leak" },
          ruleId: null,
          deviceId: null,
          requestedBy: "rule:7",
          causes: 1,
          folded: undefined,
        }),
      );
      const [due] = await plant.actuation.store.dueExecutions(1);
      await decideExecution(plant.actuation, due!, async () => ({ isNeeded: false, readingMicros: undefined }));
      await plant.gateway.settled();
      const stop = plant.link.commands()[0]!;
      const done = { id: stop.id, actuator: "pump", fence: stop.fence, state: "COMPLETED" };
      await plant.gateway.onEvidence(zone.deviceId, JSON.stringify(done));
    }
    expect(plant.link.commands()).toMatchObject([{ kind: "STOP", fence: 1, reason: "leak" }]);
    expect(await trips()).toMatchObject([{ cause: "leak", causes: 2 }]);
    const { rows } = await plant.pool.query("select status, reason from execution order by created_at");
    expect(rows.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });
});
