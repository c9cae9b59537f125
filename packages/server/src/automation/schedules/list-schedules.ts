import { unknown } from "./change-schedule.ts";
import { listRuns, type RunPage, type ScheduleRun } from "./schedule-run-store.ts";
import { findStoredSchedule, listStoredSchedules, type ScheduleFilter } from "./schedule-store.ts";
import { type ScheduleView, viewOf } from "./schedule-view.ts";
import type { Scheduling } from "./scheduling.ts";

/** In the order in which they were made. */
export async function listSchedules(
  { pool, nowMicros }: Scheduling,
  organizationId: number,
  filter: ScheduleFilter,
): Promise<ScheduleView[]> {
  const now = await nowMicros(pool);
  return (await listStoredSchedules(pool, organizationId, filter)).map((schedule) => viewOf(schedule, now));
}

/** Throws `schedule.unknown`. */
export async function requireSchedule(
  { pool, nowMicros }: Scheduling,
  organizationId: number,
  id: number,
): Promise<ScheduleView> {
  const schedule = (await findStoredSchedule(pool, organizationId, id)) ?? unknown(id);
  return viewOf(schedule, await nowMicros(pool));
}

/** What became of each of its occurrences, newest first. Throws `schedule.unknown`. */
export async function listScheduleRuns(
  { pool }: Scheduling,
  organizationId: number,
  id: number,
  page: RunPage,
): Promise<ScheduleRun[]> {
  if ((await findStoredSchedule(pool, organizationId, id)) === undefined) unknown(id);
  return listRuns(pool, id, page);
}
