import { isSluiceError } from "@sluice/core/errors.ts";
import type { ReportPeriodKind } from "@sluice/core/reports/report-definition.ts";
import { periodAt, type ReportPeriod } from "@sluice/core/reports/report-period.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { languageOf, requireDefinition } from "./definitions.ts";
import { compileReportTimes, nextDue, type PlannedReports, planReports } from "./plan-runs.ts";
import { insertRun } from "./report-run-store.ts";
import { type DueSchedule, lockDueSchedule, recordPlanned } from "./report-schedule-store.ts";
import { nowOf, type Reports } from "./reports.ts";

/** Looked at in one round; the rest in the next. */
const MAX_SCHEDULES_A_ROUND = 1_000;

/**
 * Queues what schedules ask for, each schedule in a transaction of its own. One that cannot be opened stays due for the next round
 * and keeps no other from its turn. Answers how many runs were queued.
 */
export async function openDueRuns(reports: Reports): Promise<number> {
  const failed: number[] = [];
  let opened = 0;
  for (let looked = 0; looked < MAX_SCHEDULES_A_ROUND; looked++) {
    const count = await openNext(reports, failed);
    if (count === undefined) break;
    opened += count;
  }
  return opened;
}

/** Undefined: nothing is due. What fails is added to `failed`, and not looked at again. */
async function openNext(reports: Reports, failed: number[]): Promise<number | undefined> {
  let schedule: DueSchedule | undefined;
  try {
    return await inTransaction(reports.pool, async (client) => {
      schedule = await lockDueSchedule(client, nowOf(reports), failed);
      return schedule && openRuns(reports, client, schedule);
    });
  } catch (error) {
    if (schedule === undefined) throw error;
    failed.push(schedule.id);
    reports.logger.error({ err: error, schedule: schedule.id }, "the reports of a schedule could not be queued");
    return 0;
  }
}

async function openRuns(reports: Reports, client: PoolClient, schedule: DueSchedule): Promise<number> {
  const now = nowOf(reports);
  const { id, timeZone, plannedThrough } = schedule;
  const planned = plan(reports, schedule, now);
  let opened = 0;
  for (const period of planned.periods) if (await openRun(reports, client, schedule, period)) opened++;
  if (planned.missed > 0) {
    reports.logger.warn({ schedule: id, missed: planned.missed }, "reports were missed while nobody made them");
  }
  // A clock that was set back does not open again what it has opened.
  const through = plannedThrough > now ? plannedThrough : now;
  await recordPlanned(client, id, { ...planned, plannedThrough: through, foundFor: timeZone });
  return opened;
}

interface Planned extends PlannedReports {
  readonly nextDueAt: Date | null;
}

/** A schedule that cannot be understood any more keeps no other from being opened: it waits until somebody has changed it. */
function plan({ logger }: Reports, schedule: DueSchedule, now: Date): Planned {
  const { id, report, timeZone, plannedThrough } = schedule;
  const nowMicros = now.getTime() * 1000;
  const afterMicros = plannedThrough.getTime() * 1000;
  try {
    const times = compileReportTimes(schedule.times, timeZone);
    const kind = requireDefinition(report).period;
    const planned = planReports(times, kind, afterMicros, nowMicros);
    const askedMicros = askedThrough(kind, planned.periods.at(-1));
    return { ...planned, nextDueAt: nextDue(times, Math.max(nowMicros, afterMicros, askedMicros)) ?? null };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    logger.error({ err: error, schedule: id }, "a schedule of reports asks for what there is not");
    return { periods: [], missed: 0, nextDueAt: null };
  }
}

/** What occurs until the next period is over asks for nothing more: a report is due at most once in the length of its period. */
function askedThrough(kind: ReportPeriodKind, newest: ReportPeriod | undefined): number {
  return newest === undefined ? 0 : periodAt(kind, newest.zone, newest.toMicros).toMicros - 1;
}

async function openRun(
  reports: Reports,
  client: PoolClient,
  schedule: DueSchedule,
  { name, fromMicros, toMicros }: ReportPeriod,
): Promise<boolean> {
  const { id, organizationId, siteId, site, report, formats, recipients, keepDays } = schedule;
  return insertRun(client, {
    id: reports.newId(),
    ...{ organizationId, report, siteId, site, formats, recipients, keepDays, fromMicros, toMicros },
    period: name,
    language: languageOf(schedule.language ?? schedule.siteLanguage),
    scheduleId: id,
    isUrgent: false,
    requestedBy: `report-schedule:${id}`,
    at: nowOf(reports),
  });
}
