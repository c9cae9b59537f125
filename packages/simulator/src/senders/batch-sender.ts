import type { Clock } from "../clock.ts";
import type { OutgoingReading } from "./outgoing-reading.ts";
import type { ReadingSender, SendCounters } from "./reading-sender.ts";

/** Readings in one request. */
const MAX_BATCH = 1_000;
/** A batch waits no longer than this for more. */
const MAX_WAIT_MS = 50;

export interface BatchAnswer {
  readonly refused: number;
  readonly firstRefusal?: string | undefined;
}

/** Sends a batch and resolves when the server has stored it, but for what it refused for good. */
export type SendBatch = (readings: readonly OutgoingReading[]) => Promise<BatchAnswer>;

/**
 * Gathers readings into requests, one request after the other, so that one device's readings arrive in order; the next
 * batch fills while one is under way.
 */
export class BatchSender implements ReadingSender {
  private readonly sendBatch: SendBatch;
  private readonly clock: Clock;
  private readonly onStop: () => void;
  private waiting: OutgoingReading[] = [];
  private cancelTimer: (() => void) | undefined;
  private underWay: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;
  private sent = 0;
  private acknowledged = 0;
  private refused = 0;
  private firstRefusal: string | undefined;

  constructor(sendBatch: SendBatch, clock: Clock, onStop: () => void = () => {}) {
    this.sendBatch = sendBatch;
    this.clock = clock;
    this.onStop = onStop;
  }

  async start(): Promise<void> {}

  async send(reading: OutgoingReading): Promise<void> {
    while (this.waiting.length >= MAX_BATCH) await this.flush();
    this.throwFailure();
    this.sent += 1;
    this.waiting.push(reading);
    if (this.waiting.length < MAX_BATCH) this.flushSoon();
    else if (this.underWay === undefined) void this.flush();
  }

  async drain(): Promise<void> {
    while (this.underWay !== undefined || this.waiting.length > 0) await this.flush();
    this.throwFailure();
  }

  async stop(): Promise<void> {
    this.cancelTimer?.();
    this.onStop();
    await this.underWay;
  }

  get counters(): SendCounters {
    const { sent, acknowledged, refused, firstRefusal } = this;
    return { sent, acknowledged, refused, firstRefusal };
  }

  private flushSoon(): void {
    if (this.cancelTimer !== undefined || this.underWay !== undefined) return;
    this.cancelTimer = this.clock.after(MAX_WAIT_MS, () => void this.flush());
  }

  /** Waits for the request under way, or starts the next one. */
  private async flush(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (this.underWay !== undefined) return this.underWay;
    const batch = this.waiting;
    if (batch.length === 0) return;
    this.waiting = [];
    this.underWay = this.deliver(batch).finally(() => {
      this.underWay = undefined;
      if (this.waiting.length >= MAX_BATCH) void this.flush();
      else if (this.waiting.length > 0) this.flushSoon();
    });
    return this.underWay;
  }

  private async deliver(batch: readonly OutgoingReading[]): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      const { refused, firstRefusal } = await this.sendBatch(batch);
      this.acknowledged += batch.length - refused;
      this.refused += refused;
      this.firstRefusal ??= firstRefusal;
    } catch (error) {
      this.failure = { error };
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
