import type { Clock } from "../platform/clock.ts";

export interface CellLimit {
  /** What may follow at once after a quiet time. */
  readonly free: number;
  /** After those, one each. */
  readonly intervalMs: number;
  /** Keys remembered; past it the one that was used longest ago is forgotten. */
  readonly maxKeys: number;
}

/**
 * Counts per key by the generic cell rate algorithm (ITU-T I.371): one number a key, the time at which everything taken so far
 * is paid for.
 */
export class RateCells {
  readonly #clock: Clock;
  readonly #limit: CellLimit;
  readonly #paidAtMs = new Map<string, number>();

  constructor(clock: Clock, limit: CellLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Takes one; answers 0, or without taking it the milliseconds until there is one. */
  take(key: string): number {
    const { free, intervalMs } = this.#limit;
    const now = this.#clock.monotonicMs();
    const paidAt = Math.max(this.#paidAtMs.get(key) ?? now, now) + intervalMs;
    const waitMs = paidAt - now - free * intervalMs;
    if (waitMs > 0) return waitMs;
    this.#remember(key, paidAt);
    return 0;
  }

  /** One that was taken did not count after all. */
  giveBack(key: string): void {
    const paidAt = this.#paidAtMs.get(key);
    if (paidAt !== undefined) this.#paidAtMs.set(key, paidAt - this.#limit.intervalMs);
  }

  forget(key: string): void {
    this.#paidAtMs.delete(key);
  }

  #remember(key: string, paidAtMs: number): void {
    this.#paidAtMs.delete(key);
    if (this.#paidAtMs.size >= this.#limit.maxKeys) {
      const [oldest] = this.#paidAtMs.keys();
      if (oldest !== undefined) this.#paidAtMs.delete(oldest);
    }
    this.#paidAtMs.set(key, paidAtMs);
  }
}
