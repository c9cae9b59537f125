import type { ScheduleTimes } from "@sluice/core/schedules/schedule.ts";
import type { RepeatedTime, SkippedTime } from "@sluice/core/schedules/wall-clock.ts";
import type { MissedRuns, ScheduleAction } from "./schedule-record.ts";
import { isPausedAt } from "./schedule-record.ts";
import type { StoredSchedule } from "./schedule-store.ts";

/** A schedule as `GET /api/v1/schedules` shows it. */
export interface ScheduleView {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly actuator: number;
  readonly actuatorKey: string;
  /** Uid. */
  readonly device: string;
  readonly action: ScheduleAction;
  /** The one in force. */
  readonly timeZone: string;
  /** Whether it is that of the site, and follows it. */
  readonly isSiteTimeZone: boolean;
  readonly times: ScheduleTimes;
  readonly skippedTime: SkippedTime;
  readonly repeatedTime: RepeatedTime;
  readonly from: string | null;
  readonly until: string | null;
  readonly missedRuns: MissedRuns;
  readonly latestStartMs: number;
  readonly paused: {
    readonly by: string;
    readonly at: string;
    readonly until: string | null;
    readonly reason: string | null;
  } | null;
  /** Null when it has come to its end. A paused one passes it over. */
  readonly next: { readonly occurrence: string; readonly dueAt: string } | null;
  /** Why none can be found; null: nothing is wrong. */
  readonly problem: string | null;
  readonly createdAt: Date;
}

export function viewOf(schedule: StoredSchedule, nowMicros: number): ScheduleView {
  const { id, key, name, actuatorId, actuatorKey, device, action, timeZone, timing, site } = schedule;
  const { nextDueMicros, nextRunKey, missedRuns, latestStartMs, problem, createdAt } = schedule;
  return {
    ...{ id, key, name, actuator: actuatorId, actuatorKey, device, action },
    ...{ timeZone: timeZone ?? site.timeZone, isSiteTimeZone: timeZone === null, times: timing.times },
    ...{ skippedTime: timing.skippedTime ?? "shift", repeatedTime: timing.repeatedTime ?? "first" },
    ...{ from: timing.from ?? null, until: timing.until ?? null, missedRuns, latestStartMs },
    paused: pausedOf(schedule, nowMicros),
    next: nextRunKey === null ? null : { occurrence: nextRunKey, dueAt: timeOf(nextDueMicros!) },
    ...{ problem, createdAt },
  };
}

function pausedOf(schedule: StoredSchedule, nowMicros: number): ScheduleView["paused"] {
  const { pausedBy: by, pausedMicros, pausedUntilMicros, pauseReason: reason } = schedule;
  if (by === null || !isPausedAt({ by, untilMicros: pausedUntilMicros ?? undefined }, nowMicros)) return null;
  return {
    by,
    at: timeOf(pausedMicros!),
    until: pausedUntilMicros === null ? null : timeOf(pausedUntilMicros),
    reason,
  };
}

export function timeOf(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
