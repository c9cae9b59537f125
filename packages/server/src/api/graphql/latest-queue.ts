import { SluiceError } from "@sluice/core/errors.ts";

/** Different things that wait for a subscriber who reads slowly; of each only its latest state waits. */
export const MAX_WAITING = 2_000;

/**
 * What is pushed comes out in order, and what is pushed anew before it came out comes out once, as it is then: whoever reads
 * slowly sees the latest state, and never makes the queue longer than there are things.
 *
 *   open → ended   `end`, or the reader returns: nothing more comes
 *        → failed  `fail`, or too many things wait: what waits is dropped, and the reader is told why
 */
export class LatestQueue<Item> implements AsyncGenerator<Item, undefined> {
  private readonly waiting = new Map<string, Item>();
  private readonly onEnd: () => void;
  private reader: PromiseWithResolvers<IteratorResult<Item, undefined>> | undefined;
  private failure: unknown;
  private isOver = false;

  constructor(onEnd: () => void) {
    this.onEnd = onEnd;
  }

  get isEnded(): boolean {
    return this.isOver;
  }

  push(key: string, item: Item): void {
    if (this.isOver) return;
    if (this.reader !== undefined) {
      this.reader.resolve({ done: false, value: item });
      this.reader = undefined;
      return;
    }
    this.waiting.set(key, item);
    if (this.waiting.size > MAX_WAITING) this.fail(tooSlow());
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.waiting.clear();
    this.failure = error;
    this.end();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onEnd();
    const { reader } = this;
    this.reader = undefined;
    if (reader !== undefined) this.settle(reader);
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const [first] = this.waiting;
    if (first !== undefined) {
      this.waiting.delete(first[0]);
      return Promise.resolve({ done: false, value: first[1] });
    }
    const reader = Promise.withResolvers<IteratorResult<Item, undefined>>();
    if (this.isOver) this.settle(reader);
    else this.reader = reader;
    return reader.promise;
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.waiting.clear();
    this.end();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<Item, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** A failure is told once. */
  private settle(reader: PromiseWithResolvers<IteratorResult<Item, undefined>>): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(failure);
  }
}

function tooSlow(): SluiceError {
  const message = "More has changed than was read: subscribe again, or to less.";
  return new SluiceError("limit", "stream.too_slow", message, { retryable: true, details: { limit: MAX_WAITING } });
}
