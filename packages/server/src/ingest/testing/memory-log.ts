import { SluiceError } from "@sluice/core/errors.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import type { OfferOutcome, ReadingLog, RejectedMessage } from "../../pipeline/index.ts";

export interface StoredMessage {
  readonly deviceId: number;
  readonly timeMicros: number;
  /** By metric number. */
  readonly values: ReadonlyMap<number, number>;
  readonly extras: string | undefined;
}

interface Offer {
  readonly messages: readonly StoredMessage[];
  readonly resolve: (outcome: OfferOutcome) => void;
  readonly reject: (error: SluiceError) => void;
}

/**
 * A log in memory that keeps the log's promises: bounded, it copies what it is offered, and an offer resolves when it was
 * committed, in order. It commits in a later turn of the event loop, or, while held, when told to.
 */
export class MemoryLog implements ReadingLog {
  readonly stored: StoredMessage[] = [];
  offers = 0;
  /** The value that makes a message poison: it is refused, the others of its offer are stored. */
  poison: number | undefined;
  private readonly capacity: number;
  private waiting: Offer[] = [];
  private waitingMessages = 0;
  private roomWaiters: (() => void)[] = [];
  private isHeld = false;
  private isDue = false;

  constructor(capacity = 100_000) {
    this.capacity = capacity;
  }

  hasRoom(messages: number): boolean {
    return this.waitingMessages === 0 || this.waitingMessages + messages <= this.capacity;
  }

  whenRoom(): Promise<void> {
    if (this.hasRoom(1)) return Promise.resolve();
    return new Promise((resolve) => this.roomWaiters.push(resolve));
  }

  offer(batch: MessageBatch): Promise<OfferOutcome> {
    if (!this.hasRoom(batch.length)) {
      throw new SluiceError("unavailable", "pipeline.full", "full", { retryAfterMs: 2_000 });
    }
    this.offers++;
    const messages = Array.from({ length: batch.length }, (_, index) => messageOf(batch, index));
    this.waitingMessages += messages.length;
    return new Promise((resolve, reject) => {
      this.waiting.push({ messages, resolve, reject });
      this.commitLater();
    });
  }

  /** Messages offered and not yet committed. */
  get uncommitted(): number {
    return this.waitingMessages;
  }

  /** Commits nothing until `release`. */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    this.commit();
  }

  /** Refuses everything that waits, as a lost database does. */
  failCommit(): void {
    const error = new SluiceError("unavailable", "pipeline.commit_failed", "not stored", { retryAfterMs: 1_000 });
    for (const offer of this.take()) offer.reject(error);
  }

  private commitLater(): void {
    if (this.isHeld || this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      if (!this.isHeld) this.commit();
    });
  }

  private commit(): void {
    for (const { messages, resolve } of this.take()) {
      const rejected: RejectedMessage[] = [];
      messages.forEach((message, index) => {
        if (this.poison !== undefined && [...message.values.values()].includes(this.poison)) {
          rejected.push({ index, error: new SluiceError("invalid", "reading.poison", "cannot be stored") });
        } else {
          this.stored.push(message);
        }
      });
      resolve({ rejected });
    }
  }

  private take(): readonly Offer[] {
    const offers = this.waiting;
    this.waiting = [];
    this.waitingMessages = 0;
    const waiters = this.roomWaiters;
    this.roomWaiters = [];
    for (const resolve of waiters) resolve();
    return offers;
  }
}

function messageOf(batch: MessageBatch, index: number): StoredMessage {
  const values = new Map<number, number>();
  for (let i = batch.valueStart(index); i < batch.valueEnds[index]!; i++) {
    values.set(batch.metricNumbers[i]!, batch.values[i]!);
  }
  return {
    deviceId: batch.deviceIds[index]!,
    timeMicros: batch.timesMicros[index]!,
    values,
    extras: batch.extras.get(index),
  };
}
