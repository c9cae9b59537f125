import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Actuation } from "./actuation.ts";
import { tryLockActuator } from "./actuator-store.ts";
import { decideRun } from "./decide-run.ts";
import { type Execution, lockExecution, moveExecution } from "./execution-store.ts";

/** What automation knows of an execution at the moment of its decision. */
export interface Need {
  /** False: no rule that caused it fires any more. */
  readonly isNeeded: boolean;
  /** Time of the newest reading of what the rule watches, as far as it is known. */
  readonly readingMicros: number | undefined;
}

export type DecidedExecution = "dispatched" | "waiting" | "cancelled" | "not-now";

/**
 * Decides a due execution in one transaction. "not-now": another decides on this actuator at this moment, or has done so; the
 * execution comes up again if there is anything left to do. Any number of workers may call this for the same execution.
 */
export async function decideExecution(
  actuation: Actuation,
  due: Pick<Execution, "id" | "actuatorId">,
  askNeed: (client: PoolClient, execution: Execution) => Promise<Need>,
): Promise<DecidedExecution> {
  let deviceId: number | undefined;
  const outcome = await inTransaction(actuation.pool, async (client): Promise<DecidedExecution> => {
    const actuator = await tryLockActuator(client, due.actuatorId);
    const execution = actuator && (await lockExecution(client, due.id));
    if (execution === undefined || !isOpen(execution)) return "not-now";
    const need = await askNeed(client, execution);
    if (!need.isNeeded) {
      const change = { status: "CANCELLED", reason: "cause_gone", message: "Its rule no longer fires." } as const;
      await moveExecution(client, execution.id, change);
      return "cancelled";
    }
    const { outcome } = await decideRun(actuation, client, actuator!, execution, need.readingMicros);
    if (outcome === "accept") deviceId = actuator!.deviceId;
    return outcome === "accept" ? "dispatched" : outcome === "defer" ? "waiting" : "cancelled";
  });
  if (deviceId !== undefined) actuation.onQueued(deviceId);
  return outcome;
}

function isOpen({ status }: Execution): boolean {
  return status === "PENDING" || status === "WAITING";
}
