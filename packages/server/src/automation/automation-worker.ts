import type { Logger } from "pino";
import type { Clock } from "../platform/clock.ts";
import { isTransient } from "../platform/postgres.ts";
import { type WorkerRound, WorkerRounds } from "../platform/worker-rounds.ts";
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
 * Folds transitions and decides executions.
 *
 *   idle    → until a nudge (the pipeline committed, an actuator is free) or the poll
 *   working → fold, decide, and again while there was anything to do
 *
 * Workers may be as many as one likes, and may be killed or paused at any line: what they know is in the tables.
 */
export class AutomationWorker {
  private readonly options: AutomationWorkerOptions;
  private cancelPoll: () => void = () => {};
  private working: Promise<void> | undefined;
  private isNudged = false;
  private isRunning = false;
  private readonly rounds: WorkerRounds;
  /** Partition → how often its next batch has failed in a row. */
  private readonly failures = new Map<number, number>();

  constructor(options: AutomationWorkerOptions) {
    this.options = options;
    this.rounds = new WorkerRounds("automation", options.clock);
  }

  start(): void {
    this.isRunning = true;
    this.nudge();
  }

  /** Resolves once the transaction under way has ended. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.cancelPoll();
    await this.settled();
  }

  /** Resolves once everything asked for so far has been done. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  /** Costs nothing when there is nothing to do, or when it is at work already. */
  nudge(): void {
    this.isNudged = true;
    if (!this.isRunning || this.working !== undefined) return;
    this.cancelPoll();
    this.working = this.work().finally(() => {
      this.working = undefined;
      if (!this.isRunning) return;
      if (this.isNudged) this.nudge();
      else this.cancelPoll = this.options.clock.after(WORKER_POLL_MS, () => this.nudge());
    });
  }

  /** How it is, for whoever watches over it. */
  health(): WorkerRound {
    return this.rounds.health(this.isRunning);
  }

  private work(): Promise<void> {
    this.isNudged = false;
    return this.rounds.work(
      async () => {
        while (this.isRunning && (await this.workOnce()));
      },
      // The next poll tries again; a database that is away for a moment is no news.
      (error) =>
        this.options.logger[isTransient(error) ? "warn" : "error"]({ err: error }, "automation could not go on"),
    );
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
