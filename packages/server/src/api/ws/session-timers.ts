import type { Clock } from "../../platform/clock.ts";

/** The timers of one connection, by name: one that is set again takes the place of the one before. */
export class SessionTimers {
  private readonly clock: Clock;
  private readonly cancels = new Map<string, () => void>();
  private isStopped = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  after(name: string, delayMs: number, callback: () => void): void {
    this.cancel(name);
    if (!this.isStopped) this.cancels.set(name, this.clock.after(delayMs, callback));
  }

  every(name: string, periodMs: number, callback: () => void): void {
    this.after(name, periodMs, () => {
      callback();
      this.every(name, periodMs, callback);
    });
  }

  cancel(name: string): void {
    this.cancels.get(name)?.();
    this.cancels.delete(name);
  }

  /** For ever. */
  stop(): void {
    this.isStopped = true;
    for (const cancel of this.cancels.values()) cancel();
    this.cancels.clear();
  }
}
