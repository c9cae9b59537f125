import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Automation, AutomationWorker, createFollowUp, findExecution, readHealth } from "../index.ts";
import type { ScheduleAction } from "./schedule-record.ts";
import { SCHEDULE_CARE_MS, SCHEDULE_POLL_MS, ScheduleWorker } from "./schedule-worker.ts";
import { createTestSchedules, type TestSchedules } from "./testing/test-schedules.ts";

const logger = pino({ level: "silent" });
const SECOND_MS = 1_000;

let test: TestSchedules;
let worker: ScheduleWorker;
/** Of the database, which the fake clock moves along. */
let startMs: number;

beforeEach(async () => {
  test = await createTestSchedules();
  startMs = Date.parse("2026-11-22T04:59:50Z");
  test.setTime("2026-11-22T04:59:50Z");
  worker = new ScheduleWorker({ scheduling: test.scheduling, clock: test.plant.clock, logger });
});
afterEach(async () => {
  await worker.stop();
  await test.stop();
});

async function pass(ms: number): Promise<void> {
  startMs += ms;
  test.setTime(new Date(startMs).toISOString());
  test.plant.clock.advance(ms);
  await worker.settled();
}

describe("the worker of schedules", () => {
  it("waits by a timer for the nearest run, and by its poll for what is further away", async () => {
    await test.add();
    worker.start();
    await worker.settled();
    await pass(SCHEDULE_POLL_MS);
    await pass(4 * SECOND_MS);
    expect(await test.executions()).toEqual([]);
    await pass(SECOND_MS);
    expect(await test.executions()).toHaveLength(1);
  });

  it("looks again when it is told of a change", async () => {
    worker.start();
    await worker.settled();
    await test.add({ times: { kind: "every", everyMs: SECOND_MS, anchor: "2026-11-22T04:59:50Z" } });
    worker.nudge();
    await worker.settled();
    await pass(SECOND_MS);
    expect(await test.executions()).toHaveLength(1);
  });

  it("goes on after an error, at its next poll", async () => {
    await test.add();
    await test.plant.pool.query("alter table schedule rename to away");
    worker.start();
    await worker.settled();
    await test.plant.pool.query("alter table away rename to schedule");
    await pass(SCHEDULE_POLL_MS);
    await pass(SCHEDULE_POLL_MS);
    expect(await test.executions()).toHaveLength(1);
  });

  it("opens what is due although its housekeeping fails, and says what failed", async () => {
    await test.add();
    await test.plant.pool.query(
      "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no deleting'; end $$",
    );
    await test.plant.pool.query("create trigger refuse before delete on schedule_run execute function refuse()");
    worker.start();
    await worker.settled();
    await pass(SCHEDULE_POLL_MS);
    await pass(SCHEDULE_POLL_MS);
    expect(await test.executions()).toHaveLength(1);
    expect(worker.health()).toMatchObject({ name: "schedules", isRunning: true, lastError: "no deleting" });
    await test.plant.pool.query("drop trigger refuse on schedule_run");
    await pass(SCHEDULE_POLL_MS);
    expect(worker.health()).toMatchObject({ lastRoundAt: expect.any(Date), lastError: null });
  });

  it("notices within a minute that the clock was set back", async () => {
    await test.add();
    startMs += 86_400_000;
    test.setTime(new Date(startMs).toISOString());
    worker.start();
    await worker.settled();
    startMs -= 86_400_000;
    await pass(SCHEDULE_CARE_MS);
    expect(await test.executions()).toHaveLength(1);
  });

  it("does nothing more once it has stopped", async () => {
    await test.add();
    worker.start();
    await worker.stop();
    worker.nudge();
    await pass(3_600_000);
    expect(await test.executions()).toEqual([]);
  });
});

describe("the health of schedules", () => {
  const read = async () => (await readHealth(test.plant.pool, test.plant.operator.organizationId, [])).schedules;

  it("says what is next, and what no worker has opened", async () => {
    expect(await read()).toEqual({ nextDueAt: null, overdue: 0, oldestOverdueMs: null });
    await test.add();
    await test.plant.pool.query("update schedule set next_due_at = clock_timestamp() + interval '1 hour'");
    await test.add();
    const ahead = await read();
    expect(ahead).toEqual({ nextDueAt: expect.any(Date), overdue: 0, oldestOverdueMs: null });
    await test.plant.pool.query(
      "update schedule set next_due_at = clock_timestamp() - interval '1 minute' where id = 2",
    );
    const { nextDueAt, overdue, oldestOverdueMs } = await read();
    expect(nextDueAt!.getTime()).toBeLessThan(ahead.nextDueAt!.getTime());
    expect(overdue).toBe(1);
    expect(oldestOverdueMs).toBeGreaterThanOrEqual(60_000);
  });
});

