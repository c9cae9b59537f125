import type { PoolClient } from "pg";
import type { PlannedRun, RunReason } from "./plan-runs.ts";
import type { Queryable } from "./schedule-store.ts";

/** SQL of the table `schedule_run`. */
const fromMicros = (parameter: string): string =>
  `(timestamptz 'epoch' + ${parameter}::float8 * interval '1 microsecond')`;

export interface NewRun {
  readonly scheduleId: number;
  readonly organizationId: number;
  readonly key: string;
  readonly dueMicros: number;
  readonly state: PlannedRun["state"];
  readonly reason: RunReason;
  /** Of one that is opened. */
  readonly executionId: string | undefined;
  /** It stands for all up to this time. */
  readonly throughMicros?: number | undefined;
}

type RunName = Pick<NewRun, "scheduleId" | "key">;

/** Tells which of these runs are on record already; under the locks of their schedules that cannot change. */
export async function recordedRuns(client: PoolClient, runs: readonly RunName[]): Promise<(run: RunName) => boolean> {
  const { rows } = await client.query<RunName>(
    `select schedule_id as "scheduleId", run_key as key from schedule_run
      where (schedule_id, run_key) in (select * from unnest($1::int[], $2::text[]))`,
    [runs.map(({ scheduleId }) => scheduleId), runs.map(({ key }) => key)],
  );
  const nameOf = ({ scheduleId, key }: RunName): string => `${scheduleId} ${key}`;
  const recorded = new Set(rows.map(nameOf));
  return (run) => recorded.has(nameOf(run));
}

export async function insertRuns(client: PoolClient, runs: readonly NewRun[], nowMicros: number): Promise<void> {
  await client.query(
    `insert into schedule_run (schedule_id, organization_id, run_key, due_at, state, reason, execution_id, through_at,
                               recorded_at)
     select r.schedule_id, r.organization_id, r.run_key, ${fromMicros("r.due")}, r.state, r.reason, r.execution_id,
            ${fromMicros("r.through")}, ${fromMicros("$9")}
       from unnest($1::int[], $2::int[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::uuid[], $8::float8[])
            as r (schedule_id, organization_id, run_key, due, state, reason, execution_id, through)`,
    [
      runs.map(({ scheduleId }) => scheduleId),
      runs.map(({ organizationId }) => organizationId),
      runs.map(({ key }) => key),
      runs.map(({ dueMicros }) => dueMicros),
      runs.map(({ state }) => state),
      runs.map(({ reason }) => reason),
      runs.map(({ executionId }) => executionId ?? null),
      runs.map(({ throughMicros }) => throughMicros ?? null),
      nowMicros,
    ],
  );
}

export interface ScheduleRun {
  /** The key. */
  readonly occurrence: string;
  readonly dueAt: Date;
  readonly state: PlannedRun["state"];
  readonly reason: RunReason;
  readonly execution: string | null;
  /** Of many that passed at once: the row stands for all up to this time. */
  readonly throughAt: Date | null;
  readonly recordedAt: Date;
}

export interface RunPage {
  readonly state?: PlannedRun["state"] | undefined;
  /** Only runs that come after this one in the list. */
  readonly afterKey?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listRuns(db: Queryable, scheduleId: number, page: RunPage): Promise<ScheduleRun[]> {
  const { rows } = await db.query<ScheduleRun>(
    `select r.run_key as occurrence, r.due_at as "dueAt", r.state, r.reason, r.execution_id as execution,
            r.through_at as "throughAt", r.recorded_at as "recordedAt"
       from schedule_run r
      where r.schedule_id = $1 and ($2::text is null or r.state = $2)
        and ($3::text is null or (r.due_at, r.run_key) < (select l.due_at, l.run_key from schedule_run l
                                                           where l.schedule_id = $1 and l.run_key = $3))
      order by r.due_at desc, r.run_key desc
      limit $4`,
    [scheduleId, page.state, page.afterKey, page.limit],
  );
  return rows;
}

/** The schedule that an execution belongs to, as its view shows it. */
export interface ScheduledBy {
  readonly id: number;
  readonly name: string;
  /** The key of its run. */
  readonly occurrence: string;
}

/** By execution; those of schedules that have been deleted as well. */
export async function schedulesOfExecutions(
  db: Queryable,
  executionIds: readonly string[],
): Promise<ReadonlyMap<string, ScheduledBy>> {
  if (executionIds.length === 0) return new Map();
  const { rows } = await db.query<ScheduledBy & { readonly executionId: string }>(
    `select r.execution_id as "executionId", s.id, s.name, r.run_key as occurrence
       from schedule_run r
       join schedule s on s.id = r.schedule_id
      where r.execution_id = any($1::uuid[])`,
    [executionIds],
  );
  return new Map(rows.map(({ executionId, ...schedule }) => [executionId, schedule]));
}

/**
 * Takes back what was passed over by a clock that was ahead, as far as it was due after a time. What a person's pause has skipped
 * is taken back only where it is yet to come.
 */
export async function forgetUnopened(
  client: PoolClient,
  scheduleIds: readonly number[],
  { dueAfterMicros, nowMicros }: { readonly dueAfterMicros: number; readonly nowMicros: number },
): Promise<void> {
  await client.query(
    `delete from schedule_run
      where schedule_id = any($1) and state <> 'opened' and recorded_at > ${fromMicros("$3")}
        and due_at > case state when 'skipped' then ${fromMicros("$3")} else ${fromMicros("$2")} end`,
    [scheduleIds, dueAfterMicros, nowMicros],
  );
  await client.query(
    `update schedule_run set through_at = ${fromMicros("$2")} where schedule_id = any($1) and through_at > ${fromMicros("$2")}`,
    [scheduleIds, nowMicros],
  );
}

/** Forgets runs that were due before a time, at most `limit`; their executions stay. Returns how many. */
export async function deleteRunsBefore(db: Queryable, micros: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from schedule_run
      where (schedule_id, run_key) in (select schedule_id, run_key from schedule_run where due_at < ${fromMicros("$1")} limit $2)`,
    [micros, limit],
  );
  return rowCount ?? 0;
}
