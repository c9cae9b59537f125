import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { updateSite } from "../../devices/index.ts";
import { deleteSchedule, updateSchedule } from "./change-schedule.ts";
import { requireSchedule } from "./list-schedules.ts";
import { MAX_LISTED_RUNS, openDueRuns } from "./open-due-runs.ts";
import { pauseSchedule, resumeSchedule } from "./pause-schedule.ts";
import { deleteRunsBefore } from "./schedule-run-store.ts";
import type { ScheduleView } from "./schedule-view.ts";
import { createTestSchedules, dyingBefore, type TestSchedules } from "./testing/test-schedules.ts";

let test: TestSchedules;

beforeEach(async () => {
  test = await createTestSchedules();
});
afterEach(() => test.stop());

const operator = () => test.plant.operator;
const nextOf = async ({ id }: ScheduleView) =>
  (await requireSchedule(test.scheduling, operator().organizationId, id)).next;

describe("a run that is due", () => {
  it("is opened once, as an execution of its own priority with a limit to its waiting", async () => {
    const schedule = await test.add();
    expect(schedule.next).toEqual({
      occurrence: "2026-11-22T06:00:00 Europe/Berlin #1",
      dueAt: "2026-11-22T05:00:00.000Z",
    });
    expect(await test.openAt("2026-11-22T04:59:59.999Z")).toBe(0);
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(1);
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(0);
    expect(await test.runs(schedule)).toEqual(["2026-11-22T06:00:00 Europe/Berlin #1 opened on-time"]);
    expect(await test.executions()).toEqual([
      expect.objectContaining({
        ...{ type: "SCHEDULED", action: "RUN", priority: "SCHEDULED", status: "PENDING" },
        parameters: { durationMs: 20_000 },
        requestedBy: `schedule:${schedule.id}`,
        waitLimitAt: new Date("2026-11-22T06:00:00Z"),
      }),
    ]);
    expect((await nextOf(schedule))?.occurrence).toBe("2026-11-23T06:00:00 Europe/Berlin #1");
  });

  it("is opened once by two workers at once", async () => {
    const schedules = [];
    for (let count = 0; count < 20; count++) schedules.push(await test.add());
    test.setTime("2026-11-22T05:00:01Z");
    const rounds = await Promise.all([1, 2, 3, 4].map(() => openDueRuns(test.scheduling)));
    expect(rounds.flatMap(({ errors }) => errors)).toEqual([]);
    expect(rounds.reduce((sum, { opened }) => sum + opened, 0)).toBe(20);
    expect(await test.executions()).toHaveLength(20);
  });

  it("is opened once, at whatever statement a worker dies", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T05:00:01Z");
    let diedBefore = 0;
    for (let statement = 2; (await test.runs(schedule)).length === 0; statement++) {
      expect(await test.executions()).toEqual([]);
      const killed = openDueRuns(dyingBefore(test.scheduling, statement));
      const { errors } = await killed.catch((error) => ({ errors: [error] }));
      expect(errors).toHaveLength(1);
      diedBefore = statement;
      // The backend of a connection that broke gives up its lock a little later.
      await test.plant.pool.query("select from schedule for update");
    }
    // Begin, claim, look at the record, open the execution, record the run, note the next, commit.
    expect(diedBefore).toBeGreaterThan(7);
    expect(await test.runs(schedule)).toEqual(["2026-11-22T06:00:00 Europe/Berlin #1 opened on-time"]);
    expect(await test.openAt("2026-11-22T05:00:02Z")).toBe(0);
    expect(await test.executions()).toHaveLength(1);
  });

  it("does not keep others from being opened when it fails", async () => {
    const broken = await test.add();
    const sound = await test.add();
    await test.plant.pool.query(
      'update schedule set action = \'{"kind":"STOP"}\', actuator_id = actuator_id where id = $1',
      [broken.id],
    );
    await test.plant.pool.query(
      `create function refuse() returns trigger language plpgsql as $$ begin
         if new.action = 'STOP' then raise exception 'refused'; end if; return new; end $$`,
    );
    await test.plant.pool.query(
      "create trigger refuse before insert on execution for each row execute function refuse()",
    );
    test.setTime("2026-11-22T05:00:01Z");
    const { opened, errors } = await openDueRuns(test.scheduling);
    expect({ opened, errors: errors.length }).toEqual({ opened: 1, errors: 1 });
    expect(await test.runs(sound)).toHaveLength(1);
    expect(await test.runs(broken)).toEqual([]);
  });

  it("of two schedules for one actuator are two executions", async () => {
    await test.add();
    await test.add({ action: { kind: "RUN" } });
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(2);
    // Without a duration as long as the pump may run.
    const durations = (await test.executions()).map(({ parameters }) => parameters.durationMs);
    expect(durations.sort()).toEqual([20_000, 30_000]);
  });
});

