import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { updateSchedule } from "./change-schedule.ts";
import { mendOutdatedSchedules, openDueRuns } from "./open-due-runs.ts";
import { pauseSchedule, resumeSchedule } from "./pause-schedule.ts";
import { createTestSchedules, standingStill, type TestSchedules } from "./testing/test-schedules.ts";

let test: TestSchedules;

beforeEach(async () => {
  test = await createTestSchedules();
});
afterEach(() => test.stop());

const operator = () => test.plant.operator;
const EVERY_TEN_MINUTES = { kind: "cron", expression: "*/10 * * * *" } as const;
const SIX = "2026-11-22T06:00:00 Europe/Berlin #1";

/** Time passes before the lock is had. */
const until = (instant: string) => standingStill(test.scheduling, () => test.setTime(instant));

describe("a worker that has stood still", () => {
  it("does not take for a clock set back what others did meanwhile, and undoes no pause", async () => {
    const schedule = await test.add({ times: EVERY_TEN_MINUTES, missedRuns: { policy: "run-all" } });
    await pauseSchedule(test.scheduling, operator(), schedule.id, {});
    const skipped = ["13:10", "13:20", "13:30"].map((time) => `2026-11-21T${time}:00 Europe/Berlin #1 skipped paused`);
    const worker = standingStill(test.scheduling, async () => {
      await test.openAt("2026-11-21T12:30:00Z");
      test.setTime("2026-11-21T12:30:05Z");
      await resumeSchedule(test.scheduling, operator(), schedule.id);
    });
    expect(await mendOutdatedSchedules(worker)).toEqual({ opened: 0, errors: [] });
    expect(await test.runs(schedule)).toEqual(skipped);
    expect(await test.openAt("2026-11-21T12:30:10Z")).toBe(0);
    expect(await test.executions()).toEqual([]);
  });

  it("opens nothing as if it were on time", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T05:00:00Z");
    expect(await openDueRuns(until("2026-11-22T07:00:00Z"))).toEqual({ opened: 0, errors: [] });
    expect(await test.runs(schedule)).toEqual([`${SIX} missed policy`]);
  });
});

describe("a person who has waited for the lock", () => {
  it("does not pause until a time that is over by then", async () => {
    const schedule = await test.add();
    const slow = until("2026-11-21T12:01:00Z");
    const pause = { until: "2026-11-21T12:00:30Z" };
    await expect(pauseSchedule(slow, operator(), schedule.id, pause)).rejects.toMatchObject({
      code: "schedule.pause_over",
    });
  });

  it("resumes from then on: what came before is skipped", async () => {
    const schedule = await test.add();
    await pauseSchedule(test.scheduling, operator(), schedule.id, {});
    test.setTime("2026-11-22T04:59:50Z");
    await resumeSchedule(until("2026-11-22T05:00:10Z"), operator(), schedule.id);
    expect(await test.openAt("2026-11-22T05:00:11Z")).toBe(0);
    expect(await test.runs(schedule)).toEqual([`${SIX} skipped paused`]);
  });

  it("changes the times from then on: what has come due by the old ones is opened", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T04:59:50Z");
    const times = { kind: "cron", expression: "0 18 * * *" } as const;
    await updateSchedule(until("2026-11-22T05:00:10Z"), operator(), schedule.id, { times });
    expect(await test.runs(schedule)).toEqual([`${SIX} opened on-time`]);
  });
});

describe("what is due when a person changes a schedule, and no worker has looked at it yet,", () => {
  it("is settled also by a change of its name", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T05:00:10Z");
    const renamed = await updateSchedule(test.scheduling, operator(), schedule.id, { name: "At six" });
    expect(renamed.next?.occurrence).toBe("2026-11-23T06:00:00 Europe/Berlin #1");
    expect(await test.runs(schedule)).toEqual([`${SIX} opened on-time`]);
  });

  it("does what the schedule said until then", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T05:00:10Z");
    await updateSchedule(test.scheduling, operator(), schedule.id, { action: { kind: "STOP" } });
    expect(await test.executions()).toEqual([expect.objectContaining({ action: "RUN" })]);
  });

  it("is not reached by a pause that begins now", async () => {
    const schedule = await test.add();
    test.setTime("2026-11-22T05:00:10Z");
    await pauseSchedule(test.scheduling, operator(), schedule.id, {});
    expect(await test.openAt("2026-11-23T05:00:00Z")).toBe(0);
    expect(await test.runs(schedule)).toEqual([
      `${SIX} opened on-time`,
      "2026-11-23T06:00:00 Europe/Berlin #1 skipped paused",
    ]);
  });
});
