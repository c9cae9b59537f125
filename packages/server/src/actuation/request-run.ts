import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import type { Decision } from "@sluice/core/safety/decide.ts";
import type { PoolClient } from "pg";
import { inTransaction, isTransient, sqlStateOf } from "../platform/postgres.ts";
import type { Actuation, Requester } from "./actuation.ts";
import { type Actuator, lockActuator, requireActuator } from "./actuator-store.ts";
import { type Command, commandOfExecution } from "./command-store.ts";
import { decideRun } from "./decide-run.ts";
import { findByIdempotencyKey, freeIdempotencyKey, insertRequest } from "./execution-store.ts";

export interface RunOrder {
  readonly actuatorId: number;
  readonly durationMs: number;
  /** The same key with the same order is answered with the same command. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * A person asks for a run and is answered at once: the command, or the limit that refused it.
 *
 * Throws `actuator.<limit>` (conflict, with `retryAt` where time will help), `actuator.unknown`, `idempotency.mismatch`, and
 * `actuator.busy` when somebody else holds the actuator's lock for longer than a lock may be waited for.
 */
export async function requestRun(actuation: Actuation, by: Requester, order: RunOrder): Promise<Command> {
  const actuator = await requireActuator(actuation.pool, by.organizationId, order.actuatorId);
  const executionId = actuation.newId();
  const { command, refusal } = await settled(actuation, actuator, executionId, () =>
    inTransaction(actuation.pool, (client) => decideRequest(actuation, client, by, order, executionId)),
  );
  if (refusal !== undefined) throw refusalError(refusal);
  actuation.onQueued(actuator.deviceId);
  return command!;
}

interface Answer {
  readonly command?: Command | undefined;
  readonly refusal?: Exclude<Decision, { outcome: "accept" }>;
}

async function decideRequest(
  actuation: Actuation,
  client: PoolClient,
  by: Requester,
  order: RunOrder,
  executionId: string,
): Promise<Answer> {
  const actuator = await lockActuator(client, order.actuatorId);
  const { durationMs, idempotencyKey } = order;
  const request = { action: "RUN", actuatorId: order.actuatorId, durationMs };
  const execution = await insertRequest(client, {
    id: executionId,
    organizationId: by.organizationId,
    actuatorId: order.actuatorId,
    action: "RUN",
    parameters: { durationMs },
    requestedBy: by.actor,
    idempotencyKey,
    request,
  });
  if (execution === undefined) {
    return { command: await commandOfKey(client, by.organizationId, idempotencyKey!, request) };
  }
  const decision = await decideRun(actuation, client, actuator!, execution, undefined);
  if (decision.outcome === "accept") return { command: await commandOfExecution(client, executionId) };
  await freeIdempotencyKey(client, executionId);
  return { refusal: decision };
}

/** The command that an idempotency key has led to. Throws `idempotency.mismatch` when it was asked something else. */
export async function commandOfKey(
  client: PoolClient,
  organizationId: number,
  key: string,
  request: Readonly<Record<string, unknown>>,
): Promise<Command> {
  const earlier = await findByIdempotencyKey(client, organizationId, key, request);
  const command = earlier?.isSame ? await commandOfExecution(client, earlier.id) : undefined;
  if (command !== undefined) return command;
  throw new SluiceError("invalid", "idempotency.mismatch", "This idempotency key was used for another request.", {
    details: { key },
  });
}

/**
 * A lost COMMIT reply is settled by looking, never by deciding again: whoever gets the actuator's lock next knows that the
 * old transaction is over, and whether its execution is there.
 */
async function settled(
  actuation: Actuation,
  actuator: Actuator,
  executionId: string,
  decideOnce: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await decideOnce();
  } catch (error) {
    if (isSluiceError(error) && error.code === "database.outcome_unknown") {
      const command = await inTransaction(actuation.pool, async (client) => {
        await lockActuator(client, actuator.id);
        return commandOfExecution(client, executionId);
      });
      if (command !== undefined) return { command };
    }
    throw isTransient(error) ? busy(error) : error;
  }
}

function busy(cause: unknown): SluiceError {
  const message = "The actuator is being decided on by somebody else.";
  return new SluiceError("unavailable", "actuator.busy", message, {
    cause,
    retryAfterMs: 1_000,
    details: { sqlState: sqlStateOf(cause) },
  });
}

function refusalError(refusal: Exclude<Decision, { outcome: "accept" }>): SluiceError {
  const retryAtMicros = refusal.outcome === "refuse" ? refusal.retryAtMicros : refusal.untilMicros;
  const details =
    retryAtMicros === undefined ? {} : { retryAt: new Date(Math.ceil(retryAtMicros / 1000)).toISOString() };
  const kind = refusal.limit === "invalid_duration" || refusal.limit === "max_run" ? "invalid" : "conflict";
  return new SluiceError(kind, `actuator.${refusal.limit}`, refusal.message, { details });
}
