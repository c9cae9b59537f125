interface Event {
  readonly atMs: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/**
 * Time in which something happens only at its events, one after the other. Between two of them all promises that can settle
 * have settled, so that the order of everything depends on the events alone.
 */
export class VirtualTime {
  /** Since the world began. */
  nowMs = 0;
  private readonly heap: Event[] = [];
  private count = 0;

  after(delayMs: number, callback: () => void): () => void {
    const event: Event = { atMs: this.nowMs + Math.max(0, delayMs), order: this.count++, callback };
    this.push(event);
    return () => {
      event.callback = undefined;
    };
  }

  /** Resolves once `isOver`, which is asked after every event, or when nothing can happen any more. */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          const event = isOver() ? undefined : this.next();
          if (event === undefined) {
            resolve();
            return;
          }
          this.nowMs = event.atMs;
          event.callback!();
          // A tick runs only when no promise has anything left to do.
          queueMicrotask(() => process.nextTick(step));
        } catch (error) {
          reject(error);
        }
      };
      process.nextTick(step);
    });
  }

  private next(): Event | undefined {
    for (;;) {
      const event = this.pop();
      if (event === undefined || event.callback !== undefined) return event;
    }
  }

  private push(event: Event): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
