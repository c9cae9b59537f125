import type { Dose } from "@sluice/core/commands/messages.ts";
import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { Decision } from "@sluice/core/safety/decide.ts";
import { isConnectionFailure, isTransient, sqlStateOf } from "../platform/postgres.ts";
import { type Actuation, actuatorUnknown, type Requester } from "./actuation.ts";
import type { ActuationStore, ActuationTransaction, Actuator, Command, NewRequest } from "./actuation-store.ts";
import type { Answer } from "./answer.ts";
import { decideRequests } from "./decide-requests.ts";
import { mismatch } from "./idempotency.ts";
import { type ReadPermissives, readBeforeLocks } from "./permissive-readings.ts";
import type { BatchAnswer } from "./request-batches.ts";
import { untilRecorded } from "./request-stop.ts";

export interface RunOrder {
  readonly actuatorId: number;
  /** Of a DOSE, the longest that counting it out may take. Absent: the longest run that is allowed. */
  readonly durationMs?: number | undefined;
  /** Makes it a DOSE. */
  readonly dose?: Dose | undefined;
  /**
   * How long it may wait, for a run of lower priority that is stopped for it, or for a limit that passes. A request that cannot
   * start within that is refused at once, and stops nobody.
   */
  readonly waitMs?: number | undefined;
  /** An administrator's written reason for passing the cooldown; the caller has checked the role. */
  readonly overrideReason?: string | undefined;
  /** The dead letter that it repeats. */
  readonly replayOf?: string | undefined;
  /** The same key with the same order is answered with the same command. */
  readonly idempotencyKey?: string | undefined;
}

/** Where a request has come to: its command, or, while it waits, its execution alone. */
export interface PlacedRun {
  readonly executionId: string;
  readonly command: Command | undefined;
}

export const DEFAULT_WAIT_MS = 60_000;
export const LONGEST_WAIT_MS = 3_600_000;

/**
 * A person asks for a run or a dose and is answered at once: the command, the execution that waits, or the limit that refused.
 *
 * Throws `actuator.<limit>` (conflict, with `retryAt` where time will help), `actuator.unknown`, `idempotency.mismatch`, and
 * `actuator.busy` when somebody else holds the actuator's lock for longer than a lock may be waited for, or when too many wait.
 */
export async function requestRun(actuation: Actuation, by: Requester, order: RunOrder): Promise<PlacedRun> {
  const { actuatorId } = order;
  if ((await actuation.store.whereIs(by.organizationId, actuatorId)) === undefined) throw actuatorUnknown(actuatorId);
  const request = requestFor(actuation, by, order);
  const decisionMade = actuation.timeDecision?.();
  const ask = (): Promise<Answer> =>
    actuation.requests.ask(actuatorId, request, {
      together: (requests) => decideTogether(actuation, requests),
      alone: (requests) => decideAlone(actuation, requests),
    });
  const answer = await ask();
  const final = answer.kind === "again" ? await ask() : answer;
  decisionMade?.(outcomeOf(final));
  return placedOf(final, order);
}

function outcomeOf(answer: Answer): string {
  if (answer.kind !== "placed") return answer.kind;
  return answer.command === undefined ? "waiting" : "dispatched";
}

function placedOf(answer: Answer, { idempotencyKey }: RunOrder): PlacedRun {
  switch (answer.kind) {
    case "placed":
      return { executionId: answer.executionId, command: answer.command };
    case "refused":
      throw refusalError(answer.refusal);
    case "mismatch":
      throw mismatch(idempotencyKey!);
    case "again":
      throw busy(undefined);
  }
}

function requestFor(actuation: Actuation, by: Requester, order: RunOrder): NewRequest {
  const { actuatorId, durationMs, dose, waitMs = DEFAULT_WAIT_MS, overrideReason, idempotencyKey } = order;
  const action = dose === undefined ? "RUN" : "DOSE";
  const asked = { ...(durationMs === undefined ? {} : { durationMs }), ...dose };
  return {
    id: actuation.newId(),
    organizationId: by.organizationId,
    actuatorId,
    action,
    parameters: asked,
    requestedBy: by.actor,
    requestedFrom: by.address,
    idempotencyKey,
    request: bodyOf(order, action),
    waitMs: Math.min(waitMs, LONGEST_WAIT_MS),
    overrideReason,
  };
}

/** What was asked, for the idempotency key; a maximum run that changes meanwhile makes it no other request. */
function bodyOf({ idempotencyKey: _key, dose, ...order }: RunOrder, action: string): NewRequest["request"] {
  return Object.fromEntries(Object.entries({ action, ...order, ...dose }).filter(([, value]) => value !== undefined));
}

/** One transaction for all whose actuators nobody else has locked. */
function decideTogether(
  actuation: Actuation,
  requests: readonly NewRequest[],
): Promise<readonly BatchAnswer<Answer>[]> {
  const actuatorIds = [...new Set(requests.map(actuatorOf))];
  return decideIn(actuation, requests, (tx) => tx.tryLockGroups(actuatorIds));
}

