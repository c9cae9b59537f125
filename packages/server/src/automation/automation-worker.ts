import type { Logger } from "pino";
import type { Clock } from "../platform/clock.ts";
import { isTransient } from "../platform/postgres.ts";
import type { Automation } from "./automation.ts";
import { listPartitions } from "./fold-store.ts";
import { foldTransitions } from "./fold-transitions.ts";
import type { WorkerRound } from "./read-health.ts";
import { runExecutions } from "./run-executions.ts";

/** Nudges make it fast; this makes it certain. */
export const WORKER_POLL_MS = 1_000;

const NO_ROUND = { lastRoundAt: null, lastRoundMs: null, lastError: null };

export interface AutomationWorkerOptions {
  readonly automation: Automation;
  readonly clock: Clock;
  readonly logger: Logger;
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
  private lastRound: Pick<WorkerRound, "lastRoundAt" | "lastRoundMs" | "lastError"> = NO_ROUND;

  constructor(options: AutomationWorkerOptions) {
    this.options = options;
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
    return { name: "automation", isRunning: this.isRunning, ...this.lastRound };
  }

  private async work(): Promise<void> {
    const { clock } = this.options;
    const startedMs = clock.monotonicMs();
    const lastError = await this.workUntilDone();
    const lastRoundAt = new Date(Math.floor(clock.nowMicros() / 1000));
    this.lastRound = { lastRoundAt, lastRoundMs: clock.monotonicMs() - startedMs, lastError };
  }

  /** Answers what kept it from going on. */
  private async workUntilDone(): Promise<string | null> {
    this.isNudged = false;
    try {
      while (this.isRunning && (await this.workOnce()));
      return null;
    } catch (error) {
      // The next poll tries again; a database that is away for a moment is no news.
      const level = isTransient(error) ? "warn" : "error";
      this.options.logger[level]({ err: error }, "automation could not go on");
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Answers whether there may be more to do. */
  private async workOnce(): Promise<boolean> {
    const { automation, logger } = this.options;
    let folded = 0;
    for (const partition of await listPartitions(automation.pool))
      folded += (await foldTransitions(automation, partition)) ?? 0;
    const { errors, hasMore } = await runExecutions(automation);
    for (const error of errors) logger.warn({ err: error }, "an execution could not be decided yet");
    return folded > 0 || hasMore;
  }
}
