import { type CommandState, isLive } from "@sluice/core/commands/command.ts";
import type {
  Command,
  CommandEvent,
  Ended,
  Moved,
  NewForeign,
  NewInstruction,
  NewStart,
} from "../../actuation-store.ts";
import { foreignKeyViolation } from "./database-error.ts";
import { raiseFence } from "./model-actuators.ts";
import { assertChecks, assertGuard, assertUnique } from "./model-command-rules.ts";
import type { ModelTransaction } from "./model-database.ts";
import {
  assertUnique as assertUniqueExecution,
  insertDispatched,
  insertExecution,
  newExecution,
  updateExecution,
} from "./model-executions.ts";
import { type CommandRow, commandOf, type ExecutionRow, isStart } from "./model-rows.ts";
import { from, intersect, latestEnd, overlaps, until, type Window, windowOf } from "./windows.ts";

/** The tables `command` and `command_event`. */
type Tx = ModelTransaction;

/** What is not said of a command. */
const NOTHING: Omit<CommandRow, "id" | "organizationId" | "actuatorId" | "executionId" | "decidedMicros"> = {
  table: "command",
  ...{ kind: "RUN", state: "QUEUED", fence: null, durationMs: null, maxRunMs: null, cooldownMs: null },
  ...{ interlockGroup: null, amount: null, unit: null, value: null, isOverride: false, releases: null, payload: null },
  ...{ foreignId: null, reason: null, deadlineMicros: null, runWindow: undefined, lockWindow: undefined },
  ...{ sentMicros: null, transmissions: 0, ranMs: null, dosed: null, isActivationCounted: false, endedMicros: null },
};

function insert(tx: Tx, row: CommandRow): void {
  assertChecks(row);
  assertUnique(tx, row);
  const execution = tx.database.tables.executions.find(row.executionId);
  if (execution?.visibleTo(tx) === undefined) throw foreignKeyViolation("command_execution_id_fkey");
  tx.referTo(execution);
  tx.database.tables.commands.insert(tx, row.id, row);
}

export function commitStart(tx: Tx, start: NewStart): Command {
  const { id, organizationId, actuatorId, executionId, durationMs, maxRunMs, cooldownMs, dose, isOverride } = start;
  const { deadlineMicros, runEndMicros, lockEndMicros } = start.reservation;
  const { decidedMicros, interlockGroup = null } = start;
  const { actuators, executions } = tx.database.tables;
  tx.lock(actuators.find(actuatorId)!, false);
  const row: CommandRow = {
    ...NOTHING,
    ...{ id, organizationId, actuatorId, executionId, durationMs, maxRunMs, cooldownMs, isOverride, decidedMicros },
    kind: dose === undefined ? "RUN" : "DOSE",
    fence: actuators.get(tx, actuatorId)!.fence + 1,
    amount: dose?.amount ?? null,
    unit: dose?.unit ?? null,
    interlockGroup,
    deadlineMicros,
    runWindow: windowOf(decidedMicros, runEndMicros),
    lockWindow: windowOf(decidedMicros, lockEndMicros),
  };
  // Whatever waits does so before anything is written.
  assertChecks(row);
  assertUnique(tx, row);
  const execution = executions.find(executionId);
  if (execution?.visibleTo(tx) !== undefined) tx.lock(execution, false);
  if (start.request !== undefined) insertDispatched(tx, start.request);
  insert(tx, row);
  raiseFence(tx, actuatorId);
  append(tx, { commandId: id, what: "decided", state: "QUEUED", who: start.who });
  if (start.request === undefined) moveToDispatched(tx, executionId);
  tx.notices.add(String(start.deviceId));
  return commandOf(row);
}

function moveToDispatched(tx: Tx, executionId: string): void {
  updateExecution(tx, executionId, () => ({
    status: "DISPATCHED",
    reason: null,
    message: null,
    waitUntilMicros: null,
  }));
}

export function insertInstruction(tx: Tx, instruction: NewInstruction): void {
  const { id, organizationId, actuatorId, executionId, kind, fence, releases, value, unit, reason, payload } =
    instruction;
  insert(tx, {
    ...NOTHING,
    ...{ id, organizationId, actuatorId, executionId, kind, decidedMicros: tx.database.nowMicros() },
    ...{ fence: fence ?? null, releases: releases ?? null, value: value ?? null, unit: unit ?? null },
    ...{ reason: reason ?? null, payload: payload ?? null },
  });
}

