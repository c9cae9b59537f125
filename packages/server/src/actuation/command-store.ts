import type { CommandKind, CommandState } from "@sluice/core/commands/command.ts";
import type { Reservation } from "@sluice/core/safety/windows.ts";
import type { Pool, PoolClient } from "pg";
import { fromMicros, micros } from "./sql-time.ts";

/** SQL of the tables `command` and `command_event`. */
type Queryable = Pool | PoolClient;

export interface Command {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly kind: CommandKind;
  readonly fence: number | null;
  readonly durationMs: number | null;
  readonly cooldownMs: number | null;
  readonly releases: readonly string[] | null;
  readonly payload: string | null;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly deadlineMicros: number | null;
  readonly isActivationCounted: boolean;
}

export const COMMAND_COLUMNS = `c.id, c.organization_id as "organizationId", c.actuator_id as "actuatorId", c.execution_id as "executionId",
  c.kind, c.fence, c.duration_ms as "durationMs", c.cooldown_ms as "cooldownMs", c.releases, c.payload, c.state, c.reason,
  ${micros("c.deadline_at")} as "deadlineMicros", c.is_activation_counted as "isActivationCounted"`;

export interface NewRun {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly fence: number;
  readonly durationMs: number;
  readonly maxRunMs: number;
  readonly cooldownMs: number;
  readonly decidedMicros: number;
  readonly reservation: Reservation;
}

/** Throws an exclusion or unique violation when anything else is reserved: whatever the caller believed, there is one run. */
export async function insertRun(client: PoolClient, run: NewRun): Promise<void> {
  const { deadlineMicros, runEndMicros, lockEndMicros } = run.reservation;
  await client.query(
    `insert into command (id, organization_id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, cooldown_ms,
                          decided_at, deadline_at, run_window, lock_window)
     values ($1, $2, $3, $4, 'RUN', $5, $6, $7, $8, ${fromMicros("$9")}, ${fromMicros("$10")},
             tstzrange(${fromMicros("$9")}, ${fromMicros("$11")}), tstzrange(${fromMicros("$9")}, ${fromMicros("$12")}))`,
    [
      run.id,
      run.organizationId,
      run.actuatorId,
      run.executionId,
      run.fence,
      run.durationMs,
      run.maxRunMs,
      run.cooldownMs,
      run.decidedMicros,
      deadlineMicros,
      runEndMicros,
      lockEndMicros,
    ],
  );
}

export interface NewInstruction {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly executionId: string;
  readonly kind: "STOP" | "SET";
  readonly fence: number | undefined;
  readonly releases?: readonly string[];
  readonly reason?: string | undefined;
}

/** What never energises reserves nothing and never expires. */
export async function insertInstruction(client: PoolClient, instruction: NewInstruction): Promise<void> {
  const { id, organizationId, actuatorId, executionId, kind, fence, releases, reason } = instruction;
  await client.query(
    `insert into command (id, organization_id, actuator_id, execution_id, kind, fence, releases, reason, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
    [id, organizationId, actuatorId, executionId, kind, fence, releases, reason],
  );
}

export async function findCommand(db: Queryable, id: string): Promise<Command | undefined> {
  const { rows } = await db.query<Command>(`select ${COMMAND_COLUMNS} from command c where c.id = $1`, [id]);
  return rows[0];
}

/** The last command of an execution. */
export async function commandOfExecution(db: Queryable, executionId: string): Promise<Command | undefined> {
  const { rows } = await db.query<Command>(
    `select ${COMMAND_COLUMNS} from command c where c.execution_id = $1 order by c.decided_at desc limit 1`,
    [executionId],
  );
  return rows[0];
}

/** Under the actuator's lock. */
export async function lockCommand(client: PoolClient, id: string): Promise<Command | undefined> {
  const { rows } = await client.query<Command>(`select ${COMMAND_COLUMNS} from command c where c.id = $1 for update`, [
    id,
  ]);
  return rows[0];
}

export async function lockQueuedRuns(client: PoolClient, actuatorId: number): Promise<Command[]> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c where c.actuator_id = $1 and c.kind = 'RUN' and c.state = 'QUEUED' for update`,
    [actuatorId],
  );
  return rows;
}

