import type { Pool, PoolClient } from "pg";
import type { ScheduleAction, ScheduleSettings, ScheduleSite, ScheduleTiming } from "./schedule-record.ts";

/** SQL of the table `schedule`. */
export type Queryable = Pool | PoolClient;

const micros = (timestamptz: string): string => `(extract(epoch from ${timestamptz}) * 1000000)::int8`;
const fromMicros = (parameter: string): string =>
  `(timestamptz 'epoch' + ${parameter}::float8 * interval '1 microsecond')`;

export async function databaseNowMicros(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: number }>(`select ${micros("clock_timestamp()")} as now`);
  return rows[0]!.now;
}

/** A schedule with what its runs need of its actuator and site. */
export interface StoredSchedule extends ScheduleSettings {
  readonly id: number;
  readonly organizationId: number;
  readonly key: string;
  readonly deviceId: number;
  readonly actuatorKey: string;
  /** Uid. */
  readonly device: string;
  readonly maxRunMs: number;
  readonly site: ScheduleSite;
  readonly pausedBy: string | null;
  readonly pausedMicros: number | null;
  readonly pausedUntilMicros: number | null;
  readonly pauseReason: string | null;
  readonly nextDueMicros: number | null;
  readonly nextRunKey: string | null;
  readonly foundFor: string;
  readonly foundMicros: number;
  readonly problem: string | null;
  readonly createdAt: Date;
}

/** Of a site `i`. */
const GROUND = "concat_ws(' ', i.time_zone, coalesce(i.latitude::text, '-'), coalesce(i.longitude::text, '-'))";

const SCHEDULE = `
  select s.id, s.organization_id as "organizationId", s.key, s.name, s.actuator_id as "actuatorId", s.action,
         s.time_zone as "timeZone", s.definition as timing,
         jsonb_build_object('policy', s.missed_policy, 'missedWithinMs', s.missed_within_ms, 'maxMissed', s.max_missed)
           as "missedRuns",
         s.latest_start_ms as "latestStartMs", a.device_id as "deviceId", a.key as "actuatorKey", d.uid as device,
         a.max_run_ms as "maxRunMs",
         jsonb_build_object('timeZone', i.time_zone, 'latitude', i.latitude, 'longitude', i.longitude, 'ground', ${GROUND})
           as site,
         s.paused_by as "pausedBy", ${micros("s.paused_at")} as "pausedMicros",
         ${micros("s.paused_until")} as "pausedUntilMicros", s.pause_reason as "pauseReason",
         ${micros("s.next_due_at")} as "nextDueMicros", s.next_run_key as "nextRunKey", s.found_for as "foundFor",
         ${micros("s.found_at")} as "foundMicros", s.problem, s.created_at as "createdAt"
    from schedule s
    join actuator a on a.id = s.actuator_id
    join device d on d.id = a.device_id
    join site i on i.id = d.site_id`;