describe("after an outage", () => {
  const halfHourly = { kind: "cron", expression: "*/30 * * * *" } as const;

  it("skip leaves the missed, and says so", async () => {
    const schedule = await test.add({ times: halfHourly });
    expect(await test.openAt("2026-11-21T14:10:00Z")).toBe(0);
    expect(await test.runs(schedule)).toEqual([
      "2026-11-21T13:30:00 Europe/Berlin #1 missed policy",
      "2026-11-21T14:00:00 Europe/Berlin #1 missed policy",
      "2026-11-21T14:30:00 Europe/Berlin #1 missed policy",
      "2026-11-21T15:00:00 Europe/Berlin #1 missed policy",
    ]);
    expect((await nextOf(schedule))?.occurrence).toBe("2026-11-21T15:30:00 Europe/Berlin #1");
  });

  it("run-once makes up for the last, which may wait from now on", async () => {
    const schedule = await test.add({ times: halfHourly, missedRuns: { policy: "run-once" } });
    expect(await test.openAt("2026-11-21T14:10:00Z")).toBe(1);
    expect((await test.runs(schedule)).at(-1)).toBe("2026-11-21T15:00:00 Europe/Berlin #1 opened late");
    expect((await test.executions())[0]?.waitLimitAt).toEqual(new Date("2026-11-21T15:10:00Z"));
  });

  it("run-all makes up for the last ones within its limits, each with an execution", async () => {
    const missedRuns = { policy: "run-all", missedWithinMs: 3_600_000 * 1.5, maxMissed: 2 } as const;
    const schedule = await test.add({ times: halfHourly, missedRuns });
    expect(await test.openAt("2026-11-21T14:10:00Z")).toBe(2);
    expect(await test.runs(schedule)).toEqual([
      "2026-11-21T13:30:00 Europe/Berlin #1 missed too-old",
      "2026-11-21T14:00:00 Europe/Berlin #1 missed limit",
      "2026-11-21T14:30:00 Europe/Berlin #1 opened late",
      "2026-11-21T15:00:00 Europe/Berlin #1 opened late",
    ]);
    expect(await test.executions()).toHaveLength(2);
  });

  it("of very many the oldest share a row", async () => {
    const schedule = await test.add({ times: { kind: "cron", expression: "* * * * * *" } });
    expect(await test.openAt("2027-11-21T12:00:00Z")).toBe(1);
    const runs = await test.runs(schedule);
    expect(runs).toHaveLength(MAX_LISTED_RUNS + 1);
    expect(runs[0]).toBe("2026-11-21T13:00:01 Europe/Berlin #1 missed too-old");
    expect(runs.at(-1)).toBe("2027-11-21T13:00:00 Europe/Berlin #1 opened on-time");
    const { rows } = await test.plant.pool.query("select through_at from schedule_run where through_at is not null");
    expect(rows).toEqual([{ through_at: new Date("2027-11-21T11:43:20.999Z") }]);
  });
});

