import type { ModelDatabase, ModelTransaction } from "../model-store/model-database.ts";
import { type CommandEventRow, type CommandRow, isStart, type ModelRow } from "../model-store/model-rows.ts";
import { isWithin } from "../model-store/windows.ts";
import type { Change, History } from "./history.ts";
import type { Surroundings } from "./surroundings.ts";

/** Judges one commit at the moment at which it happens, by the clauses about the database alone: 9 to 14. */
export function judgeCommit(
  world: Surroundings,
  history: History,
  database: ModelDatabase,
  tx: ModelTransaction,
  changes: readonly Change<ModelRow>[],
): void {
  const events = changes.flatMap(({ after }) => (after.table === "command_event" ? [after] : []));
  for (const { before, after } of changes) {
    if (after.table !== "command") continue;
    const judge = new CommitJudge(history, database, tx, events, after);
    if (before === undefined) judge.inserted();
    else judge.changed(before as CommandRow);
    if (before === undefined) world.tally.add(`committed ${after.foreignId === null ? after.kind : "a foreign run"}`);
    else if ((before as CommandRow).state !== after.state) world.tally.add(`became ${after.state}`);
  }
}

/** States in which a command is known not to have run. */
const NOT_RUN: readonly string[] = ["REJECTED", "NOT_EXECUTED", "EXPIRED", "CANCELLED"];

class CommitJudge {
  private readonly history: History;
  private readonly database: ModelDatabase;
  private readonly tx: ModelTransaction;
  private readonly events: readonly CommandEventRow[];
  private readonly row: CommandRow;

  constructor(
    history: History,
    database: ModelDatabase,
    tx: ModelTransaction,
    events: readonly CommandEventRow[],
    row: CommandRow,
  ) {
    this.history = history;
    this.database = database;
    this.tx = tx;
    this.events = events.filter(({ commandId }) => commandId === row.id);
    this.row = row;
  }

  inserted(): void {
    this.mustHaveEvent();
    this.mustBeNewFence();
    this.mustHaveMovedItsExecution();
    if (!isStart(this.row) || this.row.foreignId !== null) return;
    this.mustNotBeStopped();
    this.mustBeTheOnlyLive();
    this.mustNotBeARetry();
  }

  changed(before: CommandRow): void {
    if (this.row.state !== before.state) this.mustHaveEvent();
    this.mustBeSentInTime(before);
    this.mustKeepItsCharge(before);
  }

  private mustHaveEvent(): void {
    const { state } = this.row;
    if (!this.events.some((event) => event.state === state && event.who !== ""))
      this.violation(14, `${state} without an event`);
  }

  private mustBeNewFence(): void {
    const { fence, actuatorId, foreignId } = this.row;
    if (fence === null || foreignId !== null) return;
    const actuator = this.database.tables.actuators.get(this.tx, actuatorId)!;
    const before = this.database.tables.actuators.find(actuatorId)!.committed!.fence;
    if (fence <= before || fence > actuator.fence)
      this.violation(13, `fence ${fence}, from ${before} to ${actuator.fence}`);
    const told = this.history.toldFences.get(actuator.deviceId)?.[actuator.key] ?? 0;
    if (fence <= told) this.violation(12, `fence ${fence}, and the device has told ${told}`);
  }

  /** A start moves what it is for; what was asked in the same commit is under way with it. */
  private mustHaveMovedItsExecution(): void {
    const { executions } = this.database.tables;
    const { executionId, foreignId } = this.row;
    const isNew = executions.find(executionId)!.committed === undefined;
    const { status, action } = executions.get(this.tx, executionId)!;
    const isOwn = isStart(this.row) === (action === "RUN" || action === "DOSE");
    const isMoved = status === "DISPATCHED" || (isStart(this.row) ? foreignId !== null : !(isNew && isOwn));
    if (!isMoved) this.violation(13, `its execution is ${status}`);
  }

  /** Nothing is decided on what somebody holds, has tripped or locked out. */
  private mustNotBeStopped(): void {
    const { actuatorId } = this.row;
    const { actuators, holds, trips } = this.database.tables;
    const held = holds.select(this.tx, (hold) => hold.actuatorId === actuatorId && hold.releasedMicros === null);
    const tripped = trips.select(this.tx, (trip) => trip.actuatorId === actuatorId && trip.resetMicros === null);
    const isLockedOut = actuators.get(this.tx, actuatorId)!.mode === "locked-out";
    if (held.length + tripped.length > 0 || isLockedOut) this.violation(6, "while it is held");
  }

  private mustBeTheOnlyLive(): void {
    const { actuatorId, id } = this.row;
    const live = this.database.tables.commands.select(
      this.tx,
      (other) => other.actuatorId === actuatorId && other.id !== id && isStart(other) && other.endedMicros === null,
    );
    for (const other of live) this.violation(11, `while ${other.id} is ${other.state}`);
  }

  /** Another attempt of an execution needs proof that the last one did not run. */
  private mustNotBeARetry(): void {
    const { executionId, id } = this.row;
    const earlier = this.database.tables.commands.select(
      this.tx,
      (other) => other.executionId === executionId && other.id !== id && isStart(other),
    );
    for (const other of earlier) {
      const isProven = NOT_RUN.includes(other.state) || (other.state === "ABORTED" && other.reason === "expired");
      if (!isProven) this.violation(11, `attempted again after ${other.id}, which is ${other.state}`);
    }
  }

  private mustBeSentInTime({ transmissions }: CommandRow): void {
    const { row } = this;
    if (row.transmissions === transmissions || row.deadlineMicros === null) return;
    if (row.sentMicros! >= row.deadlineMicros) this.violation(11, "sent after its deadline");
  }

  /** Only evidence refunds, and what was never sent. */
  private mustKeepItsCharge(before: CommandRow): void {
    const { row } = this;
    const isKept = isWithin(before.runWindow, row.runWindow) && isWithin(before.lockWindow, row.lockWindow);
    const isUnsent = before.state === "QUEUED" && (row.state === "CANCELLED" || row.state === "EXPIRED");
    const isProven = this.events.some(({ what, who }) => what === "overridden" || who.startsWith("device:"));
    if (!isKept && !isUnsent && !isProven) this.violation(10, `its charge shrank in ${row.state} without proof`);
  }

  private violation(clause: number, what: string): void {
    const { id, kind, actuatorId } = this.row;
    this.history.violation(clause, `commit of ${kind} ${id} on ${actuatorId}: ${what}`);
  }
}
