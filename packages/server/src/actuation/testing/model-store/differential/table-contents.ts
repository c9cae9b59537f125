import type { Pool } from "pg";
import { micros } from "../../../sql-time.ts";
import type { ModelDatabase, ModelTables, Table } from "../model-database.ts";
import { Cell } from "../model-database.ts";
import type { Window } from "../windows.ts";

/** What is committed, table by table, in a form in which two stores can be compared. */
export type Contents = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const window = (name: string): string =>
  `case when isempty(${name}) then null else jsonb_build_array(${micros(`lower(${name})`)}, ${micros(`upper(${name})`)}) end`;

const rows = (select: string, from: string): string =>
  `(select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (select ${select} from ${from}) t)`;

const CONTENTS = `
  select ${rows(
    `id, mode, locked_by, fence, observed_state, observed_fence, ${micros("observed_at")} as observed_micros, fault,
     total_activations, ${micros("last_activation_at")} as last_activation_micros, unfenced_allowed_by, set_point,
     set_point_unit, envelope_version, cooldown_ms, safe_state`,
    "actuator order by id",
  )} as actuator,
  ${rows(
    `device_id, is_connected, session_epoch, boot_id, mono_ms, ${micros("sampled_at")} as sampled_micros, config_version`,
    "device_link order by device_id",
  )} as device_link,
  ${rows(`${micros("jumped_at")} as jumped_at_micros, jump_ms`, "clock_jump")} as clock_jump,
  ${rows(
    `id, actuator_id, type, action, priority, parameters, status, reason, message, ${micros("wait_until")} as wait_until_micros,
     causes, folded_partition, folded_seq, folded_ordinal, ${micros("reading_needed_after")} as reading_needed_after_micros,
     requested_by, requested_from, idempotency_key, request, retries, ${micros("created_at")} as created_micros,
     ${micros("started_at")} as started_micros, ${micros("completed_at")} as completed_micros,
     ${micros("wait_limit_at")} as wait_limit_micros, override_reason, cancelled_by,
     ${micros("passed_over_at")} as passed_over_micros`,
    "execution order by id",
  )} as execution,
  ${rows("execution_id, status, reason, message, who", "execution_event order by id")} as execution_event,
  ${rows(
    `id, actuator_id, execution_id, kind, fence, duration_ms, max_run_ms, cooldown_ms, releases, payload, state, reason,
     ${micros("decided_at")} as decided_micros, ${micros("deadline_at")} as deadline_micros, ${window("run_window")} as run_window,
     ${window("lock_window")} as lock_window, ${micros("sent_at")} as sent_micros, transmissions, ran_ms,
     is_activation_counted, ${micros("ended_at")} as ended_micros, interlock_group, amount, unit, value, is_override, foreign_id,
     dosed`,
    "command order by id",
  )} as command,
  ${rows("command_id, what, state, who, reason", "command_event order by id")} as command_event,
  ${rows(
    `id, actuator_id, held_by, reason, released_by, ${micros("released_at")} as released_micros, trip_id, site_stop_id`,
    "actuator_hold order by id, actuator_id",
  )} as actuator_hold,
  ${rows(
    `id, actuator_id, cause, message, tripped_by, causes, last_cause, reset_by, reset_reason, ${micros("reset_at")} as reset_micros`,
    "trip order by id",
  )} as trip,
  ${rows(
    `id, site_id, reason, stopped_by, ${micros("stopped_at")} as stopped_micros, released_by, ${micros("released_at")} as released_micros`,
    "site_stop order by id",
  )} as site_stop,
  ${rows("idempotency_key, request, actuator_ids, requested_by", "site_request order by idempotency_key")} as site_request`;

export async function contentsOfPostgres(pool: Pool): Promise<Contents> {
  return (await pool.query<Contents>(CONTENTS)).rows[0]!;
}

