import { SluiceError } from "@sluice/core/errors.ts";
import { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import {
  endingInNewline,
  type LineProtocolOutcome,
  LineProtocolParser,
} from "@sluice/protocol/line-protocol/line-protocol-parser.ts";
import { LineCounter } from "@sluice/protocol/line-protocol/line-scanner.ts";
import type { Precision } from "@sluice/protocol/line-protocol/timestamp.ts";
import { faultToError, type Problems } from "@sluice/protocol/readings/faults.ts";
import { ReadingDecoder } from "@sluice/protocol/readings/reading-decoder.ts";
import type { DeviceTarget } from "@sluice/protocol/readings/resolver.ts";
import type { DeviceDirectory, Sender } from "../../devices/index.ts";
import type { OfferOutcome, ReadingLog } from "../../pipeline/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { TokenBuckets } from "../../platform/token-buckets.ts";
import type { IngestCounters } from "../counters.ts";
import type { IngestLimits } from "../limits.ts";
import { MAX_DECODE_PASSES, Resolution } from "../resolution.ts";
import type { StampClock } from "../stamp-clock.ts";

export interface TakeReadingsDeps {
  readonly directory: DeviceDirectory;
  readonly log: ReadingLog;
  readonly clock: Clock;
  readonly limits: IngestLimits;
  readonly counters: IngestCounters;
  readonly stamps: StampClock;
  readonly buckets: TokenBuckets;
}

/** An item that was not stored: its index from 0, or its line's number from 1. */
export interface RefusedItem {
  readonly item: number;
  readonly error: SluiceError;
}

/** What became of a request's items. All that were not refused are committed. */
export interface Taken {
  readonly stored: number;
  readonly refused: number;
  /** Those refused, in their order, as far as an answer names them. */
  readonly items: readonly RefusedItem[];
}

export type DecodeItems = (decoder: ReadingDecoder, own: DeviceTarget | undefined) => void;

/** Batches kept for the next requests; one more is made when more decode at once. */
const MAX_SPARE_BATCHES = 4;
const RETRY_WHEN_FULL_MS = 1_000;
/** API clients with limits of their own that send at once; past it those are forgotten that may send as much as ever. */
const MAX_LIMITED_CLIENTS = 10_000;

/** Takes the readings of HTTP requests in: decodes them, holds devices to their rate, and offers them to the log. */
export class TakeReadings {
  private readonly deps: TakeReadingsDeps;
  private readonly parser = new LineProtocolParser();
  private readonly spareBatches: MessageBatch[] = [];
  private readonly clientBuckets = new TokenBuckets<string>(MAX_LIMITED_CLIENTS);

  constructor(deps: TakeReadingsDeps) {
    this.deps = deps;
  }

  /** Throws when nothing can be taken now, before a body is read for nothing. */
  assertRoom(): void {
    if (this.deps.log.hasRoom(1)) return;
    this.deps.counters.requestsPutOff++;
    throw new SluiceError("unavailable", "pipeline.full", "More readings arrive than can be stored; try again.", {
      retryAfterMs: RETRY_WHEN_FULL_MS,
    });
  }

  /** Counts a request of an API client with limits of its own. Throws `request.rate_limited`, before a body is read for nothing. */
  assertMaySend(sender: Sender): void {
    if (sender.kind !== "client" || sender.limits === undefined) return;
    const { perSecond, burst } = sender.limits;
    const { clock, counters } = this.deps;
    const waitMs = this.clientBuckets.take(sender.clientId, 1, perSecond, burst, clock.monotonicMs());
    if (waitMs === 0) return;
    counters.rateLimited++;
    throw new SluiceError("limit", "request.rate_limited", "You ask more than is allowed; go more slowly.", {
      retryable: true,
      retryAfterMs: waitMs,
      details: { limitPerSecond: perSecond, limitBurst: burst },
    });
  }

  /** Takes the items of a JSON body in; resolves after their commit. */
  async items(sender: Sender, count: number, decode: DecodeItems, isGateway = false): Promise<Taken> {
    const { directory, limits } = this.deps;
    if (count > limits.maxMessagesPerRequest) throw tooManyMessages(limits);
    const batch = this.borrowBatch();
    const resolution = new Resolution(directory, sender, isGateway);
    const decoder = new ReadingDecoder(batch, resolution, this.decodeClock());
    let messages: number;
    let committed: Promise<OfferOutcome>;
    try {
      await untilSettled(resolution, () => {
        decoder.restart(this.decodeClock());
        decode(decoder, resolution.ownDevice);
        return !decoder.isPending;
      });
      messages = batch.length;
      committed = this.offer(sender, batch);
    } finally {
      this.giveBack(batch);
    }
    const { rejected } = await committed;
    const refused = rejected.map(({ index, error }) => ({ item: decoder.items[index]!, error }));
    return this.taken(messages, decoder.problems, refused);
  }

  /** Takes the lines of a body in Influx line protocol in; resolves after their commit. */
  async lines(sender: Sender, bytes: Uint8Array, precision: Precision): Promise<Taken> {
    const { directory, limits } = this.deps;
    const batch = this.borrowBatch();
    const body = endingInNewline(bytes);
    const resolution = new Resolution(directory, sender);
    let parsed!: LineProtocolOutcome;
    let messages: number;
    let committed: Promise<OfferOutcome>;
    try {
      await untilSettled(resolution, () => {
        batch.clear();
        parsed = this.parse(sender, body, precision, resolution, batch);
        return !parsed.isPending;
      });
      if (parsed.isTooLong) throw tooManyMessages(limits);
      messages = batch.length;
      committed = this.offer(sender, batch);
    } finally {
      this.giveBack(batch);
    }
    const { rejected } = await committed;
    const refused = rejected.map(({ index, error }) => ({ item: parsed.linePositions[index]!, error }));
    const taken = this.taken(messages, parsed.problems, refused);
    const counter = new LineCounter(body);
    return { ...taken, items: taken.items.map(({ item, error }) => ({ item: counter.lineAt(item), error })) };
  }

  private parse(
    sender: Sender,
    body: Uint8Array,
    precision: Precision,
    resolution: Resolution,
    batch: MessageBatch,
  ): LineProtocolOutcome {
    const request = {
      ...this.decodeClock(),
      body,
      precision,
      organizationId: sender.kind === "device" ? sender.device.organizationId : sender.organizationId,
      onlyDevice: resolution.ownDevice,
      resolver: resolution,
      monotonicSeconds: Math.floor(this.deps.clock.monotonicMs() / 1000),
      maxMessages: this.deps.limits.maxMessagesPerRequest,
    };
    return this.parser.parse(request, batch);
  }

  private decodeClock(): { readonly nowMicros: number; readonly stampMicros: () => number } {
    return { nowMicros: this.deps.clock.nowMicros(), stampMicros: this.deps.stamps.next };
  }

  /** Offers the batch to the log, which copies it: it may be reused at once. */
  private offer(sender: Sender, batch: MessageBatch): Promise<OfferOutcome> {
    if (batch.length === 0) return Promise.resolve({ rejected: [] });
    const { log, counters } = this.deps;
    if (!log.hasRoom(batch.length)) counters.requestsPutOff++;
    else this.assertWithinRate(sender, batch.length);
    return log.offer(batch);
  }

  private assertWithinRate(sender: Sender, messages: number): void {
    if (sender.kind === "client") return;
    const { buckets, clock, counters } = this.deps;
    const { id, profile } = sender.device;
    const { readingsPerSecond, readingsBurst } = profile;
    const waitMs = buckets.take(id, messages, readingsPerSecond, readingsBurst, clock.monotonicMs());
    if (waitMs === 0) return;
    counters.rateLimited++;
    throw new SluiceError("limit", "ingest.rate_limited", "The device sends faster than its profile allows.", {
      retryable: true,
      retryAfterMs: waitMs,
      details: { limitPerSecond: readingsPerSecond, limitBurst: readingsBurst },
    });
  }

  private taken(messages: number, problems: Problems, rejected: readonly RefusedItem[]): Taken {
    const { counters } = this.deps;
    const stored = messages - rejected.length;
    const refused = problems.count + rejected.length;
    counters.stored += stored;
    counters.refused += refused;
    const items = [...problems.list.map(({ item, fault }) => ({ item, error: faultToError(fault) })), ...rejected];
    return { stored, refused, items: items.sort((a, b) => a.item - b.item) };
  }

  private borrowBatch(): MessageBatch {
    return this.spareBatches.pop() ?? new MessageBatch(8_192);
  }

  private giveBack(batch: MessageBatch): void {
    batch.clear();
    if (this.spareBatches.length < MAX_SPARE_BATCHES) this.spareBatches.push(batch);
  }
}

/** Decodes until nothing is missing any more: at once, as a rule. */
async function untilSettled(resolution: Resolution, decode: () => boolean): Promise<void> {
  for (let pass = 1; !decode(); pass++) {
    if (pass === MAX_DECODE_PASSES) {
      // Something the request names is going away just now, a device that is being deleted, say.
      throw new SluiceError("unavailable", "ingest.unsettled", "The registry is changing; try again.");
    }
    await resolution.settle();
  }
}

function tooManyMessages({ maxMessagesPerRequest: limit }: IngestLimits): SluiceError {
  return new SluiceError("limit", "request.too_many_messages", `A request holds at most ${limit} messages.`, {
    details: { limit },
  });
}
