import { afterEach, beforeEach, expect, it } from "vitest";
import { updateSchedule } from "./change-schedule.ts";
import { requireSchedule } from "./list-schedules.ts";
import { pauseSchedule } from "./pause-schedule.ts";
import type { ScheduleView } from "./schedule-view.ts";
import { createTestSchedules, type TestSchedules } from "./testing/test-schedules.ts";

let test: TestSchedules;
let schedule: ScheduleView;

const SUNSET = "2026-11-21 sunset Europe/Berlin #1";
const AFTER_SUNSET = "2026-11-21T16:00:00Z";

/** A schedule of the sun, whose site then loses its place. */
beforeEach(async () => {
  test = await createTestSchedules();
  await test.plant.pool.query("update site set latitude = 52.52, longitude = 13.4");
  schedule = await test.add({
    times: { kind: "sun", event: "sunset", offsetMs: 0 },
    missedRuns: { policy: "run-all" },
  });
  expect(schedule.next?.occurrence).toBe(SUNSET);
  await test.plant.pool.query("update site set latitude = null");
});
afterEach(() => test.stop());

const view = () => requireSchedule(test.scheduling, test.plant.operator.organizationId, schedule.id);
const PROBLEM = expect.stringContaining("latitude and longitude");

it("a schedule of the sun whose site loses its place says so, and comes back with it", async () => {
  await test.mendAt("2026-11-21T12:01:00Z");
  expect(await view()).toMatchObject({ next: null, problem: PROBLEM });
  await test.plant.pool.query("update site set latitude = 52.52");
  await test.mendAt("2026-11-21T12:02:00Z");
  expect(await view()).toMatchObject({ next: schedule.next, problem: null });
});

it("has a row for the run that was due when it was noticed, whoever looks first", async () => {
  await test.mendAt(AFTER_SUNSET);
  expect(await test.openAt(AFTER_SUNSET)).toBe(0);
  expect(await test.runs(schedule)).toEqual([`${SUNSET} missed problem`]);
  expect(await view()).toMatchObject({ next: null, problem: PROBLEM });
});

it("has a row that says paused where a pause covers the run", async () => {
  await pauseSchedule(test.scheduling, test.plant.operator, schedule.id, {});
  await test.openAt(AFTER_SUNSET);
  expect(await test.runs(schedule)).toEqual([`${SUNSET} skipped paused`]);
});

it("keeps its problem when only its name changes", async () => {
  await test.mendAt("2026-11-21T12:01:00Z");
  const renamed = await updateSchedule(test.scheduling, test.plant.operator, schedule.id, { name: "At sunset" });
  expect(renamed).toMatchObject({ name: "At sunset", next: null, problem: PROBLEM });
});