export interface ScheduleFilter {
  readonly actuatorId?: number | undefined;
  /** Uid. */
  readonly device?: string | undefined;
  /** Part of the key or the name, in any case. */
  readonly search?: string | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

/** In the order in which they were made. */
export async function listStoredSchedules(
  db: Queryable,
  organizationId: number,
  { actuatorId, device, search, afterId, limit }: ScheduleFilter,
): Promise<StoredSchedule[]> {
  const { rows } = await db.query<StoredSchedule>(
    `${SCHEDULE}
      where s.organization_id = $1 and s.deleted_at is null and ($2::int is null or s.actuator_id = $2)
        and s.id > coalesce($3, 0) and ($5::text is null or d.uid = $5)
        and ($6::text is null or strpos(s.key, lower($6)) > 0 or strpos(lower(s.name), lower($6)) > 0)
      order by s.id
      limit $4`,
    [organizationId, actuatorId, afterId, limit, device, search],
  );
  return rows;
}

export async function findStoredSchedule(
  db: Queryable,
  organizationId: number,
  id: number,
): Promise<StoredSchedule | undefined> {
  const { rows } = await db.query<StoredSchedule>(
    `${SCHEDULE} where s.organization_id = $1 and s.id = $2 and s.deleted_at is null`,
    [organizationId, id],
  );
  return rows[0];
}

/** The lock under which a schedule changes, and under which its runs are opened. */
export async function lockSchedule(
  client: PoolClient,
  organizationId: number,
  id: number,
): Promise<StoredSchedule | undefined> {
  const { rows } = await client.query<StoredSchedule>(
    `${SCHEDULE} where s.organization_id = $1 and s.id = $2 and s.deleted_at is null for update of s`,
    [organizationId, id],
  );
  return rows[0];
}

/** A clock that differs by less has not been set. */
export const CLOCK_SLACK_MS = 1_000;
const foundLater = (now: string): string =>
  `s.found_at > ${fromMicros(now)} + ${CLOCK_SLACK_MS} * interval '1 millisecond'`;

/** Whether the next run was found at a time that is yet to come. */
export function wasClockSetBack({ foundMicros }: StoredSchedule, nowMicros: number): boolean {
  return foundMicros > nowMicros + CLOCK_SLACK_MS * 1000;
}

export function isDue({ nextDueMicros }: StoredSchedule, nowMicros: number): boolean {
  return nextDueMicros !== null && nextDueMicros <= nowMicros;
}

/** What is due already is opened, and found for the new ground by that. */
export function isOutdated(schedule: StoredSchedule, nowMicros: number): boolean {
  const hasMoved = schedule.foundFor !== schedule.site.ground;
  return wasClockSetBack(schedule, nowMicros) || (hasMoved && !isDue(schedule, nowMicros));
}

export interface ClaimFilter {
  readonly exceptIds: readonly number[];
  readonly limit: number;
}

/** Schedules that are due, those for longest first, now locked; what another has locked is left to it. */
export async function claimDueSchedules(
  client: PoolClient,
  nowMicros: number,
  { exceptIds, limit }: ClaimFilter,
): Promise<StoredSchedule[]> {
  const { rows } = await client.query<StoredSchedule>(
    `${SCHEDULE}
      where s.deleted_at is null and s.next_due_at <= ${fromMicros("$1")} and s.id <> all($2)
      order by s.next_due_at, s.id
      limit $3
        for update of s skip locked`,
    [nowMicros, exceptIds, limit],
  );
  return rows;
}

/**
 * Schedules whose next run is to come and was found for another zone or place than their site has now, or was found at a time that
 * is yet to come because the clock was set back since; now locked. As `isOutdated` has it.
 */
export async function claimOutdatedSchedules(
  client: PoolClient,
  nowMicros: number,
  { exceptIds, limit }: ClaimFilter,
): Promise<StoredSchedule[]> {
  const { rows } = await client.query<StoredSchedule>(
    `${SCHEDULE}
      where s.deleted_at is null and s.id <> all($2)
        and (${foundLater("$1")}
             or s.found_for <> ${GROUND} and coalesce(s.next_due_at > ${fromMicros("$1")}, true))
      order by s.id
      limit $3
        for update of s skip locked`,
    [nowMicros, exceptIds, limit],
  );
  return rows;
}

/** When the next run of any schedule is due. */
export async function nearestDueMicros(db: Queryable): Promise<number | undefined> {
  const { rows } = await db.query<{ due: number | null }>(
    `select ${micros("min(next_due_at)")} as due from schedule where deleted_at is null and next_due_at is not null`,
  );
  return rows[0]?.due ?? undefined;
}

/** Two polls of a worker: what has been due for longer, nobody opens. */
const OVERDUE_AFTER_MS = 10_000;

export interface ScheduleQueue {
  /** When the next run of any is due; null: none is to come. */
  readonly nextDueAt: Date | null;
  /** Schedules whose run is due, and has been left by all workers. */
  readonly overdue: number;
  /** How long the first of those has been due; null: there is none. */
  readonly oldestOverdueMs: number | null;
}

/** How much lies before the workers. */
export async function readScheduleQueue(db: Queryable, organizationId: number): Promise<ScheduleQueue> {
  const { rows } = await db.query<ScheduleQueue>(
    `select min(s.next_due_at) as "nextDueAt", count(*) filter (where due_ms > ${OVERDUE_AFTER_MS})::int as overdue,
            max(due_ms) filter (where due_ms > ${OVERDUE_AFTER_MS}) as "oldestOverdueMs"
       from schedule s
      cross join lateral (select (extract(epoch from clock_timestamp() - s.next_due_at) * 1000)::float8 as due_ms) d
      where s.organization_id = $1 and s.deleted_at is null and s.next_due_at is not null`,
    [organizationId],
  );
  return rows[0]!;
}

export interface NextRun {
  readonly dueMicros: number;
  readonly key: string;
}

export interface Found {
  /** Undefined: it has come to its end. */
  readonly next: NextRun | undefined;
  readonly foundFor: string;
  readonly foundMicros: number;
  readonly problem?: string | undefined;
}

export interface NewSchedule extends ScheduleSettings {
  readonly organizationId: number;
  readonly key: string;
  readonly createdBy: string;
}

/** Throws a unique violation of `schedule_key`. */
export async function insertSchedule(client: PoolClient, schedule: NewSchedule, found: Found): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `insert into schedule (organization_id, key, created_by, name, actuator_id, action, time_zone, definition, missed_policy,
                           missed_within_ms, max_missed, latest_start_ms, next_due_at, next_run_key, found_for, found_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ${fromMicros("$13")}, $14, $15, ${fromMicros("$16")})
     returning id`,
    [schedule.organizationId, schedule.key, schedule.createdBy, ...columnsOf(schedule), ...foundColumns(found)],
  );
  return rows[0]!.id;
}

