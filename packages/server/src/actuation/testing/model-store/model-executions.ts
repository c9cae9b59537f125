import { type Claim, isAbove, isPassedOver, rankOf } from "@sluice/core/safety/right-of-way.ts";
import type {
  CauseExecution,
  Execution,
  ExecutionAction,
  ExecutionChange,
  KeptRequest,
  NewRequest,
  Parameters,
  RefusedRequest,
} from "../../actuation-store.ts";
import { passingOver } from "../../execution-store.ts";
import { checkViolation, uniqueViolation } from "./database-error.ts";
import { inGroupOf } from "./model-actuators.ts";
import type { ModelTransaction } from "./model-database.ts";
import { awaitWriter } from "./model-holds.ts";
import { isSameJson, jsonOf } from "./model-json.ts";
import { type ExecutionRow, executionOf } from "./model-rows.ts";

/** The tables `execution` and `execution_event`. */
type Tx = ModelTransaction;

const ENDED: readonly string[] = ["SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED", "DEAD"];

/** Of which only one may be open. */
type OpenCause = Pick<ExecutionRow, "actuatorId" | "type" | "action">;

interface Whose {
  readonly id: string;
  readonly organizationId: number;
  readonly actuatorId: number;
  readonly action: ExecutionAction;
  readonly requestedBy: string;
}

/** A person's, and PENDING, unless something else is said. */
export function newExecution(tx: Tx, { id, organizationId, actuatorId, action, requestedBy }: Whose): ExecutionRow {
  return {
    ...{ table: "execution", id, organizationId, actuatorId, type: "MANUAL", action, priority: "MANUAL", requestedBy },
    ...{ parameters: {}, status: "PENDING", reason: null, message: null, waitUntilMicros: null, ruleId: null },
    ...{ deviceId: null, causes: 0, folded: null, readingNeededAfterMicros: null, idempotencyKey: null, request: null },
    ...{ retries: 0, createdMicros: tx.database.nowMicros(), startedMicros: null, completedMicros: null },
    ...{ waitLimitMicros: null, overrideReason: null, requestedFrom: null, passedOverMicros: null, cancelledBy: null },
  };
}

export function insertExecution(tx: Tx, row: ExecutionRow): void {
  const { executions } = tx.database.tables;
  assertChecks(row);
  assertUnique(tx, row);
  executions.insert(tx, row.id, row);
  appendTrail(tx, row, row.requestedBy);
}

/** Its id, and one open cause for each thing that an actuator can do. Whoever is writing what would stand in the way is waited for. */
export function assertUnique(tx: Tx, row: ExecutionRow): void {
  const { executions } = tx.database.tables;
  awaitWriter(tx, executions.find(row.id));
  if (executions.get(tx, row.id) !== undefined) throw uniqueViolation("execution_pkey");
  if (isApart(row.type) || ENDED.includes(row.status)) return;
  awaitWritersOf(tx, (other) => isOpenCauseOf(other, row));
  if (executions.select(tx, (other) => isOpenCauseOf(other, row)).length > 0) {
    throw uniqueViolation("execution_one_open");
  }
}

/** Each is one of its own, however many there are. */
function isApart(type: ExecutionRow["type"]): boolean {
  return type === "MANUAL" || type === "SCHEDULED";
}

function isOpenCauseOf(row: ExecutionRow, { actuatorId, type, action }: OpenCause): boolean {
  return (
    !isApart(type) &&
    row.actuatorId === actuatorId &&
    row.type === type &&
    row.action === action &&
    !ENDED.includes(row.status)
  );
}

function awaitWritersOf(tx: Tx, isWanted: (row: ExecutionRow) => boolean): void {
  for (const cell of tx.database.tables.executions.cells.values()) {
    if ([cell.written, cell.committed].some((row) => row !== undefined && isWanted(row))) awaitWriter(tx, cell);
  }
}

function assertChecks({ idempotencyKey, overrideReason }: ExecutionRow): void {
  assertLength("execution_idempotency_key_check", idempotencyKey, 200);
  assertLength("execution_override_reason_check", overrideReason, 500);
}

function assertLength(constraint: string, text: string | null, most: number): void {
  if (text !== null && (text.length < 1 || text.length > most)) throw checkViolation(constraint);
}

function appendTrail(tx: Tx, { id, status, reason, message }: ExecutionRow, who: string | null): void {
  const event = { table: "execution_event", executionId: id, status, reason, message, who } as const;
  tx.database.tables.executionEvents.append(tx, event);
}

/** With the trigger: what becomes of an execution is on record. */
export function updateWhere(
  tx: Tx,
  isWanted: (row: ExecutionRow) => boolean,
  change: (row: ExecutionRow) => Partial<ExecutionRow>,
): ExecutionRow[] {
  return tx.database.tables.executions.update(tx, isWanted, (before) => {
    const after = { ...before, ...change(before) };
    if (after.status !== before.status || after.reason !== before.reason)
      appendTrail(tx, after, after.cancelledBy === before.cancelledBy ? null : after.cancelledBy);
    return after;
  });
}