describe("the run of a schedule", () => {
  /** The database's own time decides about executions. */
  async function openNow(latestStartMs: number, action?: ScheduleAction): Promise<string> {
    const anchor = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
    test.setTime(new Date(Date.parse(anchor) - 1_000).toISOString());
    const times = { kind: "every", everyMs: 86_400_000, anchor } as const;
    await test.add({ times, latestStartMs, ...(action === undefined ? {} : { action }) });
    expect(await test.openAt(anchor)).toBe(1);
    return (await test.executions()).at(-1)!.id;
  }

  async function decide(): Promise<void> {
    const { pool, actuation, clock } = test.plant;
    const parts = { pool, actuation: { ...actuation, followUp: createFollowUp(test.scheduling.newId) } };
    const automation = { ...parts, newId: test.scheduling.newId, latestReadingMicros: async () => undefined };
    const decider = new AutomationWorker({ automation: automation as unknown as Automation, clock, logger });
    decider.start();
    await decider.settled();
    await decider.stop();
  }

  const find = (id: string) => findExecution(test.plant.pool, test.plant.operator.organizationId, id);

  it("starts its actuator, and names its schedule and occurrence", async () => {
    await test.plant.gateway.start();
    await test.plant.connect(test.zone);
    const id = await openNow(3_600_000);
    await decide();
    await test.plant.gateway.settled();
    expect(test.plant.link.commands()).toEqual([expect.objectContaining({ kind: "RUN", durationMs: 20_000 })]);
    expect(await find(id)).toMatchObject({
      status: "DISPATCHED",
      type: "SCHEDULED",
      schedule: { id: 1, name: "Morning 1", occurrence: expect.stringMatching(/ Europe\/Berlin #1$/) },
    });
  });

  it("may give a set-point", async () => {
    await test.plant.gateway.start();
    await test.plant.connect(test.zone);
    const id = await openNow(3_600_000, { kind: "SET", value: 40, unit: "%" });
    await decide();
    await test.plant.gateway.settled();
    expect(test.plant.link.commands()).toEqual([expect.objectContaining({ kind: "SET", value: 40 })]);
    expect(await find(id)).toMatchObject({ status: "DISPATCHED", action: "SET", parameters: { value: 40, unit: "%" } });
  });

  it("may stop what runs by another schedule, and holds nothing", async () => {
    await test.plant.gateway.start();
    await test.plant.connect(test.zone);
    const started = await openNow(3_600_000);
    await decide();
    await test.plant.gateway.settled();
    await openNow(3_600_000, { kind: "STOP" });
    await decide();
    await test.plant.gateway.settled();
    expect(test.plant.link.commands().map(({ kind }) => kind)).toEqual(["RUN", "STOP"]);
    expect(await find(started)).toMatchObject({ reason: "preempted" });
    const { rows } = await test.plant.pool.query("select count(*)::int as holds from actuator_hold");
    expect(rows).toEqual([{ holds: 0 }]);
  });

  it("that nobody looked at in time is cancelled", async () => {
    const id = await openNow(3_600_000);
    await test.plant.pool.query("update execution set wait_limit_at = clock_timestamp() - interval '1 second'");
    await decide();
    expect(await find(id)).toMatchObject({ status: "CANCELLED", reason: "waited_too_long" });
  });

  it.each<ScheduleAction>([{ kind: "STOP" }, { kind: "SET", value: 40 }])(
    "is cancelled as well when it is not looked at in time and is a $kind, and what runs goes on",
    async (action) => {
      await test.plant.gateway.start();
      await test.plant.connect(test.zone);
      const started = await openNow(3_600_000);
      await decide();
      const late = await openNow(3_600_000, action);
      await test.plant.pool.query(
        "update execution set wait_limit_at = clock_timestamp() - interval '1 second' where status = 'PENDING'",
      );
      await decide();
      await test.plant.gateway.settled();
      expect(test.plant.link.commands().map(({ kind }) => kind)).toEqual(["RUN"]);
      expect(await find(started)).toMatchObject({ status: "DISPATCHED", reason: null });
      expect(await find(late)).toMatchObject({ status: "CANCELLED", reason: "waited_too_long" });
    },
  );

  it("that could not start in time is cancelled with what stood against it", async () => {
    const id = await openNow(55_000);
    await decide();
    // Its device is away: asked again in a minute, but not after its limit.
    const waiting = await find(id);
    expect(waiting).toMatchObject({ status: "WAITING", reason: "offline" });
    const { rows } = await test.plant.pool.query(
      "select wait_until <= wait_limit_at + interval '1 ms' as ok from execution",
    );
    expect(rows).toEqual([{ ok: true }]);
    await test.plant.pool.query(
      "update execution set wait_limit_at = clock_timestamp() - interval '1 second', wait_until = clock_timestamp()",
    );
    await decide();
    expect(await find(id)).toMatchObject({
      status: "CANCELLED",
      reason: "waited_too_long",
      message: expect.stringContaining("offline"),
    });
  });
});