export function contentsOfModel({ tables }: ModelDatabase): Contents {
  return {
    actuator: committed(tables.actuators, ({ envelope, key: _k, organizationId: _o, deviceId: _d, ...row }) => ({
      ...row,
      cooldownMs: envelope.cooldownMs,
      safeState: envelope.safeState ?? "off",
    })),
    device_link: committed(tables.links),
    clock_jump: committed(tables.clockJumps),
    execution: committed(tables.executions, ({ folded, organizationId: _o, ruleId: _r, deviceId: _d, ...row }) => ({
      ...row,
      foldedPartition: folded?.partition ?? null,
      foldedSeq: folded?.seq ?? null,
      foldedOrdinal: folded?.ordinal ?? null,
    })),
    execution_event: committed(tables.executionEvents),
    command: committed(tables.commands, ({ runWindow, lockWindow, organizationId: _o, ...row }) => ({
      ...row,
      runWindow: boundsOf(runWindow),
      lockWindow: boundsOf(lockWindow),
    })),
    command_event: committed(tables.commandEvents, ({ atMicros: _at, details: _details, reason = null, ...row }) => ({
      ...row,
      reason,
    })),
    actuator_hold: committed(tables.holds),
    trip: committed(tables.trips, ({ organizationId: _o, ...row }) => row),
    site_stop: committed(tables.siteStops, ({ organizationId: _o, ...row }) => row),
    site_request: committed(tables.siteRequests, ({ organizationId: _o, ...row }) => row),
  };
}

function boundsOf(window: Window): unknown {
  return window === undefined ? null : [window.fromMicros, window.toMicros];
}

/** By their ids, where they have any; a trail is in its order. */
function committed<Row extends object>(
  table: Table<Row>,
  shown: (row: Row) => object = (row) => row,
): Record<string, unknown>[] {
  const found = [...table.cells.values()].flatMap(({ committed }) => committed ?? []);
  const shapes = found.map((row) => inSnakeCase({ ...shown(row), table: undefined }));
  const idOf = (row: Record<string, unknown>): string =>
    `${String(row.id ?? row.device_id ?? row.idempotency_key ?? "").padStart(40, "0")} ${String(row.actuator_id ?? "")}`;
  return shapes.sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
}

function inSnakeCase(row: object): Record<string, unknown> {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace(/[A-Z]/g, (x) => `_${x.toLowerCase()}`), value]),
  );
}

/** Everything becomes older by so much. */
export async function agePostgres(pool: Pool, ms: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("set local session_replication_role = replica");
    await client.query(AGE.replaceAll("$AGO", `interval '${ms} milliseconds'`));
    await client.query("commit");
  } finally {
    client.release();
  }
}

const AGED: Readonly<Record<string, readonly string[]>> = {
  actuator: ["observed_at", "last_activation_at"],
  device_link: ["sampled_at"],
  clock_jump: ["jumped_at"],
  execution: [
    ...["wait_until", "reading_needed_after", "created_at", "started_at", "completed_at", "wait_limit_at"],
    "passed_over_at",
  ],
  actuator_hold: ["held_at", "released_at"],
  trip: ["tripped_at", "last_at", "reset_at"],
  site_stop: ["stopped_at", "released_at"],
};

const older = (columns: readonly string[]): string => columns.map((name) => `${name} = ${name} - $AGO`).join(", ");
const olderWindow = (name: string): string =>
  `${name} = case when isempty(${name}) then ${name} else tstzrange(lower(${name}) - $AGO, upper(${name}) - $AGO) end`;

/** Commands from the oldest on, so that no reservation is moved onto another on the way. */
const AGE = `
  ${Object.entries(AGED)
    .map(([table, columns]) => `update ${table} set ${older(columns)};`)
    .join("\n")}
  do $$ declare one record; begin
    for one in select id from command order by decided_at loop
      update command set ${older(["decided_at", "deadline_at", "sent_at", "ended_at"])}, ${olderWindow("run_window")},
             ${olderWindow("lock_window")} where id = one.id;
    end loop;
  end $$;`;

export function ageModel({ tables }: ModelDatabase, ms: number): void {
  for (const table of Object.values(tables) as ModelTables[keyof ModelTables][]) {
    for (const [key, { committed }] of table.cells as Map<string | number, Cell<object>>) {
      if (committed !== undefined)
        (table.cells as Map<string | number, Cell<object>>).set(key, new Cell(aged(committed, ms)));
    }
  }
}

function aged(row: object, ms: number): object {
  const entries = Object.entries(row).map(([name, value]) => [name, agedValue(name, value, ms)]);
  return Object.fromEntries(entries);
}

function agedValue(name: string, value: unknown, ms: number): unknown {
  if (name.endsWith("Micros") && typeof value === "number") return value - ms * 1000;
  if (!name.endsWith("Window") || value === undefined) return value;
  return aged(value as object, ms);
}