describe("the clock", () => {
  it("set back runs nothing twice", async () => {
    const schedule = await test.add();
    await test.openAt("2026-11-22T05:00:00Z");
    await test.mendAt("2026-11-21T20:00:00Z");
    expect((await nextOf(schedule))?.occurrence).toBe("2026-11-22T06:00:00 Europe/Berlin #1");
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(0);
    expect(await test.openAt("2026-11-23T05:00:00Z")).toBe(1);
    expect(await test.executions()).toHaveLength(2);
  });

  it("set forward by a year for a while keeps no schedule from running afterwards", async () => {
    const schedule = await test.add();
    expect(await test.openAt("2027-11-21T12:00:00Z")).toBe(0);
    expect((await nextOf(schedule))?.dueAt).toBe("2027-11-22T05:00:00.000Z");
    await test.mendAt("2026-11-21T12:10:00Z");
    expect(await test.runs(schedule)).toEqual([]);
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(1);
  });

  it("of a daylight saving night opens what the policies say", async () => {
    test.setTime("2026-10-24T12:00:00Z");
    const times = { kind: "cron", expression: "30 2 * * *" } as const;
    const once = await test.add({ times });
    const twice = await test.add({ times, repeatedTime: "both" });
    for (const instant of ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"]) {
      await test.openAt(instant);
    }
    expect(await test.runs(once)).toEqual([
      "2026-10-25T02:30:00 Europe/Berlin #1 opened on-time",
      "2026-10-26T02:30:00 Europe/Berlin #1 opened on-time",
    ]);
    expect(await test.runs(twice)).toEqual([
      "2026-10-25T02:30:00 Europe/Berlin #1 opened on-time",
      "2026-10-25T02:30:00 Europe/Berlin #2 opened on-time",
      "2026-10-26T02:30:00 Europe/Berlin #1 opened on-time",
    ]);
  });

  it("of a spring night in a half-hour zone runs a shifted time half an hour later, and a skipped one not", async () => {
    test.setTime("2026-10-03T00:00:00Z");
    const times = { kind: "cron", expression: "15 2 * * *" } as const;
    const timeZone = "Australia/Lord_Howe";
    const shifted = await test.add({ times, timeZone });
    const skipped = await test.add({ times, timeZone, skippedTime: "skip" });
    expect(await test.openAt("2026-10-03T15:45:00Z")).toBe(1);
    expect(await test.openAt("2026-10-04T15:15:00Z")).toBe(2);
    expect((await test.runs(shifted))[0]).toBe("2026-10-04T02:15:00 Australia/Lord_Howe #1 opened on-time");
    expect((await test.runs(skipped))[0]).toBe("2026-10-05T02:15:00 Australia/Lord_Howe #1 opened on-time");
  });
});

describe("a paused schedule", () => {
  it("skips what comes, says so, and goes on when it is resumed", async () => {
    const schedule = await test.add();
    const paused = await pauseSchedule(test.scheduling, operator(), schedule.id, { reason: "Harvest" });
    expect(paused.paused).toEqual({
      by: "user:operator",
      at: "2026-11-21T12:00:00.000Z",
      until: null,
      reason: "Harvest",
    });
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(0);
    const resumed = await resumeSchedule(test.scheduling, operator(), schedule.id);
    expect(resumed.paused).toBeNull();
    expect(await test.openAt("2026-11-23T05:00:00Z")).toBe(1);
    expect(await test.runs(schedule)).toEqual([
      "2026-11-22T06:00:00 Europe/Berlin #1 skipped paused",
      "2026-11-23T06:00:00 Europe/Berlin #1 opened on-time",
    ]);
    expect(test.plant.changes.map(({ action }) => action)).toEqual([
      "schedule.create",
      "schedule.pause",
      "schedule.resume",
    ]);
  });

  it("goes on by itself at its time", async () => {
    const schedule = await test.add();
    await pauseSchedule(test.scheduling, operator(), schedule.id, { until: "2026-11-22T12:00:00Z" });
    expect(await test.openAt("2026-11-23T05:00:00Z")).toBe(1);
    expect((await requireSchedule(test.scheduling, operator().organizationId, schedule.id)).paused).toBeNull();
    expect(await test.runs(schedule)).toEqual([
      "2026-11-22T06:00:00 Europe/Berlin #1 skipped paused",
      "2026-11-23T06:00:00 Europe/Berlin #1 opened on-time",
    ]);
  });

  it("skips what came while nobody looked", async () => {
    const schedule = await test.add({ missedRuns: { policy: "run-all" } });
    await pauseSchedule(test.scheduling, operator(), schedule.id, {});
    test.setTime("2026-11-22T12:00:00Z");
    await resumeSchedule(test.scheduling, operator(), schedule.id);
    expect(await test.openAt("2026-11-22T12:00:01Z")).toBe(0);
    expect(await test.runs(schedule)).toEqual(["2026-11-22T06:00:00 Europe/Berlin #1 skipped paused"]);
  });

  it("is not paused until a time that is over", async () => {
    const schedule = await test.add();
    await expect(
      pauseSchedule(test.scheduling, operator(), schedule.id, { until: "2026-11-21T11:00:00Z" }),
    ).rejects.toMatchObject({ code: "schedule.pause_over" });
  });
});

