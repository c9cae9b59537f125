import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool, PoolClient } from "pg";
import { type ActuatorRow, type ActuatorView, viewOf } from "./actuator-view.ts";
import { DAYS } from "./situation-store.ts";
import { micros } from "./sql-time.ts";

const ENVELOPE = `
  jsonb_build_object(
    'maxRunMs', a.max_run_ms, 'cooldownMs', a.cooldown_ms, 'minOffMs', a.min_off_ms, 'linkLossMs', a.link_loss_ms,
    'maxStartsPerDay', a.max_starts_per_day, 'maxRunMsPerDay', a.max_run_ms_per_day,
    'maxReadingAgeMs', a.max_reading_age_ms, 'safeState', a.safe_state, 'interlockGroup', a.interlock_group,
    'permissives', a.permissives,
    'maxDose', case when a.max_dose is not null then jsonb_build_object('amount', a.max_dose, 'unit', a.dose_unit) end)`;

/**
 * What people and programs see of actuators, of any number of them in one statement. Times are Dates, to the millisecond.
 *
 * A hold, trip or stop of the site is shown before all else; a run that may be on counts as RUNNING until it is proven
 * otherwise or given up as UNKNOWN.
 */
const ACTUATOR_VIEW = `
  with clock as (select clock_timestamp() as now)
  select a.id, a.key, a.kind, d.uid as device, s.slug as site, a.mode, a.locked_by as "lockedBy", a.fault,
         coalesce(l.is_connected, false) as connected,
         case when h.hold is not null or t.trip is not null or p.stop is not null then 'HELD'
              when live.state = 'UNKNOWN' then 'UNKNOWN'
              when live.state is not null then 'RUNNING'
              when a.fault is not null then 'ERROR'
              when lock.until > clock.now then 'COOLDOWN'
              else 'IDLE' end as status,
         h.hold, t.trip, p.stop as "siteStop", w.waiting,
         a.last_activation_at as "lastActivationAt", a.total_activations as "totalActivations",
         case when live.state is null then lock.until end as "cooldownUntil",
         ${ENVELOPE} as envelope, a.interlock_group as "interlockGroup",
         a.unfenced_allowed_by is not null as unfenced, a.unfenced_allowed_by as "unfencedAllowedBy",
         case when a.set_point is not null
              then jsonb_build_object('value', a.set_point, 'unit', a.set_point_unit) end as "setPoint",
         case when live.id is not null
              then jsonb_build_object('command', live.id, 'state', live.state,
                                      'endsAtLatest', ${micros("upper(live.run_window)")}) end as live,
         case when a.observed_state is not null
              then jsonb_build_object('state', a.observed_state, 'at', ${micros("a.observed_at")}) end as observed,
         ${DAYS}
    from actuator a
    cross join clock
    join device d on d.id = a.device_id
    join site s on s.id = d.site_id
    left join device_link l on l.device_id = a.device_id
    left join command live on live.actuator_id = a.id and live.kind in ('RUN', 'DOSE')
         and live.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')
    left join lateral (
      select max(upper(c.lock_window)) as until from command c
       where c.actuator_id = a.id and c.lock_window && tstzrange(clock.now, null)) lock on true
    left join lateral (
      select case when count(*) > 0 then jsonb_build_object(
               'ids', array_agg(h.id order by h.held_at), 'since', ${micros("min(h.held_at)")},
               'by', (array_agg(h.held_by order by h.held_at))[1],
               'reason', (array_agg(h.reason order by h.held_at))[1],
               'origins', array_agg(distinct case when h.trip_id is not null then 'trip'
                                                  when h.site_stop_id is not null then 'site' else 'person' end)) end as hold
        from actuator_hold h where h.actuator_id = a.id and h.released_at is null) h on true
    left join lateral (
      select jsonb_build_object(
               'id', t.id, 'cause', t.cause, 'message', t.message, 'by', t.tripped_by, 'at', ${micros("t.tripped_at")},
               'causes', t.causes, 'lastCause', t.last_cause, 'lastAt', ${micros("t.last_at")}) as trip
        from trip t where t.actuator_id = a.id and t.reset_at is null) t on true
    left join lateral (
      select jsonb_build_object(
               'id', p.id, 'by', p.stopped_by, 'at', ${micros("p.stopped_at")}, 'reason', p.reason) as stop
        from site_stop p where p.site_id = d.site_id and p.released_at is null) p on true
    left join lateral (
      select jsonb_build_object(
               'execution', e.id, 'reason', e.reason, 'message', e.message, 'until', ${micros("e.wait_until")}) as waiting
        from execution e where e.actuator_id = a.id and e.status in ('PENDING', 'WAITING')
       order by e.created_at limit 1) w on true`;

export interface ActuatorFilter {
  /** Uid. */
  readonly device?: string | undefined;
  /** Uids. */
  readonly devices?: readonly string[] | undefined;
  /** Slug. */
  readonly site?: string | undefined;
  readonly id?: number | undefined;
  readonly ids?: readonly number[] | undefined;
  /** Only actuators after this one: where the last page ended. */
  readonly afterId?: number | undefined;
  /** Absent: all of them. */
  readonly limit?: number | undefined;
}

/** In the order of their ids. */
export async function findActuators(
  db: Pool | PoolClient,
  organizationId: number,
  filter: ActuatorFilter,
): Promise<ActuatorView[]> {
  const { rows } = await db.query<ActuatorRow>(
    `${ACTUATOR_VIEW}
      where a.organization_id = $1
        and ($2::text is null or d.uid = $2)
        and ($3::text[] is null or d.uid = any($3))
        and ($4::text is null or s.slug = $4)
        and ($5::int is null or a.id = $5)
        and ($8::int[] is null or a.id = any($8))
        and a.id > coalesce($6, 0)
      order by a.id
      limit $7`,
    [organizationId, filter.device, filter.devices, filter.site, filter.id, filter.afterId, filter.limit, filter.ids],
  );
  return rows.map(viewOf);
}

/** In the order of their ids. Throws `device.unknown`, as for a device of another organization. */
export async function listActuators(pool: Pool, organizationId: number, deviceUid: string): Promise<ActuatorView[]> {
  const device = await pool.query("select 1 from device where organization_id = $1 and uid = $2", [
    organizationId,
    deviceUid,
  ]);
  if (device.rowCount === 0) {
    throw new SluiceError("not-found", "device.unknown", "There is no device with this uid.", {
      details: { uid: deviceUid },
    });
  }
  return findActuators(pool, organizationId, { device: deviceUid });
}

/** Throws `actuator.unknown`. */
export async function viewActuator(db: Pool | PoolClient, organizationId: number, id: number): Promise<ActuatorView> {
  const [actuator] = await findActuators(db, organizationId, { id });
  if (actuator !== undefined) return actuator;
  throw new SluiceError("not-found", "actuator.unknown", "There is no actuator with this id.", { details: { id } });
}
