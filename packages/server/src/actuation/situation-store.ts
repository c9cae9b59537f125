import type { CommandState } from "@sluice/core/commands/command.ts";
import { type Charge, type DayUse, useOfDay } from "@sluice/core/safety/daily-budget.ts";
import type { ActuatorMode, LiveRun, Priority } from "@sluice/core/safety/decide.ts";
import { type Claim, PASSED_OVER_MS } from "@sluice/core/safety/right-of-way.ts";
import type { Pool, PoolClient } from "pg";
import type { Actuator, Situation } from "./actuation-store.ts";
import { isPassedOver, RANK, rightOfWay } from "./execution-store.ts";
import { micros } from "./sql-time.ts";

/** Everything that decisions rest on, in one statement: a snapshot of its own that sees what the last holders committed. */
type Queryable = Pool | PoolClient;

interface LiveRow {
  id: string;
  actuator: number;
  state: CommandState;
  priority: Priority;
  run_end: number;
  cooldown_ms: number;
  is_stopping: boolean;
  is_passed_over: boolean;
}

interface ClaimRow {
  priority: Priority;
  is_passed_over: boolean;
}

interface ChargeRow {
  from: number;
  to: number;
  started_by: number;
  run_ms: number;
}

export interface DaysRow {
  midnights: number[] | null;
  charges: ChargeRow[] | null;
}

interface SituationRow extends DaysRow {
  id: number;
  now: number;
  mode: ActuatorMode;
  locked_by: string | null;
  is_held: boolean;
  is_site_stopped: boolean;
  trip_cause: string | null;
  is_connected: boolean;
  live: LiveRow[] | null;
  claimed_by: ClaimRow | null;
  last_run_end: number | null;
  lock_end: number | null;
}

const IS_LIVE = `c.kind in ('RUN', 'DOSE') and c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')`;

/** A run lasts a day at most, and a day 25 hours: it touches three days, which four midnights bound. */
const MIDNIGHTS = `(select array_agg(${micros("(date_trunc('day', clock.now at time zone s.time_zone) + n * interval '1 day') at time zone s.time_zone")} order by n)
                     from generate_series(0, 3) n)`;

const DAY_START = `date_trunc('day', clock.now at time zone s.time_zone) at time zone s.time_zone`;
/** Of a foreign run that had ended when it was heard of, and so has reserved nothing: as if it had ended at that moment. */
const FOREIGN_WINDOW = `tstzrange(c.ended_at - c.duration_ms * interval '1 millisecond', c.ended_at)`;

const charge = (window: string): string => `
  select ${micros(`lower(${window})`)} as "from", ${micros(`upper(${window})`)} as "to",
         ${micros(`least(c.deadline_at, upper(${window}))`)} as started_by, coalesce(c.ran_ms, c.duration_ms) as run_ms
    from command c where c.actuator_id = a.id`;

/** Charges of every run that may have touched the days from the present one on. */
const CHARGES = `(select jsonb_agg(charge) from (
  ${charge("c.run_window")} and not isempty(c.run_window) and c.run_window && tstzrange(${DAY_START}, null)
  union all
  ${charge(FOREIGN_WINDOW)} and c.foreign_id is not null and isempty(c.run_window) and c.ended_at > ${DAY_START}) charge)`;

/** Of an actuator `a` at a site `s`, by `clock.now`, where it has a daily limit. `daysOf` reads them. */
export const DAYS = `
         case when a.max_starts_per_day is not null or a.max_run_ms_per_day is not null then ${MIDNIGHTS} end as midnights,
         case when a.max_starts_per_day is not null or a.max_run_ms_per_day is not null then ${CHARGES} end as charges`;

/** Of what was passed over: only the machine keeps it waiting. Through its own pause it leaves the machine to others. */
const IS_READY = `(e.reason in ('yielding', 'running', 'unknown', 'interlock')
                   or (e.reason in ('cooldown', 'min_off') and e.wait_until <= clock.now))`;