describe("a changed schedule", () => {
  it("goes on with the first of its new times after now", async () => {
    const schedule = await test.add();
    const times = { kind: "cron", expression: "0 18 * * *" } as const;
    const changed = await updateSchedule(test.scheduling, operator(), schedule.id, { times });
    expect(changed.next?.dueAt).toBe("2026-11-21T17:00:00.000Z");
    expect(test.nudges()).toBe(2);
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(0);
  });

  it("settles first what is due by its old times", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T05:00:10Z");
    const times = { kind: "cron", expression: "0 18 * * *" } as const;
    const changed = await updateSchedule(test.scheduling, operator(), schedule.id, { times });
    expect(changed.next?.dueAt).toBe("2026-11-22T17:00:00.000Z");
    expect(await test.runs(schedule)).toEqual(["2026-11-22T06:00:00 Europe/Berlin #1 opened on-time"]);
    expect(await test.executions()).toHaveLength(1);
  });

  it("does not run one occurrence twice", async () => {
    const schedule = await test.add();
    await test.openAt("2026-11-22T05:00:00Z");
    test.setTime("2026-11-21T12:00:00Z");
    await updateSchedule(test.scheduling, operator(), schedule.id, {
      times: { kind: "cron", expression: "0 6,7 * * *" },
    });
    expect(await test.openAt("2026-11-22T05:00:00Z")).toBe(0);
    expect(await test.openAt("2026-11-22T06:00:00Z")).toBe(1);
  });

  it("follows its site into another time zone", async () => {
    const schedule = await test.add();
    const fixed = await test.add({ timeZone: "Europe/Berlin" });
    const registry = { pool: test.plant.pool, recordChange: async () => {}, randomBytes: () => Buffer.alloc(0) };
    const { rows } = await test.plant.pool.query("select slug from site");
    await updateSite(registry as never, operator(), rows[0].slug, { timeZone: "America/New_York" });
    await test.mendAt("2026-11-21T12:01:00Z");
    expect((await nextOf(schedule))?.occurrence).toBe("2026-11-22T06:00:00 America/New_York #1");
    expect((await nextOf(fixed))?.occurrence).toBe("2026-11-22T06:00:00 Europe/Berlin #1");
  });

  it("whose site has moved while nobody looked makes up for what it missed there", async () => {
    const schedule = await test.add({ missedRuns: { policy: "run-once" } });
    await test.plant.pool.query("update site set time_zone = 'Europe/London'");
    await test.mendAt("2026-11-22T09:00:00Z");
    expect(await test.openAt("2026-11-22T09:00:00Z")).toBe(1);
    expect(await test.runs(schedule)).toEqual(["2026-11-22T06:00:00 Europe/London #1 opened late"]);
  });
});

describe("an end", () => {
  it("is reached after the last occurrence", async () => {
    const times = { kind: "rrule", rule: "FREQ=DAILY;COUNT=2", start: "2026-11-21T18:00:00" } as const;
    const schedule = await test.add({ times });
    await test.openAt("2026-11-21T17:00:00Z");
    await test.openAt("2026-11-22T17:00:00Z");
    expect(await nextOf(schedule)).toBeNull();
    expect(await test.openAt("2030-01-01T00:00:00Z")).toBe(0);
    expect(await test.runs(schedule)).toHaveLength(2);
  });

  it("by deletion keeps the executions and opens nothing more", async () => {
    const schedule = await test.add();
    await test.openAt("2026-11-22T05:00:00Z");
    await deleteSchedule(test.scheduling, operator(), schedule.id);
    expect(await test.openAt("2026-11-23T05:00:00Z")).toBe(0);
    expect(await test.executions()).toHaveLength(1);
    await expect(nextOf(schedule)).rejects.toMatchObject({ code: "schedule.unknown" });
    // Its key is free again.
    await test.add({ key: schedule.key });
  });

  it("of the trail comes with age, and executions stay", async () => {
    const schedule = await test.add();
    await test.openAt("2026-11-22T05:00:00Z");
    await test.openAt("2026-11-23T05:00:00Z");
    expect(await deleteRunsBefore(test.plant.pool, Date.parse("2026-11-23T00:00:00Z") * 1000, 10)).toBe(1);
    expect(await test.runs(schedule)).toEqual(["2026-11-23T06:00:00 Europe/Berlin #1 opened on-time"]);
    expect(await test.executions()).toHaveLength(2);
  });
});