/** Requests for one actuator: one transaction for all of them; where that fails, one for each. */
async function decideAlone(actuation: Actuation, requests: readonly NewRequest[]): Promise<readonly (() => Answer)[]> {
  try {
    const [first] = requests;
    const read = await readBeforeLocks(actuation, first!);
    const lock = async (tx: ActuationTransaction) => [(await tx.lockGroup(actuatorOf(first!)))!];
    const answers = await decideIn(actuation, requests, lock, read);
    return answers.map((answer) => (typeof answer === "function" ? answer : thrown(busy(undefined))));
  } catch (error) {
    if (isTransient(error)) return requests.map(() => thrown(busy(error)));
    if (requests.length === 1) return [isUsedKey(error) ? () => ({ kind: "again" }) : thrown(error)];
    const alone: (() => Answer)[] = [];
    for (const request of requests) alone.push(...(await decideAlone(actuation, [request])));
    return alone;
  }
}

async function decideIn(
  actuation: Actuation,
  requests: readonly NewRequest[],
  lock: (tx: ActuationTransaction) => Promise<readonly Actuator[]>,
  read?: ReadPermissives,
): Promise<readonly BatchAnswer<Answer>[]> {
  try {
    const decide = async (tx: ActuationTransaction) => decideRequests(actuation, tx, await lock(tx), requests, read);
    const { answers, queuedFor } = await actuation.store.transaction(decide);
    for (const deviceId of new Set(queuedFor)) actuation.onQueued(deviceId);
    return answers.map((answer) => (typeof answer === "object" ? () => answer : answer));
  } catch (error) {
    if (isOutcomeUnknown(error)) return settle(actuation.store, requests, error);
    throw error;
  }
}

function actuatorOf({ actuatorId }: NewRequest): number {
  return actuatorId;
}

/** A request for another actuator had the same idempotency key at the same moment. */
function isUsedKey(error: unknown): boolean {
  return (
    error instanceof Error &&
    "constraint" in error &&
    error.constraint === "execution_organization_id_idempotency_key_key"
  );
}

function isOutcomeUnknown(error: unknown): boolean {
  return isSluiceError(error) && error.code === "database.outcome_unknown";
}

/**
 * A lost COMMIT reply is settled by looking, never by deciding again: whoever gets an actuator's lock next knows that the old
 * transaction is over, and whether its executions are there. Each actuator is looked at apart, so that one that somebody else
 * holds leaves the others their answers. Where looking fails nothing is known, and those who asked are told so.
 */
async function settle(
  store: ActuationStore,
  requests: readonly NewRequest[],
  error: unknown,
): Promise<readonly (() => Answer)[]> {
  const answers = new Map<NewRequest, () => Answer>();
  let lost: (() => never) | undefined;
  for (const actuatorId of new Set(requests.map(actuatorOf))) {
    const own = requests.filter((request) => request.actuatorId === actuatorId);
    try {
      // The old transaction may be idle until the database ends it, which is sooner than so many lock timeouts.
      const look = (tx: ActuationTransaction) => lookFor(tx, actuatorId, own, error);
      const found = lost === undefined ? await untilRecorded(() => store.transaction(look)) : own.map(() => lost!);
      for (const [index, request] of own.entries()) answers.set(request, found[index]!);
    } catch (failure) {
      for (const request of own) answers.set(request, thrown(failure));
      // Without a connection the others would wait as long, for nothing.
      if (isConnectionFailure(failure)) lost = thrown(failure);
    }
  }
  return requests.map((request) => answers.get(request)!);
}

async function lookFor(
  tx: ActuationTransaction,
  actuatorId: number,
  requests: readonly NewRequest[],
  error: unknown,
): Promise<(() => Answer)[]> {
  await tx.lockActuator(actuatorId);
  const answers: (() => Answer)[] = [];
  for (const { id: executionId } of requests) {
    const execution = await tx.lockExecution(executionId);
    const isThere = execution !== undefined && execution.status !== "CANCELLED";
    const command = isThere ? await tx.commandOfExecution(executionId) : undefined;
    answers.push(isThere ? () => ({ kind: "placed", executionId, command }) : thrown(busy(error)));
  }
  return answers;
}

function thrown(error: unknown): () => never {
  return () => {
    throw error;
  };
}

function busy(cause: unknown): SluiceError {
  const message = "The actuator is being decided on by somebody else.";
  return new SluiceError("unavailable", "actuator.busy", message, {
    cause,
    retryAfterMs: 1_000,
    details: { sqlState: sqlStateOf(cause) },
  });
}

const WRONG_ORDERS: ReadonlySet<string> = new Set([
  "invalid_duration",
  "max_run",
  "dose_unsupported",
  "invalid_amount",
  "max_dose",
]);

function refusalError({ limit, message, retryAtMicros }: Extract<Decision, { outcome: "refuse" }>): SluiceError {
  const details =
    retryAtMicros === undefined ? {} : { retryAt: new Date(Math.ceil(retryAtMicros / 1000)).toISOString() };
  return new SluiceError(WRONG_ORDERS.has(limit) ? "invalid" : "conflict", `actuator.${limit}`, message, { details });
}
