import type { Clock } from "./clock.ts";

/** Shows whatever time it is set to while history is made up, and follows the real clock afterwards, without a step back. */
export class HistoryClock implements Clock {
  private readonly clock: Clock;
  private readonly startMicros: number;
  private setMicros: number;
  /** The real clock's monotonic time at which it began to follow. */
  private followedFromMs: number | undefined;

  constructor(clock: Clock, startMicros: number) {
    this.clock = clock;
    this.startMicros = startMicros;
    this.setMicros = startMicros;
  }

  advanceTo(timeMicros: number): void {
    this.setMicros = Math.max(this.setMicros, timeMicros);
  }

  follow(): void {
    this.followedFromMs ??= this.clock.monotonicMs();
  }

  nowMicros(): number {
    return this.followedFromMs === undefined ? this.setMicros : this.clock.nowMicros();
  }

  monotonicMs(): number {
    const historyMs = (this.setMicros - this.startMicros) / 1000;
    return this.followedFromMs === undefined ? historyMs : historyMs + this.clock.monotonicMs() - this.followedFromMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.clock.after(delayMs, callback);
  }
}
