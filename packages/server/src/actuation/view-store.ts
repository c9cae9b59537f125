import type { CommandKind, CommandState } from "@sluice/core/commands/command.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import type { ActuatorMode } from "@sluice/core/safety/decide.ts";
import type { Pool } from "pg";
import type { ExecutionAction, ExecutionStatus, ExecutionType } from "./execution-store.ts";

/** What people and programs see of actuators, commands and executions. Times are Dates, to the millisecond. */
export type ActuatorStatus = "IDLE" | "RUNNING" | "COOLDOWN" | "ERROR" | "UNKNOWN" | "HELD";

export interface ActuatorView {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly status: ActuatorStatus;
  readonly mode: ActuatorMode;
  readonly hold: {
    readonly ids: readonly string[];
    readonly by: string;
    readonly reason: string | null;
    readonly since: Date;
  } | null;
  readonly lastActivationAt: Date | null;
  readonly totalActivations: number;
  readonly cooldownUntil: Date | null;
  readonly envelope: {
    readonly maxRunMs: number;
    readonly cooldownMs: number;
    readonly linkLossMs: number | null;
    readonly maxReadingAgeMs: number | null;
    readonly safeState: "off";
  };
  /** What the device last said of its output; null before it said anything. */
  readonly observed: { readonly state: "on" | "off"; readonly at: Date } | null;
  readonly connected: boolean;
}

/**
 * A hold is shown before all else; a run that may be on counts as RUNNING until it is proven otherwise or given up as UNKNOWN.
 */
const ACTUATOR_VIEW = `
  select a.id, a.key, a.kind, a.mode,
         case when h.ids is not null then 'HELD'
              when live.state = 'UNKNOWN' then 'UNKNOWN'
              when live.state is not null then 'RUNNING'
              when a.fault is not null then 'ERROR'
              when lock.until > clock_timestamp() then 'COOLDOWN'
              else 'IDLE' end as status,
         case when h.ids is null then null
              else jsonb_build_object('ids', h.ids, 'by', h.first_by, 'reason', h.first_reason, 'since', h.since) end as hold,
         a.last_activation_at as "lastActivationAt", a.total_activations as "totalActivations",
         case when live.state is null then lock.until end as "cooldownUntil",
         jsonb_build_object('maxRunMs', a.max_run_ms, 'cooldownMs', a.cooldown_ms, 'linkLossMs', a.link_loss_ms,
                            'maxReadingAgeMs', a.max_reading_age_ms, 'safeState', a.safe_state) as envelope,
         a.observed_state, a.observed_at, coalesce(l.is_connected, false) as connected
    from actuator a
    left join device_link l on l.device_id = a.device_id
    left join command live on live.actuator_id = a.id and live.kind in ('RUN', 'DOSE')
         and live.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN')
    left join lateral (
      select max(upper(c.lock_window)) as until from command c
       where c.actuator_id = a.id and c.lock_window && tstzrange(clock_timestamp(), null)) lock on true
    left join lateral (
      select array_agg(h.id order by h.held_at) as ids, min(h.held_at) as since,
             (array_agg(h.held_by order by h.held_at))[1] as first_by,
             (array_agg(h.reason order by h.held_at))[1] as first_reason
        from actuator_hold h where h.actuator_id = a.id and h.released_at is null) h on true`;

type ActuatorViewRow = Omit<ActuatorView, "observed" | "hold"> & {
  hold: (Omit<NonNullable<ActuatorView["hold"]>, "since"> & { since: string }) | null;
  observed_state: "on" | "off" | null;
  observed_at: Date | null;
};

function viewOf({ observed_state, observed_at, hold, ...row }: ActuatorViewRow): ActuatorView {
  return {
    ...row,
    hold: hold === null ? null : { ...hold, since: new Date(hold.since) },
    observed: observed_state === null ? null : { state: observed_state, at: observed_at! },
  };
}

/** In the order of their ids. Throws `device.unknown`, as for a device of another organization. */
export async function listActuators(pool: Pool, organizationId: number, deviceUid: string): Promise<ActuatorView[]> {
  const device = await pool.query<{ id: number }>("select id from device where organization_id = $1 and uid = $2", [
    organizationId,
    deviceUid,
  ]);
  if (device.rows[0] === undefined) {
    throw new SluiceError("not-found", "device.unknown", "There is no device with this uid.", {
      details: { uid: deviceUid },
    });
  }
  const { rows } = await pool.query<ActuatorViewRow>(`${ACTUATOR_VIEW} where a.device_id = $1 order by a.id`, [
    device.rows[0].id,
  ]);
  return rows.map(viewOf);
}

/** Throws `actuator.unknown`. */
export async function viewActuator(pool: Pool, organizationId: number, id: number): Promise<ActuatorView> {
  const { rows } = await pool.query<ActuatorViewRow>(`${ACTUATOR_VIEW} where a.organization_id = $1 and a.id = $2`, [
    organizationId,
    id,
  ]);
  if (rows[0] !== undefined) return viewOf(rows[0]);
  throw new SluiceError("not-found", "actuator.unknown", "There is no actuator with this id.", { details: { id } });
}