export interface Moved {
  readonly state: CommandState;
  readonly reason?: string | undefined;
  readonly ranMs?: number | undefined;
  readonly countsActivation?: boolean | undefined;
}

/** How a reservation changes with a state: not at all, to nothing, or to what has passed and the cooldown from now. */
const WINDOWS = {
  none: "run_window = run_window, lock_window = lock_window",
  whole: "run_window = 'empty', lock_window = 'empty'",
  shrink: `run_window = run_window * tstzrange(null, clock_timestamp()),
           lock_window = lock_window * tstzrange(null, clock_timestamp() + cooldown_ms * interval '1 millisecond')`,
} as const;

/** The one place where a command changes its state once it has been sent. Returns when nothing more is locked, and now. */
export async function moveCommand(
  client: PoolClient,
  id: string,
  moved: Moved,
  refund: keyof typeof WINDOWS,
): Promise<{ readonly nowMicros: number; readonly lockEndMicros: number }> {
  const { rows } = await client.query<{ now: number; lock_end: number | null }>(
    `update command
        set state = $2, reason = coalesce($3, reason), ran_ms = coalesce($4, ran_ms),
            is_activation_counted = is_activation_counted or $5,
            ended_at = case when $6 then clock_timestamp() end,
            ${WINDOWS[refund]}
      where id = $1
      returning ${micros("clock_timestamp()")} as now, ${micros("upper(lock_window)")} as lock_end`,
    [
      id,
      moved.state,
      moved.reason ?? null,
      moved.ranMs ?? null,
      moved.countsActivation ?? false,
      !["QUEUED", "DISPATCHING", "ACCEPTED", "RUNNING", "UNKNOWN"].includes(moved.state),
    ],
  );
  const { now, lock_end } = rows[0]!;
  return { nowMicros: now, lockEndMicros: lock_end ?? now };
}

export interface CommandEvent {
  readonly commandId: string;
  readonly what: "decided" | "dispatched" | "retransmitted" | "evidence" | "deadline" | "closed" | "cancelled";
  readonly state: CommandState;
  readonly who: string;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function appendEvents(client: PoolClient, events: readonly CommandEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `insert into command_event (command_id, what, state, who, reason, details)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`,
    [
      events.map(({ commandId }) => commandId),
      events.map(({ what }) => what),
      events.map(({ state }) => state),
      events.map(({ who }) => who),
      events.map(({ reason }) => reason ?? null),
      events.map(({ details }) => (details === undefined ? null : JSON.stringify(details))),
    ],
  );
}

/** RUNs that were sent and of which nothing, or nothing certain, has been heard. */
export async function lockSentRuns(client: PoolClient, actuatorId: number): Promise<Command[]> {
  const { rows } = await client.query<Command>(
    `select ${COMMAND_COLUMNS} from command c
      where c.actuator_id = $1 and c.kind = 'RUN' and c.state in ('DISPATCHING', 'UNKNOWN') for update`,
    [actuatorId],
  );
  return rows;
}

/** The execution that released a hold before, if no release of it is on its way now. */
export async function settledReleaseOf(
  client: PoolClient,
  actuatorId: number,
  holdId: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ executionId: string; state: CommandState }>(
    `select c.execution_id as "executionId", c.state from command c
      where c.actuator_id = $1 and c.kind = 'SET' and c.releases @> array[$2]
      order by c.fence desc limit 1`,
    [actuatorId, holdId],
  );
  const last = rows[0];
  return last === undefined || last.state === "QUEUED" || last.state === "DISPATCHING" ? undefined : last.executionId;
}