export function updateExecution(tx: Tx, id: string, change: (row: ExecutionRow) => Partial<ExecutionRow>): void {
  updateWhere(tx, (row) => row.id === id, change);
}

export function insertRequest(tx: Tx, request: NewRequest): Execution | undefined {
  const row = { ...requestRow(tx, request), requestedFrom: request.requestedFrom ?? null };
  assertChecks(row);
  awaitKey(tx, request);
  if (withKey(tx, request.organizationId, request.idempotencyKey) !== undefined) return undefined;
  insertExecution(tx, row);
  return executionOf(row);
}

/** Of a start that is decided at once. */
export function insertDispatched(tx: Tx, request: NewRequest): void {
  assertChecks(requestRow(tx, request));
  awaitKey(tx, request);
  if (withKey(tx, request.organizationId, request.idempotencyKey) !== undefined) {
    throw uniqueViolation("execution_organization_id_idempotency_key_key");
  }
  insertExecution(tx, { ...requestRow(tx, request), status: "DISPATCHED" });
}

function requestRow(tx: Tx, request: NewRequest): ExecutionRow {
  const { parameters, idempotencyKey, waitMs, overrideReason } = request;
  const fresh = newExecution(tx, request);
  return {
    ...fresh,
    parameters: jsonOf(parameters),
    idempotencyKey: idempotencyKey ?? null,
    request: jsonOf(request.request),
    waitLimitMicros: waitMs === undefined ? null : fresh.createdMicros + waitMs * 1000,
    overrideReason: overrideReason ?? null,
  };
}

function awaitKey(tx: Tx, { organizationId, idempotencyKey }: NewRequest): void {
  if (idempotencyKey === undefined) return;
  for (const cell of tx.database.tables.executions.cells.values()) {
    const isSame = (row: ExecutionRow | undefined): boolean =>
      row?.organizationId === organizationId && row.idempotencyKey === idempotencyKey;
    if (isSame(cell.written) || isSame(cell.committed)) awaitWriter(tx, cell);
  }
}

function withKey(tx: Tx, organizationId: number, key: string | undefined): ExecutionRow | undefined {
  if (key === undefined) return undefined;
  const isWanted = (row: ExecutionRow): boolean => row.organizationId === organizationId && row.idempotencyKey === key;
  return tx.database.tables.executions.select(tx, isWanted)[0];
}

export function findByIdempotencyKey(
  tx: Tx,
  organizationId: number,
  key: string,
  request: Parameters,
): KeptRequest | undefined {
  const row = withKey(tx, organizationId, key);
  return row && { id: row.id, isSame: isSameJson(row.request, request) };
}

export function openExecution(tx: Tx, execution: CauseExecution): string {
  const { id, type, folded, waiting } = execution;
  const isOpen = (row: ExecutionRow): boolean => isOpenCauseOf(row, execution);
  awaitWritersOf(tx, isOpen);
  const [open] = updateWhere(tx, isOpen, (row) => ({
    causes: row.causes + execution.causes,
    folded: folded ?? row.folded,
    ...raised(row, execution),
    readingNeededAfterMicros: later(row.readingNeededAfterMicros, execution.readingNeededAfterMicros),
  }));
  if (open !== undefined) return open.id;
  insertExecution(tx, {
    ...newExecution(tx, execution),
    ...{ type, priority: execution.priority, parameters: jsonOf(execution.parameters), ruleId: execution.ruleId },
    ...{ deviceId: execution.deviceId, causes: execution.causes, folded: folded ?? null },
    ...{ status: waiting === undefined ? "PENDING" : "WAITING", reason: waiting?.reason ?? null },
    waitUntilMicros: waiting?.untilMicros ?? null,
    readingNeededAfterMicros: execution.readingNeededAfterMicros ?? null,
    waitLimitMicros: execution.waitLimitMicros ?? null,
  });
  return id;
}

/** What has not been decided yet is decided as the most urgent of its causes wants it; a fresh cause of a trip at once. */
function raised(row: ExecutionRow, { priority, parameters, waiting }: CauseExecution): Partial<ExecutionRow> {
  const waitUntilMicros = waiting?.untilMicros ?? null;
  if (row.status !== "DISPATCHED" && isAbove(priority, row.priority)) {
    return { priority, parameters: jsonOf(parameters), waitUntilMicros };
  }
  return row.action === "TRIP" && waiting === undefined ? { waitUntilMicros } : {};
}

function later(a: number | null, b: number | undefined): number | null {
  return b === undefined ? a : Math.max(a ?? b, b);
}

