interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Timers of a world whose time moves only when it is told to. Of two that are due at once, the older comes first. */
export class VirtualTimers {
  private timers: Timer[] = [];

  add(dueMs: number, callback: () => void): () => void {
    const timer = { dueMs, callback };
    this.timers.push(timer);
    return () => this.remove(timer);
  }

  /** The next timer that is due until then, which is no longer there afterwards. */
  take(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** When the next timer is due; undefined without any. */
  get nextDueMs(): number | undefined {
    return this.timers.length === 0 ? undefined : Math.min(...this.timers.map(({ dueMs }) => dueMs));
  }

  clear(): void {
    this.timers = [];
  }

  private remove(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }
}
