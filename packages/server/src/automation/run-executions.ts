import { type DecidedExecution, decideExecution, type Execution, type Need } from "../actuation/index.ts";
import type { Automation } from "./automation.ts";
import { firingCausesOf, type Queryable } from "./fold-store.ts";
import { readEvidence } from "./read-evidence.ts";

/** Executions that one round decides. */
export const DECIDE_LIMIT = 200;
/** Decided at the same time; each holds one connection. */
export const DECIDE_CONCURRENCY = 4;

export interface DecidedRound {
  readonly outcomes: ReadonlyMap<DecidedExecution, number>;
  /** What failed; each comes up again in the next round. */
  readonly errors: readonly unknown[];
  /** True when there may be more that is due. */
  readonly hasMore: boolean;
}

/** Decides what is due. Any number of workers may do this at once: the actuators' locks part them. */
export async function runExecutions(automation: Automation): Promise<DecidedRound> {
  const due = await automation.actuation.store.dueExecutions(DECIDE_LIMIT);
  const outcomes = new Map<DecidedExecution, number>();
  const errors: unknown[] = [];
  const queue = due.values();
  const decideAll = async (): Promise<void> => {
    for (const execution of queue) {
      try {
        const outcome = await decideDue(automation, execution);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(DECIDE_CONCURRENCY, due.length) }, decideAll));
  const decided = due.length - (outcomes.get("not-now") ?? 0) - errors.length;
  return { outcomes, errors, hasMore: due.length === DECIDE_LIMIT && decided > 0 };
}

async function decideDue(automation: Automation, execution: Execution): Promise<DecidedExecution> {
  // Read before the lock is taken: it may take long, and evidence that comes meanwhile can only be fresher.
  const isAskedAgain = execution.type === "THRESHOLD" && execution.status === "WAITING";
  const latestMicros = isAskedAgain ? await readEvidence(automation, execution.id) : undefined;
  return decideExecution(automation.actuation, execution, (tx, locked) => needOf(tx.client, locked, latestMicros));
}

/** What automation knows of an execution at this moment, without a lock: for answers to people, never for a decision. */
export async function readNeed(automation: Automation, execution: Pick<Execution, "id" | "type">): Promise<Need> {
  const latestMicros = execution.type === "THRESHOLD" ? await readEvidence(automation, execution.id) : undefined;
  return needOf(automation.pool, execution, latestMicros);
}

async function needOf(
  db: Queryable,
  { id, type }: Pick<Execution, "id" | "type">,
  latestMicros: number | undefined,
): Promise<Need> {
  if (type !== "THRESHOLD") return { isNeeded: true, readingMicros: undefined };
  const firing = await firingCausesOf(db, id);
  const folded = firing.map(({ readingMicros }) => readingMicros);
  const readingMicros = Math.max(...folded, latestMicros ?? Number.NEGATIVE_INFINITY);
  return { isNeeded: firing.length > 0, readingMicros };
}
