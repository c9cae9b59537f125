import type { CommandKind, CommandState } from "@sluice/core/commands/command.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";

/** What people and programs see of commands. Times are Dates, to the millisecond. */
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
  /** Of a DOSE. */
  readonly amount: number | null;
  /** Of a DOSE, or of a set-point. */
  readonly unit: string | null;
  /** Of a set-point. */
  readonly value: number | null;
  /** It passed a cooldown, by an administrator's word. */
  readonly isOverride: boolean;
  readonly state: CommandState;
  readonly reason: string | null;
  readonly ranMs: number | null;
  /** What a DOSE has counted out, as far as its device has said it. */
  readonly dosed: number | null;
  /** Null for what is no DOSE, or has not run. */
  readonly dosedIs: DosedIs | null;
  readonly decidedAt: Date;
  readonly deadlineAt: Date | null;
  readonly sentAt: Date | null;
  readonly transmissions: number;
  readonly endedAt: Date | null;
}

/** exact: said at its end. at_least: the last that was said before the end, or before nobody knew. unknown: nothing was said. */
export type DosedIs = "exact" | "at_least" | "unknown";

const DOSED_IS = `
  case when c.kind <> 'DOSE' then null
       when c.dosed is not null then case when c.state in ('COMPLETED', 'ABORTED') then 'exact' else 'at_least' end
       when c.state in ('COMPLETED', 'ABORTED', 'INTERRUPTED', 'UNKNOWN', 'UNKNOWN_CLOSED') then 'unknown' end`;

const COMMAND_VIEW = `
  select c.id, c.actuator_id as actuator, a.key as "actuatorKey", d.uid as device, c.execution_id as execution, c.kind,
         c.fence, c.duration_ms as "durationMs", c.amount, c.unit, c.value, c.is_override as "isOverride", c.state, c.reason,
         c.ran_ms as "ranMs", c.dosed, ${DOSED_IS} as "dosedIs", c.decided_at as "decidedAt", c.deadline_at as "deadlineAt", c.sent_at as "sentAt",
         c.transmissions, c.ended_at as "endedAt"
    from command c
    join actuator a on a.id = c.actuator_id
    join device d on d.id = a.device_id`;

export interface Page {
  /** Of the last entry of the page before; the list continues after it. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export interface CommandFilter extends Page {
  readonly actuatorId?: number | undefined;
  readonly executionId?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  /** True: only those of which the device may still say something. */
  readonly isOpen?: true | undefined;
  /** Uid. */
  readonly device?: string | undefined;
  readonly kind?: CommandKind | undefined;
  readonly state?: CommandState | undefined;
  /** Decided then or later. */
  readonly from?: Date | undefined;
  /** Decided before. */
  readonly to?: Date | undefined;
}

/** Newest first. */
export async function listCommands(pool: Pool, organizationId: number, filter: CommandFilter): Promise<CommandView[]> {
  const { rows } = await pool.query<CommandView>(
    `${COMMAND_VIEW}
      where c.organization_id = $1 and ($2::int is null or c.actuator_id = $2)
        and ($5::uuid is null or c.execution_id = $5) and ($6::uuid[] is null or c.id = any($6))
        and ($7::boolean is null or c.state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN'))
        and ($8::text is null or d.uid = $8) and ($9::text is null or c.kind = $9) and ($10::text is null or c.state = $10)
        and ($11::timestamptz is null or c.decided_at >= $11) and ($12::timestamptz is null or c.decided_at < $12)
        and ($3::uuid is null or (c.decided_at, c.id) < (select l.decided_at, l.id from command l where l.id = $3))
      order by c.decided_at desc, c.id desc
      limit $4`,
    [
      ...[
        organizationId,
        filter.actuatorId,
        filter.afterId,
        filter.limit,
        filter.executionId,
        filter.ids,
        filter.isOpen,
      ],
      ...[filter.device, filter.kind, filter.state, filter.from, filter.to],
    ],
  );
  return rows;
}

/** Throws `command.unknown`. */
export async function viewCommand(pool: Pool, organizationId: number, id: string): Promise<CommandView> {
  const text = `${COMMAND_VIEW} where c.organization_id = $1 and c.id = $2`;
  const { rows } = await pool.query<CommandView>({ name: "view_command", text, values: [organizationId, id] });
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
