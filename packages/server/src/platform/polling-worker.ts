import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import { isTransient } from "./postgres.ts";

/** How it is with a worker, for whoever watches over it. */
export interface WorkerHealth {
  readonly name: string;
  readonly isRunning: boolean;
  /** Null before its first round. */
  readonly lastRoundAt: Date | null;
  readonly lastRoundMs: number | null;
  /** What kept the last round from going on; null: nothing did. */
  readonly lastError: string | null;
}

export interface WorkerRounds {
  readonly done: number;
  /** Of those. */
  readonly failed: number;
}

export interface PollingWorkerOptions {
  /** As `health` has it. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the log says of a round that threw. */
  readonly failure: string;
}

/**
 * Does what there is to do, in rounds.
 *
 *   idle    → until a nudge, which makes it fast, or the poll, which makes it certain
 *   working → a round; then at once another if there was a nudge meanwhile
 *
 * What a round throws ends nothing: the next tries again.
 */
export abstract class PollingWorker {
  private readonly worker: PollingWorkerOptions;
  private cancelPoll: () => void = () => {};
  private working: Promise<void> | undefined;
  private isNudged = false;
  private isStarted = false;
  private readonly counts = { done: 0, failed: 0 };
  private last: Omit<WorkerHealth, "name" | "isRunning"> = { lastRoundAt: null, lastRoundMs: null, lastError: null };

  constructor(options: PollingWorkerOptions) {
    this.worker = options;
  }

  /** Everything that can be done now; a long one stops between two steps once `isRunning` is false. */
  protected abstract round(): Promise<void>;

  /** How long it waits without a nudge; asked after each round. */
  protected abstract pauseMs(): number;

  /** Of a round that threw; a database that is away for a moment is no news. */
  protected logFailure(error: unknown): void {
    const { logger, failure } = this.worker;
    logger[isTransient(error) ? "warn" : "error"]({ err: error }, failure);
  }

  protected get isRunning(): boolean {
    return this.isStarted;
  }

  start(): void {
    this.isStarted = true;
    this.nudge();
  }

  /** Resolves once the round under way has ended. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.cancelPoll();
    await this.settled();
  }

  /** Resolves once everything asked for so far has been done. */
  async settled(): Promise<void> {
    while (this.working !== undefined) await this.working;
  }

  /** Costs nothing when it is at work already. */
  nudge(): void {
    this.isNudged = true;
    if (!this.isStarted || this.working !== undefined) return;
    this.cancelPoll();
    this.isNudged = false;
    // Begun a moment later: a round that nudges at once has to find itself under way.
    const round = Promise.resolve().then(() => this.work());
    this.working = round.finally(() => {
      this.working = undefined;
      if (!this.isStarted) return;
      if (this.isNudged) this.nudge();
      else this.cancelPoll = this.worker.clock.after(this.pauseMs(), () => this.nudge());
    });
  }

  /** Since it was made. */
  roundCounts(): WorkerRounds {
    return { ...this.counts };
  }

  health(): WorkerHealth {
    return { name: this.worker.name, isRunning: this.isStarted, ...this.last };
  }

  private async work(): Promise<void> {
    const { clock } = this.worker;
    const startedMs = clock.monotonicMs();
    let lastError: string | null = null;
    try {
      await this.round();
    } catch (error) {
      this.counts.failed++;
      lastError = error instanceof Error ? error.message : String(error);
      this.logFailure(error);
    }
    this.counts.done++;
    const lastRoundAt = new Date(Math.floor(clock.nowMicros() / 1000));
    this.last = { lastRoundAt, lastRoundMs: clock.monotonicMs() - startedMs, lastError };
  }
}
