import type { Clock } from "../../platform/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that a test moves. */
export class ManualClock implements Clock {
  private ms = 1_700_000_000_000;
  private readonly timers = new Set<Timer>();

  nowMicros(): number {
    return this.ms * 1000;
  }

  monotonicMs(): number {
    return this.ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.ms + delayMs, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Moves on, calling what falls due on the way. */
  advance(ms: number): void {
    const untilMs = this.ms + ms;
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.timers.delete(next);
      this.ms = Math.max(this.ms, next.dueMs);
      next.callback();
    }
    this.ms = untilMs;
  }
}
