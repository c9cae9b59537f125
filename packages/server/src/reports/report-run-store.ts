import { SluiceError } from "@sluice/core/errors.ts";
import type { Queryable } from "../platform/postgres.ts";
import { FIRST_PAUSE_MS, MAX_ATTEMPTS } from "./limits.ts";
import type { ClaimedRun, ReportFiles, ReportFormat, ReportRun, ReportState } from "./report-run.ts";

export interface NewRun {
  readonly id: string;
  readonly organizationId: number;
  readonly report: string;
  readonly siteId: number;
  /** Slug. */
  readonly site: string;
  readonly period: string;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly language: string;
  readonly formats: readonly ReportFormat[];
  readonly recipients: readonly string[];
  readonly keepDays: number;
  readonly scheduleId: number | null;
  readonly isUrgent: boolean;
  readonly requestedBy: string;
  readonly at: Date;
}

/** False: the schedule has a run of this period already. */
export async function insertRun(db: Queryable, run: NewRun): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into report_run (id, organization_id, report, site_id, site, period, from_at, to_at, language, formats, recipients,
                             keep_days, schedule_id, is_urgent, state, due_at, requested_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'queued', $16, $15, $16)
     on conflict (schedule_id, period) where schedule_id is not null do nothing`,
    [
      run.id,
      run.organizationId,
      run.report,
      run.siteId,
      run.site,
      run.period,
      new Date(run.fromMicros / 1000),
      new Date(run.toMicros / 1000),
      run.language,
      run.formats,
      run.recipients,
      run.keepDays,
      run.scheduleId,
      run.isUrgent,
      run.requestedBy,
      run.at,
    ],
  );
  return rowCount === 1;
}

/** Of an organization, asked for by people and programs, and not made yet. */
export async function countQueuedUrgent(db: Queryable, organizationId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from report_run
      where organization_id = $1 and state = 'queued' and is_urgent and deleted_at is null`,
    [organizationId],
  );
  return rows[0]!.count;
}

/**
 * Takes the run that is due: what somebody waits for first. A run whose worker has died comes again. Each statement locks one
 * row that nobody else has.
 */
export async function claimRun(
  db: Queryable,
  { at, leaseUntil, urgentOnly }: { readonly at: Date; readonly leaseUntil: Date; readonly urgentOnly: boolean },
): Promise<ClaimedRun | undefined> {
  const { rows } = await db.query<ClaimedRun>(
    `update report_run
        set state = 'running', attempts = attempts + 1, lease_until = $2, started_at = coalesce(started_at, $1)
      where id = (
        select id from report_run
         where ((state = 'queued' and due_at <= $1) or (state = 'running' and lease_until <= $1 and attempts < $4))
           and deleted_at is null and (is_urgent or not $3)
         order by is_urgent desc, due_at, seq
         limit 1 for update skip locked)
     returning id, organization_id as "organizationId", report, site_id as "siteId", site, period, from_at as "from", to_at as "to", language, formats,
               recipients, keep_days as "keepDays", is_urgent as "isUrgent", attempts`,
    [at, leaseUntil, urgentOnly, MAX_ATTEMPTS],
  );
  return rows[0];
}

/** What was deleted meanwhile goes with the next sweep all the same. */
function expiryAfter(finished: "$1" | "$10"): string {
  return `case when deleted_at is null then ${finished}::timestamptz + make_interval(days => keep_days) else expires_at end`;
}

/** Runs that took the process down with them at their last attempt: nobody else could end them. Answers which. */
export async function failDeadRuns(db: Queryable, at: Date, error: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(
    `update report_run
        set state = 'failed', lease_until = null, error_code = 'report.died', error = $3, finished_at = $1,
            expires_at = ${expiryAfter("$1")}
      where state = 'running' and lease_until <= $1 and attempts >= $2
     returning id`,
    [at, MAX_ATTEMPTS, error],
  );
  return rows.map(({ id }) => id);
}

/** False: somebody else has it by now. */
export async function renewLease(db: Queryable, { id, attempts }: ClaimedRun, leaseUntil: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    "update report_run set lease_until = $3 where id = $1 and attempts = $2 and state = 'running'",
    [id, attempts, leaseUntil],
  );
  return rowCount === 1;
}

/** How an attempt ends. */
export type RunEnding =
  | {
      readonly state: "done";
      readonly isComplete: boolean;
      readonly share: number | null;
      readonly files: ReportFiles;
    }
  | { readonly state: "queued"; readonly errorCode: string; readonly error: string }
  | { readonly state: "failed"; readonly errorCode: string; readonly error: string };

