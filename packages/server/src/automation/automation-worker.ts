import type { Logger } from "pino";
import type { Clock } from "../platform/clock.ts";
import { PollingWorker } from "../platform/polling-worker.ts";
import { isTransient } from "../platform/postgres.ts";
import type { Automation } from "./automation.ts";
import { listPartitions } from "./fold-store.ts";
import { foldCarefully, foldTransitions, type LostAlert } from "./fold-transitions.ts";
import { runExecutions } from "./run-executions.ts";

/** Nudges make it fast; this makes it certain. */
export const WORKER_POLL_MS = 1_000;

/** After a batch of transitions has failed so often, each of them is folded by itself. */
export const FOLD_ATTEMPTS = 3;

export interface AutomationWorkerOptions {
  readonly automation: Automation;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An alert could not be written, and is told to nobody. */
  readonly onAlertLost?: () => void;
}

/**
 * Folds transitions and decides executions, again while there was anything to do. The pipeline nudges it after a commit, and
 * actuation when an actuator is free.
 *
 * Workers may be as many as one likes, and may be killed or paused at any line: what they know is in the tables.
 */
export class AutomationWorker extends PollingWorker {
  private readonly options: AutomationWorkerOptions;
  /** Partition → how often its next batch has failed in a row. */
  private readonly failures = new Map<number, number>();

  constructor(options: AutomationWorkerOptions) {
    super({ ...options, name: "automation", failure: "automation could not go on" });
    this.options = options;
  }

  protected override async round(): Promise<void> {
    while (this.isRunning && (await this.workOnce()));
  }

  protected override pauseMs(): number {
    return WORKER_POLL_MS;
  }

  /** Answers whether there may be more to do. */
  private async workOnce(): Promise<boolean> {
    const { automation, logger } = this.options;
    let folded = 0;
    const unfolded: unknown[] = [];
    for (const partition of await listPartitions(automation.pool)) {
      await this.fold(partition).then(
        (count) => {
          folded += count;
        },
        (error) => unfolded.push(error),
      );
    }
    // What is open already is decided all the same, and other partitions are folded.
    const { errors, hasMore } = await runExecutions(automation);
    for (const error of errors) logger.warn({ err: error }, "an execution could not be decided yet");
    if (unfolded.length > 0) throw unfolded[0];
    return folded > 0 || hasMore;
  }

  /** Answers how many transitions were folded. */
  private async fold(partition: number): Promise<number> {
    const { automation } = this.options;
    const failures = this.failures.get(partition) ?? 0;
    if (failures >= FOLD_ATTEMPTS) {
      await foldCarefully(automation, partition, (lost) => this.noteLost(lost));
      this.failures.delete(partition);
    }
    try {
      const folded = (await foldTransitions(automation, partition)) ?? 0;
      this.failures.delete(partition);
      return folded;
    } catch (error) {
      // What passes by itself is waited for.
      if (!isTransient(error)) this.failures.set(partition, failures + 1);
      throw error;
    }
  }

  private noteLost({ error, ...transition }: LostAlert): void {
    const { logger, onAlertLost } = this.options;
    logger.error({ err: error, ...transition }, "an alert could not be written; what its rule acts on goes on");
    onAlertLost?.();
  }
}