export function insertForeign(tx: Tx, foreign: NewForeign): void {
  const { id, organizationId, actuatorId, executionId, kind, fence, durationMs, maxRunMs, cooldownMs } = foreign;
  const { foreignId, payload, state, deviceId, interlockGroup = null } = foreign;
  const isOn = isLive(state);
  const nowMicros = tx.database.nowMicros();
  const lockEnds = locksAfter(tx, actuatorId, nowMicros);
  const freeMicros = Math.max(nowMicros, latestEnd(lockEnds.map(({ lockWindow }) => lockWindow)) ?? nowMicros);
  const lockEndMicros = nowMicros + ((isOn ? durationMs : 0) + cooldownMs) * 1000;
  const row: CommandRow = {
    ...NOTHING,
    ...{
      id,
      organizationId,
      actuatorId,
      executionId,
      kind,
      fence,
      durationMs,
      maxRunMs,
      cooldownMs,
      foreignId,
      payload,
    },
    ...{ state, interlockGroup: isOn ? interlockGroup : null, decidedMicros: nowMicros, deadlineMicros: nowMicros },
    runWindow: isOn ? windowOf(nowMicros, nowMicros + durationMs * 1000) : undefined,
    lockWindow: windowOf(freeMicros, Math.max(freeMicros, lockEndMicros)),
    ...{ sentMicros: nowMicros, endedMicros: isOn ? null : nowMicros, isActivationCounted: true },
  };
  const requestedBy = `device:${deviceId}`;
  const execution: ExecutionRow = {
    ...newExecution(tx, { id: executionId, organizationId, actuatorId, action: kind, requestedBy }),
    ...{ type: "FOREIGN", status: isOn ? "DISPATCHED" : "SUCCEEDED", deviceId, reason: "foreign" },
    ...{ message: "The device ran without us knowing why.", startedMicros: nowMicros },
    completedMicros: isOn ? null : nowMicros,
  };
  // Whatever waits does so before anything is written.
  assertUniqueExecution(tx, execution);
  assertUnique(tx, row);
  insertExecution(tx, execution);
  insert(tx, row);
}

function locksAfter(tx: Tx, actuatorId: number, atMicros: number): CommandRow[] {
  return tx.database.tables.commands.select(
    tx,
    (row) => row.actuatorId === actuatorId && overlaps(row.lockWindow, from(atMicros)),
  );
}

export function findCommand(tx: Tx, id: string): Command | undefined {
  const row = tx.database.tables.commands.get(tx, id);
  return row && commandOf(row);
}

export function statesOf(tx: Tx, ids: readonly string[]): ReadonlyMap<string, CommandState> {
  const known = ids.flatMap((id) => tx.database.tables.commands.get(tx, id) ?? []);
  return new Map(known.map(({ id, state }) => [id, state]));
}

export function commandOfExecution(tx: Tx, executionId: string): Command | undefined {
  const { commands, executions } = tx.database.tables;
  const execution = executions.get(tx, executionId);
  if (execution === undefined) return undefined;
  const isAboutStart = execution.action === "RUN" || execution.action === "DOSE";
  const found = commands.select(tx, (row) => row.executionId === executionId && isStart(row) === isAboutStart);
  const [first] = found.sort(
    (a, b) =>
      (isAboutStart ? b.decidedMicros - a.decidedMicros : a.decidedMicros - b.decidedMicros) ||
      (a.fence ?? Infinity) - (b.fence ?? Infinity),
  );
  return first && commandOf(first);
}

export function commandWithFence(tx: Tx, actuatorId: number, fence: number): Command | undefined {
  const [row] = tx.database.tables.commands.select(tx, (row) => row.actuatorId === actuatorId && row.fence === fence);
  return row && commandOf(row);
}

/** FOR UPDATE, waiting for each that somebody has; what is no longer wanted then is left out. */
export function lockWhere(tx: Tx, isWanted: (row: CommandRow) => boolean): CommandRow[] {
  const { commands } = tx.database.tables;
  const rows = commands.select(tx, isWanted);
  for (const { id } of rows) tx.lock(commands.find(id)!, true);
  return rows;
}

export function lockCommand(tx: Tx, id: string): Command | undefined {
  return lockWhere(tx, (row) => row.id === id).map(commandOf)[0];
}

export function lockQueuedStarts(tx: Tx, actuatorId: number): Command[] {
  return lockWhere(tx, (row) => row.actuatorId === actuatorId && isStart(row) && row.state === "QUEUED").map(commandOf);
}

