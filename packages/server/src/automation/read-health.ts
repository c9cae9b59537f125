import type { Pool } from "pg";
import { type ExecutionQueue, readExecutionQueue } from "../actuation/index.ts";
import type { WorkerHealth } from "../platform/polling-worker.ts";
import { countUnfolded } from "./fold-store.ts";
import { readScheduleQueue, type ScheduleQueue } from "./schedules/schedule-store.ts";

/** Beyond this nobody counts on: that much is behind. */
const MAX_UNFOLDED_COUNTED = 10_000;

export interface AutomationHealth {
  /** Of this process. */
  readonly workers: readonly WorkerHealth[];
  readonly executions: ExecutionQueue;
  /** Transitions of all rules that no worker has folded yet. */
  readonly unfoldedTransitions: number;
  readonly schedules: ScheduleQueue;
}

export async function readHealth(
  pool: Pool,
  organizationId: number,
  workers: readonly WorkerHealth[],
): Promise<AutomationHealth> {
  const [executions, unfoldedTransitions, schedules] = await Promise.all([
    readExecutionQueue(pool, organizationId),
    countUnfolded(pool, MAX_UNFOLDED_COUNTED),
    readScheduleQueue(pool, organizationId),
  ]);
  return { workers, executions, unfoldedTransitions, schedules };
}