/** Every change of a running run's state. False: another attempt has it, and this one's outcome counts for nothing. */
export async function endAttempt(
  db: Queryable,
  { id, attempts }: ClaimedRun,
  ending: RunEnding,
  at: Date,
): Promise<boolean> {
  const isOver = ending.state !== "queued";
  const made = ending.state === "done" ? ending : undefined;
  const failure = ending.state === "done" ? undefined : ending;
  const { rowCount } = await db.query(
    `update report_run
        set state = $3, lease_until = null, due_at = $4, error_code = $5, error = $6, is_complete = $7, share = $8, files = $9,
            finished_at = $10,
            expires_at = ${expiryAfter("$10")}
      where id = $1 and attempts = $2 and state = 'running'`,
    [
      id,
      attempts,
      ending.state,
      isOver ? at : new Date(at.getTime() + FIRST_PAUSE_MS * 4 ** (attempts - 1)),
      failure?.errorCode,
      failure?.error,
      made?.isComplete,
      made?.share,
      JSON.stringify(made?.files ?? {}),
      isOver ? at : null,
    ],
  );
  return rowCount === 1;
}

const RUN = `
  select id, seq::float8 as seq, report, site, period, from_at as "from", to_at as "to", language, formats, recipients,
         schedule_id as schedule, is_urgent as "isUrgent", state, attempts, error_code as "errorCode", error,
         is_complete as "isComplete", share, files, requested_by as "requestedBy", created_at as "createdAt",
         started_at as "startedAt", finished_at as "finishedAt", expires_at as "expiresAt"
    from report_run`;

export interface RunFilter {
  readonly report?: string | undefined;
  /** Slug. */
  readonly site?: string | undefined;
  readonly state?: ReportState | undefined;
  readonly scheduleId?: number | undefined;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listRuns(db: Queryable, organizationId: number, filter: RunFilter): Promise<ReportRun[]> {
  const { rows } = await db.query<ReportRun>(
    `${RUN}
      where organization_id = $1 and deleted_at is null
        and ($2::text is null or report = $2) and ($3::text is null or site = $3)
        and ($4::text is null or state = $4) and ($5::int is null or schedule_id = $5)
        and ($6::bigint is null or seq < $6)
      order by seq desc
      limit $7`,
    [organizationId, filter.report, filter.site, filter.state, filter.scheduleId, filter.beforeSeq, filter.limit],
  );
  return rows;
}

/** Throws `report.unknown`, as for one of another organization. */
export async function requireRun(db: Queryable, organizationId: number, id: string): Promise<ReportRun> {
  const sql = `${RUN} where organization_id = $1 and id = $2 and deleted_at is null`;
  const { rows } = await db.query<ReportRun>(sql, [organizationId, id]);
  if (rows[0]) return rows[0];
  throw new SluiceError("not-found", "report.unknown", "There is no such report.", { details: { report: id } });
}

/** Its files go with the next sweep, its attempt under way counts for nothing. */
export async function markDeleted(db: Queryable, organizationId: number, id: string, at: Date): Promise<void> {
  await db.query("update report_run set deleted_at = $3, expires_at = $3 where organization_id = $1 and id = $2", [
    organizationId,
    id,
    at,
  ]);
}

export interface SweptRun {
  readonly id: string;
  readonly organizationId: number;
  readonly attempts: number;
}

/** Those whose time is up, and which no attempt can still be writing. */
export async function findExpiredRuns(
  db: Queryable,
  at: Date,
  settledBefore: Date,
  limit: number,
): Promise<SweptRun[]> {
  const { rows } = await db.query<SweptRun>(
    `select id, organization_id as "organizationId", attempts from report_run
      where expires_at <= $1
        and coalesce(lease_until, finished_at, started_at, created_at) <= case when attempts = 0 then $1::timestamptz else $2::timestamptz end
      order by expires_at limit $3`,
    [at, settledBefore, limit],
  );
  return rows;
}

export async function deleteRun(db: Queryable, id: string): Promise<void> {
  await db.query("delete from report_run where id = $1", [id]);
}

/** Those that are not made yet, and those that could not be. */
export async function countUnmadeReports(
  db: Queryable,
): Promise<{ readonly state: Exclude<ReportState, "done">; readonly reports: number }[]> {
  const { rows } = await db.query(
    `select s.state, count(r.id)::int as reports
       from unnest(array['queued', 'running', 'failed']) as s (state)
       left join report_run r on r.state = s.state and r.deleted_at is null
      group by s.state order by s.state`,
  );
  return rows;
}
