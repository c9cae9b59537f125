import type { PoolClient } from "pg";
import type { ExecutionAction, Parameters } from "./actuation-store.ts";
import { fromMicros, micros } from "./sql-time.ts";

/**
 * SQL of the table `execution` for what schedules want. Each of their runs is one of its own, so nothing is absorbed here, and no
 * actuator needs to be locked.
 */
export interface ScheduledExecution {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly deviceId: number;
  readonly action: ExecutionAction;
  readonly parameters: Parameters;
  /** "schedule:<id>". */
  readonly requestedBy: string;
  /** A run that has not been decided by then is cancelled. */
  readonly waitLimitMicros: number;
  /** Since when the run whose place it takes has waited for those of others. */
  readonly passedOverMicros?: number | undefined;
}

export async function insertScheduled(client: PoolClient, executions: readonly ScheduledExecution[]): Promise<void> {
  await client.query(
    `insert into execution (id, organization_id, actuator_id, device_id, type, action, priority, parameters, requested_by, causes,
                            wait_limit_at, passed_over_at)
     select s.id, s.organization_id, s.actuator_id, s.device_id, 'SCHEDULED', s.action, 'SCHEDULED', s.parameters,
            s.requested_by, 1, ${fromMicros("s.wait_limit")}, ${fromMicros("s.passed_over")}
       from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::text[], $6::jsonb[], $7::text[], $8::float8[], $9::float8[])
            as s (id, organization_id, actuator_id, device_id, action, parameters, requested_by, wait_limit, passed_over)`,
    [
      executions.map(({ id }) => id),
      executions.map(({ organizationId }) => organizationId),
      executions.map(({ actuatorId }) => actuatorId),
      executions.map(({ deviceId }) => deviceId),
      executions.map(({ action }) => action),
      executions.map(({ parameters }) => JSON.stringify(parameters)),
      executions.map(({ requestedBy }) => requestedBy),
      executions.map(({ waitLimitMicros }) => waitLimitMicros),
      executions.map(({ passedOverMicros }) => passedOverMicros ?? null),
    ],
  );
}

export interface ScheduleRoom {
  readonly actuatorId: number;
  readonly requestedBy: string;
  /** How many of its waiting runs, the newest, stay. */
  readonly kept: number;
}

/**
 * Newer runs take the places of those that still wait. Answers, by schedule, since when what has made room had been passed over.
 * One that is being decided at this moment is left alone: it starts, or makes room for the next.
 */
export async function supersedeScheduled(
  client: PoolClient,
  rooms: readonly ScheduleRoom[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ requestedBy: string; passedOverMicros: number | null }>(
    `with waiting as (
       select e.id, r.kept, row_number() over (partition by r.requested_by order by e.created_at desc, e.id desc) as place
         from unnest($1::int[], $2::text[], $3::int[]) as r (actuator_id, requested_by, kept)
         join execution e on (e.actuator_id, e.requested_by) = (r.actuator_id, r.requested_by)
        where e.type = 'SCHEDULED' and e.status in ('PENDING', 'WAITING')),
     older as (
       select e.id from execution e
        where e.id in (select w.id from waiting w where w.place > w.kept) and e.status in ('PENDING', 'WAITING')
          for update skip locked)
     update execution e
        set status = 'SUPERSEDED', reason = 'superseded', message = 'A newer run of its schedule has taken its place.',
            wait_until = null, completed_at = clock_timestamp()
       from older where e.id = older.id
     returning e.requested_by as "requestedBy", ${micros("e.passed_over_at")} as "passedOverMicros"`,
    [
      rooms.map(({ actuatorId }) => actuatorId),
      rooms.map(({ requestedBy }) => requestedBy),
      rooms.map(({ kept }) => kept),
    ],
  );
  const since = new Map<string, number>();
  for (const { requestedBy, passedOverMicros } of rows) {
    if (passedOverMicros === null) continue;
    since.set(requestedBy, Math.min(passedOverMicros, since.get(requestedBy) ?? passedOverMicros));
  }
  return since;
}
