import type { ReportPeriodKind } from "@sluice/core/reports/report-definition.ts";
import { periodAt, periodBefore, type ReportPeriod } from "@sluice/core/reports/report-period.ts";
import { compileSchedule, nextOccurrences, type Schedule } from "@sluice/core/schedules/schedule.ts";
import { MAX_MADE_UP } from "./limits.ts";
import type { ReportTimes } from "./report-schedule-store.ts";

export interface PlannedReports {
  /** Oldest first. */
  readonly periods: readonly ReportPeriod[];
  /** Older ones that are too many to make up for. */
  readonly missed: number;
}

/** Looked back at, whatever the time that has passed: a year of hours. */
const MAX_LOOKED_BACK = 8_784;
const DAILY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * Where the clock is set back a time that it shows again counts both times: hours that occur twice are two reports, and a longer
 * period is reported once all the same. Throws an invalid `schedule.*`.
 */
export function compileReportTimes(times: ReportTimes, timeZone: string): Schedule {
  const expression = expressionOf(times);
  return compileSchedule({ timeZone, times: { kind: "cron", expression }, repeatedTime: "both" });
}

function expressionOf(times: ReportTimes): string {
  if (times.kind === "cron") return times.expression;
  const [, hour, minute] = DAILY.exec(times.at) ?? [];
  return `${Number(minute)} ${Number(hour)} * * *`;
}

/** Undefined: never again. */
export function nextDue(schedule: Schedule, afterMicros: number): Date | undefined {
  const [next] = nextOccurrences(schedule, afterMicros, 1);
  return next && new Date(next.timeMicros / 1000);
}

/**
 * Which periods are to be reported by the occurrences after one time and up to another: at each the newest period that is over.
 * However many occurrences lie between the ends of two periods, they ask for one report.
 */
export function planReports(
  schedule: Schedule,
  kind: ReportPeriodKind,
  afterMicros: number,
  throughMicros: number,
): PlannedReports {
  const periods: ReportPeriod[] = [];
  const zone = schedule.zone.name;
  let missed = 0;
  let period = periodBefore(kind, zone, throughMicros);
  for (let looked = 0; looked < MAX_LOOKED_BACK; looked++) {
    const next = periodAt(kind, zone, period.toMicros);
    if (next.toMicros <= afterMicros) break;
    const isAsked = occursBetween(
      schedule,
      Math.max(afterMicros, period.toMicros - 1),
      Math.min(throughMicros + 1, next.toMicros),
    );
    if (isAsked && periods.length < MAX_MADE_UP) periods.push(period);
    else if (isAsked) missed++;
    period = periodAt(kind, zone, period.fromMicros - 1);
  }
  return { periods: periods.reverse(), missed };
}

/** After the first and before the second. */
function occursBetween(schedule: Schedule, afterMicros: number, beforeMicros: number): boolean {
  for (const { timeMicros } of schedule.occurrences(afterMicros, beforeMicros)) {
    if (timeMicros !== undefined) return true;
  }
  return false;
}
