import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeActuator, listExecutionRecords } from "../actuation/index.ts";
import { FOLD_LIMIT, foldTransitions } from "./fold-transitions.ts";
import { createTestAutomation, type TestAutomation } from "./testing/test-automation.ts";

let test: TestAutomation;

beforeEach(async () => {
  test = await createTestAutomation();
});
afterEach(() => test.stop());

const executions = (actuatorId?: number) =>
  listExecutionRecords(test.plant.pool, test.plant.operator.organizationId, { actuatorId, limit: 100 });

async function foldAll(): Promise<number> {
  let folded = 0;
  for (;;) {
    const count = (await foldTransitions(test.automation, 0)) ?? 0;
    if (count === 0) return folded;
    folded += count;
  }
}

describe("transitions", () => {
  it("of one rule that fires become one execution that names its cause", async () => {
    const zone = await test.addZone();
    await test.flush({ ...zone, episode: 1 });
    expect(await foldAll()).toBe(1);
    expect(await executions()).toMatchObject([
      {
        type: "THRESHOLD",
        action: "RUN",
        status: "PENDING",
        actuator: zone.pumpId,
        ruleId: zone.ruleId,
        causes: 1,
        parameters: { durationMs: 30_000 },
        requestedBy: `rule:${zone.ruleId}`,
      },
    ]);
  });

  it("of a herd become one execution: 1,000 episodes of 20 probes on one pump", async () => {
    const zone = await test.addZone();
    const probes = [zone, ...(await Promise.all(Array.from({ length: 19 }, () => test.addProbe(zone))))];
    for (let episode = 1; episode <= 50; episode++) {
      await test.flush(...probes.map((probe) => ({ ...probe, episode })));
    }
    expect(await foldAll()).toBe(1_000);
    expect(await executions()).toMatchObject([{ causes: 1_000, actuator: zone.pumpId }]);
    const { rows } = await test.plant.pool.query(
      "select count(*) as rules, min(last_episode) as last from execution_cause",
    );
    expect(rows).toEqual([{ rules: 20, last: 50 }]);
  });

  it("are folded in batches, each once, by any number of workers at the same time", async () => {
    const zone = await test.addZone();
    const episodes = FOLD_LIMIT * 2 + 7;
    await test.flush(...Array.from({ length: episodes }, (_, index) => ({ ...zone, episode: index + 1 })));
    const counts = await Promise.all(Array.from({ length: 6 }, foldAll));
    await foldAll();
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(episodes);
    expect(await executions()).toMatchObject([{ causes: episodes }]);
  });

  it("of different pumps become an execution each", async () => {
    const first = await test.addZone();
    const second = await test.addZone();
    await test.flush({ ...first, episode: 1 }, { ...second, episode: 1 });
    await foldAll();
    expect((await executions()).map(({ actuator }) => actuator).sort()).toEqual([first.pumpId, second.pumpId].sort());
  });

  it("that resolve, or whose rule is gone, start nothing", async () => {
    const zone = await test.addZone();
    await test.flush(
      { ...zone, episode: 1, state: "resolved" },
      { ruleId: 999_999, deviceId: zone.deviceId, episode: 1 },
    );
    expect(await foldAll()).toBe(2);
    expect(await executions()).toEqual([]);
  });

  it("of a rule that was switched off start nothing", async () => {
    const zone = await test.addZone();
    await test.plant.pool.query("update rule set is_enabled = false where id = $1", [zone.ruleId]);
    await test.flush({ ...zone, episode: 1 });
    await foldAll();
    expect(await executions()).toEqual([]);
  });
});

describe("a worker that dies", () => {
  it("before its commit has folded nothing, and the next folds it all", async () => {
    const zone = await test.addZone();
    await test.flush({ ...zone, episode: 1 });
    const dying = {
      ...test.automation,
      newId: () => {
        throw new Error("killed");
      },
    };
    await expect(foldTransitions(dying, 0)).rejects.toThrow("killed");
    expect(await executions()).toEqual([]);
    await foldAll();
    expect(await executions()).toMatchObject([{ causes: 1 }]);
  });

  it("after its commit leaves nothing to fold again", async () => {
    const zone = await test.addZone();
    await test.flush({ ...zone, episode: 1 });
    await foldTransitions(test.automation, 0);
    expect(await foldTransitions(test.automation, 0)).toBe(0);
    expect(await executions()).toMatchObject([{ causes: 1 }]);
  });
});

describe("somebody who decides on two actuators while their causes are folded", () => {
  it("waits for nobody who waits for them", async () => {
    const { plant } = test;
    const zones = [await test.addZone(), await test.addZone()];
    for (const { pumpId } of zones) {
      await changeActuator(plant.actuation, plant.operator, pumpId, { envelope: { interlockGroup: "water" } });
    }
    await test.flush(...zones.map((zone) => ({ ...zone, episode: 1 })));
    await foldAll();
    const [second, first] = await executions();
    await test.flush(...zones.map((zone) => ({ ...zone, episode: 2 })));

    let folding: Promise<unknown> | undefined;
    await plant.actuation.store.transaction(async (tx) => {
      await tx.lockGroup(second!.actuator);
      await tx.lockExecution(second!.id);
      folding = foldTransitions(test.automation, 0);
      await untilSomebodyWaits();
      await tx.moveExecution(first!.id, { status: "CANCELLED", reason: "preempted" });
    });
    expect(await folding).toBe(2);
    const causes = (await executions()).map(({ status, causes }) => `${status} ${causes}`);
    expect(causes.sort()).toEqual(["CANCELLED 1", "PENDING 1", "PENDING 2"]);
  });

  /** Whoever folds has come as far as it can: it waits for a lock, and asking again changes nothing. */
  async function untilSomebodyWaits(): Promise<void> {
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    while ((await test.plant.pool.query(waiting)).rowCount === 0);
  }
});
