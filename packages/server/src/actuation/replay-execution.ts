import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool } from "pg";
import type { Actuation, Requester } from "./actuation.ts";
import { countFailedReplays, type ExecutionRecord, requireExecution } from "./execution-view-store.ts";
import { type PlacedRun, requestRun } from "./request-run.ts";

/**
 * A person has a dead letter done after all: a new execution of their own, which names the old one and is subject to every limit
 * of this moment. However often it is asked, one replay is under way or has succeeded; where that failed, the next may be made.
 *
 * Throws `execution.unknown`, `execution.not_dead`, and `actuator.<limit>` as `requestRun` does.
 */
export async function replayExecution(actuation: Actuation, pool: Pool, by: Requester, id: string): Promise<PlacedRun> {
  const dead = await requireExecution(pool, by.organizationId, id);
  if (dead.status !== "DEAD") {
    const message = `Only a dead letter is replayed, and this execution is ${dead.status}.`;
    throw new SluiceError("conflict", "execution.not_dead", message, { details: { id, status: dead.status } });
  }
  const failed = await countFailedReplays(pool, by.organizationId, id);
  // The key, and not a look, keeps two people who ask at the same moment from starting it twice.
  return requestRun(actuation, by, { ...orderOf(dead), replayOf: id, idempotencyKey: `replay:${id}:${failed + 1}` });
}

function orderOf({ actuator: actuatorId, action, parameters }: ExecutionRecord) {
  const { durationMs, amount, unit } = parameters;
  const isDose = action === "DOSE" && typeof amount === "number" && typeof unit === "string";
  return {
    actuatorId,
    durationMs: typeof durationMs === "number" ? durationMs : undefined,
    dose: isDose ? { amount, unit } : undefined,
  };
}
