import { isLive, mayFollow } from "@sluice/core/commands/command.ts";
import { checkViolation, exclusionViolation, guardViolation, uniqueViolation } from "./database-error.ts";
import { Blocked, type ModelTransaction } from "./model-database.ts";
import { type CommandRow, isStart } from "./model-rows.ts";
import { isWithin, overlaps } from "./windows.ts";

/** What the table `command` keeps by itself: its checks, its constraints in the order of their indexes, and its trigger. */

export function assertChecks(row: CommandRow): void {
  const { kind, durationMs, maxRunMs, fence, deadlineMicros, runWindow, lockWindow, payload, state } = row;
  const isWrong = {
    command_cooldown_ms_check: row.cooldownMs !== null && row.cooldownMs < 0,
    command_fence_check: fence !== null && fence <= 0,
    command_check: durationMs !== null && maxRunMs !== null && !(durationMs >= 1 && durationMs <= maxRunMs),
    command_check1: isStart(row) !== (durationMs !== null) || (durationMs === null) !== (maxRunMs === null),
    command_check2: fence === null && kind !== "STOP",
    command_check3: (deadlineMicros === null) === isStart(row),
    command_check4: !isStart(row) && (runWindow !== undefined || lockWindow !== undefined),
    command_check5: payload === null && !["QUEUED", "CANCELLED", "EXPIRED"].includes(state),
    command_amount_check: row.amount !== null && row.amount <= 0,
    command_dosed_check: row.dosed !== null && row.dosed < 0,
    command_dose: kind === "DOSE" && row.foreignId === null && (row.amount === null || row.unit === null),
  };
  const broken = Object.entries(isWrong).find(([_name, wrong]) => wrong);
  if (broken !== undefined) throw checkViolation(broken[0]);
}

/** Whoever is writing a row that would stand in the way is waited for. */
export function assertUnique(tx: ModelTransaction, row: CommandRow): void {
  const constraints: readonly [name: string, stands: (other: CommandRow) => boolean, isExclusion: boolean][] = [
    ["command_pkey", (other) => other.id === row.id, false],
    [
      "command_actuator_id_fence_key",
      (other) => row.fence !== null && isOfSame(other, row) && other.fence === row.fence,
      false,
    ],
    ["command_one_run_at_a_time", (other) => isOfSame(other, row) && overlaps(other.runWindow, row.runWindow), true],
    ["command_cooldown", (other) => isOfSame(other, row) && overlaps(other.lockWindow, row.lockWindow), true],
    ["command_one_live", (other) => isOfSame(other, row) && isLiveStart(other) && isLiveStart(row), false],
    ["command_interlock", (other) => isInGroup(other, row) && overlaps(other.runWindow, row.runWindow), true],
  ];
  for (const [name, stands, isExclusion] of constraints) {
    for (const cell of tx.database.tables.commands.cells.values()) {
      const isWritten = cell.written !== undefined && cell.owner !== tx;
      if (isWritten && [cell.written, cell.committed].some((other) => other !== undefined && stands(other))) {
        throw new Blocked(cell.owner!);
      }
      const other = cell.visibleTo(tx);
      if (other !== undefined && stands(other)) throw isExclusion ? exclusionViolation(name) : uniqueViolation(name);
    }
  }
}

function isOfSame(a: CommandRow, b: CommandRow): boolean {
  return a.actuatorId === b.actuatorId;
}

function isInGroup(a: CommandRow, b: CommandRow): boolean {
  return a.interlockGroup !== null && a.interlockGroup === b.interlockGroup && a.organizationId === b.organizationId;
}

export function isLiveStart(row: CommandRow): boolean {
  return isStart(row) && isLive(row.state);
}

/** The trigger: a decision never changes, a state moves along its arrows, bytes stay, a charge only shrinks. */
export function assertGuard(before: CommandRow, after: CommandRow): void {
  if (after.state !== before.state && !mayFollow(before.state, after.state)) {
    throw guardViolation(`a command does not go from ${before.state} to ${after.state}`);
  }
  if (before.payload !== null && after.payload !== before.payload) {
    throw guardViolation("a command that was sent is sent again as it was");
  }
  if (!isWithin(after.runWindow, before.runWindow) || !isWithin(after.lockWindow, before.lockWindow)) {
    throw guardViolation("a reservation only shrinks");
  }
}