const SITUATIONS = `
  with clock as (select clock_timestamp() as now)
  select a.id, ${micros("clock.now")} as now, a.mode, a.locked_by,
         exists (select 1 from actuator_hold h where h.actuator_id = a.id and h.released_at is null) as is_held,
         exists (select 1 from site_stop p where p.site_id = d.site_id and p.released_at is null) as is_site_stopped,
         (select t.cause from trip t where t.actuator_id = a.id and t.reset_at is null) as trip_cause,
         coalesce(l.is_connected, false) as is_connected,
         (select jsonb_agg(jsonb_build_object(
                   'id', c.id, 'actuator', c.actuator_id, 'state', c.state, 'priority', e.priority,
                   'run_end', ${micros("upper(c.run_window)")}, 'cooldown_ms', c.cooldown_ms,
                   'is_stopping', exists (select 1 from command x where x.actuator_id = c.actuator_id and x.kind = 'STOP'
                                             and x.fence > c.fence),
                   'is_passed_over', coalesce(e.passed_over_at <= c.decided_at - ${PASSED_OVER_MS} * interval '1 millisecond', false)))
            from command c join execution e on e.id = c.execution_id
           where ${IS_LIVE}
             and (c.actuator_id = a.id or (c.organization_id, c.interlock_group) = (a.organization_id, a.interlock_group))
         ) as live,
         (select jsonb_build_object('priority', e.priority, 'is_passed_over', ${isPassedOver("clock.now")})
            from actuator b join execution e on e.actuator_id = b.id
           where (b.id = a.id or (b.organization_id, b.interlock_group) = (a.organization_id, a.interlock_group))
             and e.status = 'WAITING' and (e.reason = 'preempting' or (${isPassedOver("clock.now")} and ${IS_READY}))
             and (e.wait_limit_at is null or e.wait_limit_at > clock.now)
           order by ${rightOfWay("clock.now")}, ${RANK("e.priority")}, ${isPassedOver("clock.now")} desc limit 1) as claimed_by,
         case when a.min_off_ms is not null then (select max(${micros("upper(c.run_window)")}) from command c
           where c.actuator_id = a.id
             and c.run_window && tstzrange(clock.now - a.min_off_ms * interval '1 millisecond', null)) end as last_run_end,
         (select max(${micros("upper(c.lock_window)")}) from command c
           where c.actuator_id = a.id and c.lock_window && tstzrange(clock.now, null)) as lock_end,
         ${DAYS}
    from actuator a
    cross join clock
    join device d on d.id = a.device_id
    join site s on s.id = d.site_id
    left join device_link l on l.device_id = a.device_id
   where a.id = any ($1)`;

export async function readSituation(db: Queryable, actuator: Actuator): Promise<Situation> {
  return (await readSituations(db, [actuator]))[0]!;
}

export async function readSituations(db: Queryable, actuators: readonly Actuator[]): Promise<Situation[]> {
  const values = [actuators.map(({ id }) => id)];
  const { rows } = await db.query<SituationRow>({ name: "situations", text: SITUATIONS, values });
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return actuators.map(({ id }) => situationOf(rowOf.get(id)!));
}

function situationOf(row: SituationRow): Situation {
  const live = (row.live ?? []).map(liveRunOf);
  return {
    nowMicros: row.now,
    situation: {
      mode: row.mode,
      lockedBy: row.locked_by ?? undefined,
      isHeld: row.is_held,
      isSiteStopped: row.is_site_stopped,
      trip: row.trip_cause === null ? undefined : { cause: row.trip_cause },
      isReachable: row.is_connected,
      live: live.find(({ actuatorId }) => actuatorId === row.id),
      interlocked: live.filter(({ actuatorId }) => actuatorId !== row.id),
      claimedBy: row.claimed_by === null ? undefined : claimOf(row.claimed_by),
      lastRunEndMicros: row.last_run_end ?? 0,
      lockEndMicros: row.lock_end ?? 0,
      days: daysOf(row),
    },
  };
}

function claimOf({ priority, is_passed_over: isPassedOver }: ClaimRow): Claim {
  return { priority, isPassedOver };
}

function liveRunOf(row: LiveRow): LiveRun {
  return {
    commandId: row.id,
    actuatorId: row.actuator,
    state: row.state,
    priority: row.priority,
    runEndMicros: row.run_end,
    cooldownMs: row.cooldown_ms,
    isStopping: row.is_stopping,
    isPassedOver: row.is_passed_over,
  };
}

function chargeOf(row: ChargeRow): Charge {
  return { fromMicros: row.from, toMicros: row.to, startedByMicros: row.started_by, runMs: row.run_ms };
}

/** The days of the actuator's site that a run may touch, from the present one on; none without a daily limit. */
export function daysOf({ midnights, charges }: DaysRow): DayUse[] {
  if (midnights === null) return [];
  const used = (charges ?? []).map(chargeOf);
  return midnights.slice(1).map((endMicros, index) => useOfDay({ startMicros: midnights[index]!, endMicros }, used));
}
