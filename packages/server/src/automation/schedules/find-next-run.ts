import { SluiceError } from "@sluice/core/errors.ts";
import { nextOccurrences, type Schedule } from "@sluice/core/schedules/schedule.ts";
import { compileFor, type ScheduleSettings, type ScheduleSite } from "./schedule-record.ts";
import type { Found, NextRun } from "./schedule-store.ts";

export function nextRunAfter(schedule: Schedule, afterMicros: number): NextRun | undefined {
  const next = nextOccurrences(schedule, afterMicros, 1)[0];
  return next && { dueMicros: next.timeMicros, key: next.key };
}

/** Throws what `compileSchedule` does, and `schedule.never` for one that has come to its end before it began. */
export function findFirstRun(settings: ScheduleSettings, site: ScheduleSite, nowMicros: number): Found {
  const next = nextRunAfter(compileFor(settings, site), nowMicros);
  if (next === undefined) {
    const message = "This schedule never comes within the next eight years: look at its times, and at until.";
    throw new SluiceError("invalid", "schedule.never", message);
  }
  return { next, foundFor: site.ground, foundMicros: nowMicros };
}
