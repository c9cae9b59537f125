import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import type { Actuation, Requester } from "./actuation.ts";
import { countFailedReplays, type ExecutionRecord, requireExecution } from "./execution-view-store.ts";
import { type PlacedRun, type RunOrder, requestRun } from "./request-run.ts";

/**
 * A person has a dead letter done after all: a new execution of their own, which names the old one and is subject to every limit
 * of this moment. However often it is asked, one replay is under way or has succeeded; where that failed, the next may be made.
 *
 * Throws `execution.unknown`, `execution.not_dead`, `execution.not_replayable` for what is no RUN or DOSE, and
 * `actuator.<limit>` as `requestRun` does.
 */
export async function replayExecution(actuation: Actuation, pool: Pool, by: Requester, id: string): Promise<PlacedRun> {
  const dead = await requireExecution(pool, by.organizationId, id);
  if (dead.status !== "DEAD") {
    const message = `Only a dead letter is replayed, and this execution is ${dead.status}.`;
    throw new SluiceError("conflict", "execution.not_dead", message, { details: { id, status: dead.status } });
  }
  const order = orderOf(dead);
  const failed = await countFailedReplays(pool, by.organizationId, id);
  // The key, and not a look, keeps two people who ask at the same moment from starting it twice.
  return requestRun(actuation, by, { ...order, replayOf: id, idempotencyKey: `replay:${id}:${failed + 1}` });
}

/** Exactly what it was to do: an order without a duration, or of another action, would be a run as long as is allowed. */
function orderOf({ id, actuator: actuatorId, action, parameters }: ExecutionRecord): RunOrder {
  const { durationMs, amount, unit } = parameters;
  if (typeof durationMs === "number") {
    if (action === "RUN") return { actuatorId, durationMs };
    if (action === "DOSE" && typeof amount === "number" && typeof unit === "string")
      return { actuatorId, durationMs, dose: { amount, unit } };
  }
  const message = `Only a RUN or DOSE of a known duration is replayed, and this was a ${action}: whoever wants it has to ask anew.`;
  throw new SluiceError("conflict", "execution.not_replayable", message, { details: { id, action } });
}
