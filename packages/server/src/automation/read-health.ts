import type { Pool } from "pg";
import { type ExecutionQueue, readExecutionQueue } from "../actuation/index.ts";
import { countUnfolded } from "./fold-store.ts";

/** Beyond this nobody counts on: that much is behind. */
const MAX_UNFOLDED_COUNTED = 10_000;

export interface WorkerRound {
  readonly name: string;
  readonly isRunning: boolean;
  /** Null before its first round. */
  readonly lastRoundAt: Date | null;
  readonly lastRoundMs: number | null;
  /** What kept the last round from going on; null: nothing did. */
  readonly lastError: string | null;
}

export interface AutomationHealth {
  /** Of this process. */
  readonly workers: readonly WorkerRound[];
  readonly executions: ExecutionQueue;
  /** Transitions of all rules that no worker has folded yet. */
  readonly unfoldedTransitions: number;
}

export async function readHealth(
  pool: Pool,
  organizationId: number,
  workers: readonly WorkerRound[],
): Promise<AutomationHealth> {
  const [executions, unfoldedTransitions] = await Promise.all([
    readExecutionQueue(pool, organizationId),
    countUnfolded(pool, MAX_UNFOLDED_COUNTED),
  ]);
  return { workers, executions, unfoldedTransitions };
}
