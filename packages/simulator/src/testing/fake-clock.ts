import type { Clock } from "../clock.ts";

/** A clock that moves only when it is told to, and calls back what has become due on the way, in order. */
export class FakeClock implements Clock {
  private nowMs = 0;
  private readonly startMicros: number;
  private readonly timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  constructor(startMicros = 1_750_000_000_000_000) {
    this.startMicros = startMicros;
  }

  nowMicros(): number {
    return this.startMicros + Math.round(this.nowMs * 1000);
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  advance(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (let next = this.firstDue(endMs); next !== undefined; next = this.firstDue(endMs)) {
      this.timers.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
    }
    this.nowMs = endMs;
  }

  private firstDue(endMs: number) {
    return [...this.timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}
