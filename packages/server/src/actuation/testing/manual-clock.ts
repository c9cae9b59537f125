import type { Clock } from "../../platform/clock.ts";

/** Time that passes when a test says so; timers whose time has come are called in order. */
export class ManualClock implements Clock {
  private nowMs = 1_000_000;
  private timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  nowMicros(): number {
    return this.nowMs * 1000;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.nowMs + delayMs, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    this.nowMs += ms;
    const due = this.timers.filter(({ dueMs }) => dueMs <= this.nowMs).sort((a, b) => a.dueMs - b.dueMs);
    this.timers = this.timers.filter(({ dueMs }) => dueMs > this.nowMs);
    for (const { callback } of due) callback();
  }
}
