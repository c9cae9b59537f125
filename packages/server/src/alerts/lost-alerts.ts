import type { Clock } from "../platform/clock.ts";

/** So long it is said of an alert that could not be written. */
export const LOST_SHOWN_MS = 3_600_000;
/** Beyond this many within that time nobody counts on. */
const MAX_COUNTED = 1_000;

/** Alerts that this process could not write: they are in no table. */
export class LostAlerts {
  private readonly clock: Clock;
  private atMs: number[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  note(): void {
    this.atMs = [...this.recent(), this.clock.monotonicMs()].slice(-MAX_COUNTED);
  }

  /** Those of the last hour. */
  count(): number {
    return this.recent().length;
  }

  private recent(): number[] {
    const fromMs = this.clock.monotonicMs() - LOST_SHOWN_MS;
    return this.atMs.filter((atMs) => atMs > fromMs);
  }
}
