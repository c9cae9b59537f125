import type { CommandState } from "@sluice/core/commands/command.ts";
import { type Charge, type DayUse, useOfDay } from "@sluice/core/safety/daily-budget.ts";
import type { ActuatorMode, LiveRun, Priority } from "@sluice/core/safety/decide.ts";
import type { Pool, PoolClient } from "pg";
import type { Actuator, Situation } from "./actuation-store.ts";
import { micros } from "./sql-time.ts";

/** Everything a decision rests on, in one statement: a snapshot of its own that sees what the last holder committed. */
type Queryable = Pool | PoolClient;

interface LiveRow {
  id: string;
  actuator: number;
  state: CommandState;
  priority: Priority;
  run_end: number;
  cooldown_ms: number;
  is_stopping: boolean;
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
  now: number;
  mode: ActuatorMode;
  locked_by: string | null;
  is_held: boolean;
  is_site_stopped: boolean;
  trip_cause: string | null;
  is_connected: boolean;
  live: LiveRow[] | null;
  last_run_end: number | null;
  lock_end: number | null;
}

const IS_LIVE = `c.kind in ('RUN', 'DOSE') and c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')`;

/** A run lasts a day at most, and a day 25 hours: it touches three days, which four midnights bound. */
const MIDNIGHTS = `(select array_agg(${micros("(date_trunc('day', clock.now at time zone s.time_zone) + n * interval '1 day') at time zone s.time_zone")} order by n)
                     from generate_series(0, 3) n)`;

/** Charges of every run that may have touched the days from the present one on. */
const CHARGES = `(select jsonb_agg(jsonb_build_object(
            'from', ${micros("lower(c.run_window)")}, 'to', ${micros("upper(c.run_window)")},
            'started_by', ${micros("least(c.deadline_at, upper(c.run_window))")},
            'run_ms', coalesce(c.ran_ms, c.duration_ms)))
       from command c
      where c.actuator_id = a.id and not isempty(c.run_window)
        and c.run_window && tstzrange(date_trunc('day', clock.now at time zone s.time_zone) at time zone s.time_zone, null))`;

/** Of an actuator `a` at a site `s`, by `clock.now`, where it has a daily limit. `daysOf` reads them. */
export const DAYS = `
         case when a.max_starts_per_day is not null or a.max_run_ms_per_day is not null then ${MIDNIGHTS} end as midnights,
         case when a.max_starts_per_day is not null or a.max_run_ms_per_day is not null then ${CHARGES} end as charges`;

const SITUATION = `
  with clock as (select clock_timestamp() as now)
  select ${micros("clock.now")} as now, a.mode, a.locked_by,
         exists (select 1 from actuator_hold h where h.actuator_id = a.id and h.released_at is null) as is_held,
         exists (select 1 from site_stop p where p.site_id = d.site_id and p.released_at is null) as is_site_stopped,
         (select t.cause from trip t where t.actuator_id = a.id and t.reset_at is null) as trip_cause,
         coalesce(l.is_connected, false) as is_connected,
         (select jsonb_agg(jsonb_build_object(
                   'id', c.id, 'actuator', c.actuator_id, 'state', c.state, 'priority', e.priority,
                   'run_end', ${micros("upper(c.run_window)")}, 'cooldown_ms', c.cooldown_ms,
                   'is_stopping', exists (select 1 from command x where x.actuator_id = c.actuator_id and x.kind = 'STOP'
                                             and x.fence > c.fence)))
            from command c join execution e on e.id = c.execution_id
           where ${IS_LIVE}
             and (c.actuator_id = a.id or (c.organization_id, c.interlock_group) = (a.organization_id, a.interlock_group))
         ) as live,
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
   where a.id = $1`;

export async function readSituation(db: Queryable, actuator: Actuator): Promise<Situation> {
  const { rows } = await db.query<SituationRow>({ name: "situation", text: SITUATION, values: [actuator.id] });
  const row = rows[0]!;
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
      live: live.find(({ actuatorId }) => actuatorId === actuator.id),
      interlocked: live.filter(({ actuatorId }) => actuatorId !== actuator.id),
      lastRunEndMicros: row.last_run_end ?? 0,
      lockEndMicros: row.lock_end ?? 0,
      days: daysOf(row),
    },
  };
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
