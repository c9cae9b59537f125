import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "../../platform/postgres.ts";
import type { ScheduleDraft } from "./change-schedule.ts";
import { createTestSchedules, type TestSchedules } from "./testing/test-schedules.ts";

let test: TestSchedules;

beforeEach(async () => {
  test = await createTestSchedules();
});
afterEach(() => test.stop());

const add = (change: Partial<ScheduleDraft> = {}) =>
  test.add({ times: { kind: "cron", expression: "0 * * * *" }, latestStartMs: 86_400_000, ...change });

/** Opens the runs of so many hours, each on time. */
async function open(hours: number, from = 13): Promise<void> {
  for (let hour = from; hour < from + hours; hour++) await test.openAt(`2026-11-21T${hour}:00:00Z`);
}

const states = async () => (await test.executions()).map(({ status, reason }) => `${status} ${reason}`);
const query = (text: string) => test.plant.pool.query(text);

describe("while nothing can start, as for a device that is away,", () => {
  it("one run of a schedule waits: each takes the place of the one before", async () => {
    await add();
    await open(3);
    expect(await states()).toEqual(["SUPERSEDED superseded", "SUPERSEDED superseded", "PENDING null"]);
    const { rows } = await query("select count(*)::int as ended from execution where completed_at is not null");
    expect(rows).toEqual([{ ended: 2 }]);
  });

  it("those of run-all wait, as many as it would make up for beside the newest", async () => {
    await add({ missedRuns: { policy: "run-all", maxMissed: 2 } });
    await open(5);
    expect(await states()).toEqual([
      "SUPERSEDED superseded",
      "SUPERSEDED superseded",
      "PENDING null",
      "PENDING null",
      "PENDING null",
    ]);
  });

  it("those of run-all that are made up for at once count as well", async () => {
    await add({ missedRuns: { policy: "run-all", maxMissed: 2 } });
    await open(2);
    expect(await test.openAt("2026-11-21T18:00:00Z")).toBe(3);
    const waiting = (await states()).filter((state) => state === "PENDING null");
    expect(waiting).toHaveLength(3);
    expect((await states()).slice(0, 2)).toEqual(["SUPERSEDED superseded", "SUPERSEDED superseded"]);
  });

  it("schedules leave one another's runs alone", async () => {
    await add();
    await add();
    await open(1);
    expect(await states()).toEqual(["PENDING null", "PENDING null"]);
  });

  it("a run takes over since when the one before was passed over", async () => {
    await add();
    await open(1);
    await query(
      "update execution set status = 'WAITING', reason = 'interlock', passed_over_at = '2026-11-21T13:05:00Z'",
    );
    await open(1, 14);
    const { rows } = await query("select status, passed_over_at from execution order by created_at desc limit 1");
    expect(rows).toEqual([{ status: "PENDING", passed_over_at: new Date("2026-11-21T13:05:00Z") }]);
  });
});

describe("a newer run", () => {
  it("does not touch what has started", async () => {
    await add();
    await open(1);
    await query("update execution set status = 'DISPATCHED'");
    await open(1, 14);
    expect(await states()).toEqual(["DISPATCHED null", "PENDING null"]);
  });

  it("leaves one that is being decided to the next, and waits for nobody", async () => {
    await add();
    await open(1);
    await inTransaction(test.plant.pool, async (decider) => {
      await decider.query("select 1 from actuator for no key update");
      await decider.query("select 1 from execution for update");
      await open(1, 14);
    });
    expect(await states()).toEqual(["PENDING null", "PENDING null"]);
    await open(1, 15);
    expect(await states()).toEqual(["SUPERSEDED superseded", "SUPERSEDED superseded", "PENDING null"]);
  });
});