export async function updateScheduleRow(
  client: PoolClient,
  id: number,
  settings: ScheduleSettings,
  found: Found,
): Promise<void> {
  await client.query(
    `update schedule
        set name = $2, actuator_id = $3, action = $4, time_zone = $5, definition = $6, missed_policy = $7,
            missed_within_ms = $8, max_missed = $9, latest_start_ms = $10, next_due_at = ${fromMicros("$11")},
            next_run_key = $12, found_for = $13, found_at = ${fromMicros("$14")}, problem = $15
      where id = $1`,
    [id, ...columnsOf(settings), ...foundColumns(found), found.problem ?? null],
  );
}

export async function saveFound(
  client: PoolClient,
  schedules: readonly { readonly stored: Pick<StoredSchedule, "id">; readonly found: Found }[],
): Promise<void> {
  await client.query(
    `update schedule s
        set next_due_at = ${fromMicros("f.due")}, next_run_key = f.key, found_for = f.found_for,
            found_at = ${fromMicros("f.found")}, problem = f.problem
       from unnest($1::int[], $2::float8[], $3::text[], $4::text[], $5::float8[], $6::text[])
            as f (id, due, key, found_for, found, problem)
      where s.id = f.id`,
    [
      schedules.map(({ stored }) => stored.id),
      schedules.map(({ found }) => found.next?.dueMicros ?? null),
      schedules.map(({ found }) => found.next?.key ?? null),
      schedules.map(({ found }) => found.foundFor),
      schedules.map(({ found }) => found.foundMicros),
      schedules.map(({ found }) => found.problem ?? null),
    ],
  );
}

function columnsOf({ name, actuatorId, action, timeZone, timing, missedRuns, latestStartMs }: ScheduleSettings) {
  const { policy, missedWithinMs, maxMissed } = missedRuns;
  const definition = JSON.stringify(timing satisfies ScheduleTiming);
  const done = JSON.stringify(action satisfies ScheduleAction);
  return [name, actuatorId, done, timeZone, definition, policy, missedWithinMs, maxMissed, latestStartMs];
}

function foundColumns({ next, foundFor, foundMicros }: Found) {
  return [next?.dueMicros ?? null, next?.key ?? null, foundFor, foundMicros];
}

export interface PauseOrder {
  readonly by: string;
  readonly atMicros: number;
  readonly untilMicros: number | undefined;
  readonly reason: string | undefined;
}

/** Undefined: it goes on. */
export async function savePause(client: PoolClient, id: number, pause: PauseOrder | undefined): Promise<void> {
  await client.query(
    `update schedule
        set paused_by = $2, paused_at = ${fromMicros("$3")}, paused_until = ${fromMicros("$4")}, pause_reason = $5
      where id = $1`,
    [id, pause?.by ?? null, pause?.atMicros ?? null, pause?.untilMicros ?? null, pause?.reason ?? null],
  );
}

export async function markDeleted(client: PoolClient, id: number): Promise<void> {
  await client.query("update schedule set deleted_at = clock_timestamp() where id = $1", [id]);
}

/** Undefined also for an actuator of another organization. */
export async function siteOfActuator(
  db: Queryable,
  organizationId: number,
  actuatorId: number,
): Promise<ScheduleSite | undefined> {
  const { rows } = await db.query<ScheduleSite>(
    `select i.time_zone as "timeZone", i.latitude, i.longitude, ${GROUND} as ground
       from actuator a
       join device d on d.id = a.device_id
       join site i on i.id = d.site_id
      where a.organization_id = $1 and a.id = $2`,
    [organizationId, actuatorId],
  );
  return rows[0];
}
