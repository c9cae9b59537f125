import { SluiceError } from "@sluice/core/errors.ts";
import type { Queryable } from "../platform/postgres.ts";
import type { ReportFormat } from "./report-run.ts";

/** By the clock of the site. */
export type ReportTimes =
  | { readonly kind: "daily"; readonly at: string }
  | { readonly kind: "cron"; readonly expression: string };

/** Who wants which report when. What it reports is the newest period that is over at its time. */
export interface ReportSchedule {
  readonly id: number;
  readonly name: string;
  /** Key of its definition. */
  readonly report: string;
  /** Slug. */
  readonly site: string;
  readonly times: ReportTimes;
  /** Null: that of the site. */
  readonly language: string | null;
  readonly formats: readonly ReportFormat[];
  /** E-mail addresses. */
  readonly recipients: readonly string[];
  readonly keepDays: number;
  readonly isEnabled: boolean;
  readonly nextDueAt: Date | null;
  /** Periods that nobody made a report of, because Sluice was down for longer than it makes up for. */
  readonly missed: number;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** What people decide of it. */
export type ReportScheduleFields = Pick<
  ReportSchedule,
  "name" | "report" | "times" | "language" | "formats" | "recipients" | "keepDays" | "isEnabled"
>;

/** What the planner finds. */
export interface PlannedTimes {
  readonly plannedThrough: Date;
  readonly nextDueAt: Date | null;
  readonly foundFor: string;
}

const SCHEDULE = `
  select c.id, c.name, c.report, s.slug as site, c.times, c.language, c.formats, c.recipients, c.keep_days as "keepDays",
         c.is_enabled as "isEnabled", c.next_due_at as "nextDueAt", c.missed, c.created_at as "createdAt",
         c.created_by as "createdBy"
    from report_schedule c
    join site s on s.id = c.site_id`;

export async function listReportSchedules(
  db: Queryable,
  organizationId: number,
  filter: { readonly site?: string | undefined; readonly afterId?: number | undefined; readonly limit: number },
): Promise<ReportSchedule[]> {
  const { rows } = await db.query<ReportSchedule>(
    `${SCHEDULE}
      where c.organization_id = $1 and c.id > coalesce($2, 0) and ($3::text is null or s.slug = $3)
      order by c.id limit $4`,
    [organizationId, filter.afterId, filter.site, filter.limit],
  );
  return rows;
}

/** Throws `report_schedule.unknown`. */
export async function requireReportSchedule(
  db: Queryable,
  organizationId: number,
  id: number,
): Promise<ReportSchedule> {
  const { rows } = await db.query<ReportSchedule>(`${SCHEDULE} where c.organization_id = $1 and c.id = $2`, [
    organizationId,
    id,
  ]);
  if (rows[0]) return rows[0];
  const message = "There is no such schedule of reports.";
  throw new SluiceError("not-found", "report_schedule.unknown", message, { details: { schedule: id } });
}

export async function lockReportSchedule(db: Queryable, organizationId: number, id: number): Promise<void> {
  await db.query("select 1 from report_schedule where organization_id = $1 and id = $2 for update", [
    organizationId,
    id,
  ]);
}

export async function countReportSchedules(db: Queryable, organizationId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from report_schedule where organization_id = $1",
    [organizationId],
  );
  return rows[0]!.count;
}

export async function insertReportSchedule(
  db: Queryable,
  schedule: ReportScheduleFields &
    PlannedTimes & {
      readonly organizationId: number;
      readonly siteId: number;
      readonly createdAt: Date;
      readonly createdBy: string;
    },
): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into report_schedule (organization_id, site_id, name, report, times, language, formats, recipients, keep_days,
                                  is_enabled, planned_through, next_due_at, found_for, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     returning id`,
    [
      schedule.organizationId,
      schedule.siteId,
      ...valuesOf(schedule),
      schedule.plannedThrough,
      schedule.nextDueAt,
      schedule.foundFor,
      schedule.createdAt,
      schedule.createdBy,
    ],
  );
  return rows[0]!.id;
}

/** `planned` undefined: what was due stays due. */
export async function updateReportSchedule(
  db: Queryable,
  id: number,
  schedule: ReportScheduleFields,
  planned: PlannedTimes | undefined,
): Promise<void> {
  await db.query(
    `update report_schedule
        set name = $2, report = $3, times = $4, language = $5, formats = $6, recipients = $7, keep_days = $8, is_enabled = $9,
            planned_through = coalesce($10, planned_through), found_for = coalesce($12, found_for),
            next_due_at = case when $10::timestamptz is null then next_due_at else $11 end
      where id = $1`,
    [id, ...valuesOf(schedule), planned?.plannedThrough, planned?.nextDueAt, planned?.foundFor],
  );
}

function valuesOf(fields: ReportScheduleFields): readonly unknown[] {
  const { name, report, times, language, formats, recipients, keepDays, isEnabled } = fields;
  return [name, report, JSON.stringify(times), language, formats, recipients, keepDays, isEnabled];
}

export async function deleteReportSchedule(db: Queryable, id: number): Promise<void> {
  await db.query("delete from report_schedule where id = $1", [id]);
}

export interface DueSchedule extends ReportScheduleFields {
  readonly id: number;
  readonly organizationId: number;
  readonly siteId: number;
  readonly site: string;
  readonly siteLanguage: string;
  readonly timeZone: string;
  readonly foundFor: string;
  readonly plannedThrough: Date;
}

/**
 * The one that is due longest, or whose site has moved to another zone, but none of `without`; locked, and nobody else's until the
 * transaction ends.
 */
export async function lockDueSchedule(
  db: Queryable,
  at: Date,
  without: readonly number[],
): Promise<DueSchedule | undefined> {
  const { rows } = await db.query<DueSchedule>(
    `select c.id, c.organization_id as "organizationId", c.site_id as "siteId", s.slug as site, s.language as "siteLanguage",
            s.time_zone as "timeZone", c.found_for as "foundFor", c.planned_through as "plannedThrough", c.name, c.report,
            c.times, c.language, c.formats, c.recipients, c.keep_days as "keepDays", c.is_enabled as "isEnabled"
       from report_schedule c
       join site s on s.id = c.site_id
      where c.is_enabled and (c.next_due_at <= $1 or c.found_for <> s.time_zone) and c.id <> all($2::int[])
      order by c.next_due_at limit 1
      for update of c skip locked`,
    [at, without],
  );
  return rows[0];
}

export async function recordPlanned(
  db: Queryable,
  id: number,
  { plannedThrough, nextDueAt, foundFor, missed }: PlannedTimes & { readonly missed: number },
): Promise<void> {
  await db.query(
    `update report_schedule set planned_through = $2, next_due_at = $3, found_for = $4, missed = missed + $5 where id = $1`,
    [id, plannedThrough, nextDueAt, foundFor, missed],
  );
}

/** When the next one is due. */
export async function nextDueAt(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date | null }>("select min(next_due_at) as at from report_schedule");
  return rows[0]?.at ?? undefined;
}