export interface CommandView {
  readonly id: string;
  readonly actuator: number;
  readonly actuatorKey: string;
  /** Uid. */
  readonly device: string;
  readonly execution: string;
  readonly kind: CommandKind;
  readonly fence: number | null;
  readonly durationMs: number | null;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly ranMs: number | null;
  readonly decidedAt: Date;
  readonly deadlineAt: Date | null;
  readonly sentAt: Date | null;
  readonly transmissions: number;
  readonly endedAt: Date | null;
}

const COMMAND_VIEW = `
  select c.id, c.actuator_id as actuator, a.key as "actuatorKey", d.uid as device, c.execution_id as execution, c.kind,
         c.fence, c.duration_ms as "durationMs", c.state, c.reason, c.ran_ms as "ranMs", c.decided_at as "decidedAt",
         c.deadline_at as "deadlineAt", c.sent_at as "sentAt", c.transmissions, c.ended_at as "endedAt"
    from command c
    join actuator a on a.id = c.actuator_id
    join device d on d.id = a.device_id`;

export interface Page {
  /** Of the last entry of the page before; the list continues after it. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listCommands(
  pool: Pool,
  organizationId: number,
  filter: Page & { readonly actuatorId?: number | undefined },
): Promise<CommandView[]> {
  const { rows } = await pool.query<CommandView>(
    `${COMMAND_VIEW}
      where c.organization_id = $1 and ($2::int is null or c.actuator_id = $2)
        and ($3::uuid is null or (c.decided_at, c.id) < (select l.decided_at, l.id from command l where l.id = $3))
      order by c.decided_at desc, c.id desc
      limit $4`,
    [organizationId, filter.actuatorId, filter.afterId, filter.limit],
  );
  return rows;
}

/** Throws `command.unknown`. */
export async function viewCommand(pool: Pool, organizationId: number, id: string): Promise<CommandView> {
  const { rows } = await pool.query<CommandView>(`${COMMAND_VIEW} where c.organization_id = $1 and c.id = $2`, [
    organizationId,
    id,
  ]);
  if (rows[0] !== undefined) return rows[0];
  throw new SluiceError("not-found", "command.unknown", "There is no command with this id.", { details: { id } });
}

export interface CommandEventView {
  readonly at: Date;
  readonly what: string;
  readonly state: CommandState;
  readonly who: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** The whole trail, oldest first. Throws `command.unknown`. */
export async function listCommandEvents(
  pool: Pool,
  organizationId: number,
  commandId: string,
): Promise<CommandEventView[]> {
  await viewCommand(pool, organizationId, commandId);
  const { rows } = await pool.query<CommandEventView>(
    `select e.at, e.what, e.state, e.who, e.reason, e.details from command_event e where e.command_id = $1 order by e.id`,
    [commandId],
  );
  return rows;
}

export interface ExecutionRecord {
  readonly id: string;
  readonly actuator: number;
  readonly actuatorKey: string;
  /** Uid of the actuator's device. */
  readonly device: string;
  readonly type: ExecutionType;
  readonly action: ExecutionAction;
  readonly priority: string;
  readonly status: ExecutionStatus;
  readonly reason: string | null;
  readonly message: string | null;
  readonly waitUntil: Date | null;
  readonly ruleId: number | null;
  readonly causes: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
  readonly retries: number;
  readonly scheduledAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

export interface ExecutionFilter extends Page {
  readonly id?: string | undefined;
  readonly actuatorId?: number | undefined;
  readonly status?: ExecutionStatus | undefined;
}

/** Newest first. */
export async function listExecutionRecords(
  pool: Pool,
  organizationId: number,
  filter: ExecutionFilter,
): Promise<ExecutionRecord[]> {
  const { rows } = await pool.query<ExecutionRecord>(
    `select e.id, e.actuator_id as actuator, a.key as "actuatorKey", d.uid as device, e.type, e.action, e.priority, e.status,
            e.reason, e.message, e.wait_until as "waitUntil", e.rule_id as "ruleId", e.causes, e.parameters,
            e.requested_by as "requestedBy", e.retries, e.created_at as "scheduledAt", e.started_at as "startedAt",
            e.completed_at as "completedAt"
       from execution e
       join actuator a on a.id = e.actuator_id
       join device d on d.id = a.device_id
      where e.organization_id = $1 and ($2::int is null or e.actuator_id = $2) and ($3::text is null or e.status = $3)
        and ($6::uuid is null or e.id = $6)
        and ($4::uuid is null or (e.created_at, e.id) < (select l.created_at, l.id from execution l where l.id = $4))
      order by e.created_at desc, e.id desc
      limit $5`,
    [organizationId, filter.actuatorId, filter.status, filter.afterId, filter.limit, filter.id],
  );
  return rows;
}