export function lockSentStarts(tx: Tx, actuatorId: number): Command[] {
  const isSent = ({ state }: CommandRow): boolean => state === "DISPATCHING" || state === "UNKNOWN";
  const isOurs = (row: CommandRow): boolean => row.actuatorId === actuatorId && isStart(row) && row.foreignId === null;
  return lockWhere(tx, (row) => isOurs(row) && isSent(row)).map(commandOf);
}

export function update(
  tx: Tx,
  isWanted: (row: CommandRow) => boolean,
  change: (row: CommandRow) => Partial<CommandRow>,
) {
  referAgain(tx, isWanted);
  return tx.database.tables.commands.update(tx, isWanted, (before) => {
    const after = { ...before, ...change(before) };
    assertGuard(before, after);
    assertChecks(after);
    return after;
  });
}

/** A row that this very transaction has written has its foreign keys looked at again when it changes once more. */
function referAgain(tx: Tx, isWanted: (row: CommandRow) => boolean): void {
  const { commands, executions } = tx.database.tables;
  for (const cell of commands.cells.values()) {
    const isOwn = cell.owner === tx && cell.written !== undefined && isWanted(cell.written);
    if (isOwn) tx.referTo(executions.find(cell.written!.executionId)!);
  }
}

type Refund = "none" | "whole" | "shrink";

export function moveCommand(tx: Tx, id: string, moved: Moved, refund: Refund): Ended {
  const nowMicros = tx.database.nowMicros();
  const [row] = update(
    tx,
    (command) => command.id === id,
    (before) => afterMove(before, moved, refund, nowMicros),
  );
  return { nowMicros, lockEndMicros: Math.max(latestEnd([row!.lockWindow]) ?? nowMicros, nowMicros) };
}

/** Throws what `moveCommand` would. */
export function assertMayMove(tx: Tx, id: string, moved: Moved, refund: Refund): void {
  const before = tx.database.tables.commands.get(tx, id)!;
  const after = { ...before, ...afterMove(before, moved, refund, tx.database.nowMicros()) };
  assertGuard(before, after);
  assertChecks(after);
}

function afterMove(before: CommandRow, moved: Moved, refund: Refund, nowMicros: number): Partial<CommandRow> {
  return {
    state: moved.state,
    reason: moved.reason ?? before.reason,
    ranMs: moved.ranMs ?? before.ranMs,
    dosed: moved.amount ?? before.dosed,
    isActivationCounted: before.isActivationCounted || (moved.countsActivation ?? false),
    endedMicros: isLive(moved.state) ? null : nowMicros,
    ...refunded(before, refund, Math.max(nowMicros, before.decidedMicros)),
  };
}

function refunded(
  { runWindow, lockWindow, cooldownMs }: CommandRow,
  refund: Refund,
  endMicros: number,
): { runWindow: Window; lockWindow: Window } {
  if (refund === "whole") return { runWindow: undefined, lockWindow: undefined };
  if (refund === "none") return { runWindow, lockWindow };
  return {
    runWindow: intersect(runWindow, until(endMicros)),
    lockWindow: intersect(lockWindow, until(endMicros + (cooldownMs ?? 0) * 1000)),
  };
}

export function shortenLocks(tx: Tx, actuatorId: number, atMicros: number): { id: string; state: CommandState }[] {
  const shortened = update(
    tx,
    (row) => row.actuatorId === actuatorId && overlaps(row.lockWindow, from(atMicros)),
    ({ lockWindow }) => ({ lockWindow: intersect(lockWindow, until(atMicros)) }),
  );
  return shortened.map(({ id, state }) => ({ id, state }));
}

export function appendEvents(tx: Tx, events: readonly CommandEvent[]): void {
  for (const event of events) append(tx, event);
}

function append(tx: Tx, event: CommandEvent): void {
  const { commands, commandEvents } = tx.database.tables;
  const command = commands.find(event.commandId);
  if (command?.visibleTo(tx) === undefined) throw foreignKeyViolation("command_event_command_id_fkey");
  tx.referTo(command);
  commandEvents.append(tx, { table: "command_event", atMicros: tx.database.nowMicros(), ...event });
}

export function settledReleaseOf(tx: Tx, actuatorId: number, holdId: string): string | undefined {
  const releases = tx.database.tables.commands.select(
    tx,
    (row) => row.actuatorId === actuatorId && row.kind === "SET" && (row.releases ?? []).includes(holdId),
  );
  const [last] = releases.sort((a, b) => b.fence! - a.fence!);
  return last === undefined || last.state === "QUEUED" || last.state === "DISPATCHING" ? undefined : last.executionId;
}
