import type { Clock } from "./clock.ts";

/** How it is with a worker, for whoever watches over it. */
export interface WorkerRound {
  readonly name: string;
  readonly isRunning: boolean;
  /** Null before its first round. */
  readonly lastRoundAt: Date | null;
  readonly lastRoundMs: number | null;
  /** What kept the last round from going on; null: nothing did. */
  readonly lastError: string | null;
}

/** The rounds of one worker, of which the last is remembered. */
export class WorkerRounds {
  private readonly name: string;
  private readonly clock: Clock;
  private last: Omit<WorkerRound, "name" | "isRunning"> = { lastRoundAt: null, lastRoundMs: null, lastError: null };

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
  }

  /** Works one round. What it throws is told to `onError`, and is no end: the next round tries again. */
  async work(round: () => Promise<void>, onError: (error: unknown) => void): Promise<void> {
    const startedMs = this.clock.monotonicMs();
    let lastError: string | null = null;
    try {
      await round();
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
      onError(error);
    }
    const lastRoundAt = new Date(Math.floor(this.clock.nowMicros() / 1000));
    this.last = { lastRoundAt, lastRoundMs: this.clock.monotonicMs() - startedMs, lastError };
  }

  health(isRunning: boolean): WorkerRound {
    return { name: this.name, isRunning, ...this.last };
  }
}