/** What an execution may claim at a time. */
export function claimOf({ priority, passedOverMicros }: ExecutionRow, nowMicros: number): Claim {
  return { priority, isPassedOver: isPassedOver(passedOverMicros, nowMicros) };
}

export function dueExecutions(tx: Tx, limit: number): Execution[] {
  const nowMicros = tx.database.nowMicros();
  const due = tx.database.tables.executions.select(
    tx,
    ({ status, waitUntilMicros }) =>
      (status === "PENDING" || status === "WAITING") && (waitUntilMicros === null || waitUntilMicros <= nowMicros),
  );
  const waited = (row: ExecutionRow): number => row.waitUntilMicros ?? Number.NEGATIVE_INFINITY;
  const rank = (row: ExecutionRow): number => rankOf(claimOf(row, nowMicros));
  due.sort((a, b) => rank(a) - rank(b) || compare(waited(a), waited(b)) || a.createdMicros - b.createdMicros);
  return due.slice(0, limit).map(executionOf);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function lockExecution(tx: Tx, id: string): Execution | undefined {
  const cell = tx.database.tables.executions.find(id);
  if (cell?.visibleTo(tx) === undefined) return undefined;
  tx.lock(cell, true);
  return executionOf(cell.visibleTo(tx)!);
}

export function moveExecution(tx: Tx, id: string, change: ExecutionChange): void {
  const { status, reason, message, untilMicros, retries, cancelledBy } = change;
  const passing = passingOver(change);
  const beganMicros = passing === "begins" ? tx.database.nowMicros() : null;
  const endedMicros = ENDED.includes(status) ? tx.database.nowMicros() : null;
  updateExecution(tx, id, (before) => ({
    ...{ status, reason: reason ?? null, message: message ?? null, waitUntilMicros: untilMicros ?? null },
    ...{ retries: retries ?? before.retries, completedMicros: endedMicros },
    ...{ cancelledBy: cancelledBy ?? before.cancelledBy },
    passedOverMicros: passing === "ends" ? null : (before.passedOverMicros ?? beganMicros),
  }));
}

export function insertRefused(tx: Tx, refused: readonly RefusedRequest[]): void {
  const completedMicros = tx.database.nowMicros();
  for (const { request, reason, message } of refused) {
    const ended = { status: "CANCELLED", reason, message, completedMicros } as const;
    const row = requestRow(tx, request);
    insertExecution(tx, { ...row, ...ended, idempotencyKey: null, waitLimitMicros: null });
  }
}

export function cancelWaiting(tx: Tx, actuatorId: number, reason: string, message: string): void {
  const completedMicros = tx.database.nowMicros();
  updateWhere(
    tx,
    ({ action, status, ...row }) =>
      row.actuatorId === actuatorId && (action === "RUN" || action === "DOSE") && isWaitingOrPending(status),
    () => ({ status: "CANCELLED", reason, message, waitUntilMicros: null, completedMicros }),
  );
}

function isWaitingOrPending(status: string): boolean {
  return status === "PENDING" || status === "WAITING";
}

export function wakeReachable(tx: Tx, deviceIds?: readonly number[]): number {
  const { actuators, links, executions } = tx.database.tables;
  const isReachable = ({ actuatorId }: ExecutionRow): boolean => {
    const { deviceId } = actuators.get(tx, actuatorId)!;
    return links.get(tx, deviceId)?.isConnected === true && (deviceIds === undefined || deviceIds.includes(deviceId));
  };
  const isFree = ({ id }: ExecutionRow): boolean => tx.tryLock(executions.find(id)!, true);
  return wake(tx, (row) => row.reason === "offline" && isReachable(row) && isFree(row));
}

const FREED: readonly (string | null)[] = [
  ...["preempting", "yielding", "running", "unknown", "interlock", "max_run_per_day", "max_starts_per_day"],
];

/** What another has locked is left to it. */
export function wakeWaiting(tx: Tx, actuatorId: number): number {
  const { actuators, executions } = tx.database.tables;
  const isMember = inGroupOf(tx, actuatorId);
  const isFreed = (row: ExecutionRow): boolean =>
    FREED.includes(row.reason) && isMember(actuators.get(tx, row.actuatorId)!);
  return wake(tx, (row) => isFreed(row) && tx.tryLock(executions.find(row.id)!, true));
}

function wake(tx: Tx, isWanted: (row: ExecutionRow) => boolean): number {
  const nowMicros = tx.database.nowMicros();
  const isLater = ({ status, waitUntilMicros }: ExecutionRow): boolean =>
    status === "WAITING" && waitUntilMicros !== null && waitUntilMicros > nowMicros;
  return updateWhere(
    tx,
    (row) => isLater(row) && isWanted(row),
    () => ({ waitUntilMicros: nowMicros }),
  ).length;
}
