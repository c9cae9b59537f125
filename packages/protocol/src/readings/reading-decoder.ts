import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import { type Fault, NOT_AN_OBJECT, Problems } from "./faults.ts";
import { MessageWriter } from "./message-writer.ts";
import { type DeviceResolver, type DeviceTarget, isFault } from "./resolver.ts";
import { timeFault } from "./time.ts";

export interface DecodeClock {
  readonly nowMicros: number;
  /** The time of a message that has none; each answer is greater than the one before. */
  readonly stampMicros: () => number;
}

/** Decodes the items of JSON bodies into one batch, and keeps what became of each. */
export class ReadingDecoder {
  readonly batch: MessageBatch;
  readonly problems = new Problems();
  /** Message of the batch → the item it came from. */
  readonly items: number[] = [];
  /** True when the resolver has to look something up first; then what was decoded counts for nothing. */
  isPending = false;
  private readonly resolver: DeviceResolver;
  private readonly writer: MessageWriter;
  private clock: DecodeClock;
  private timeMicros = 0;

  constructor(batch: MessageBatch, resolver: DeviceResolver, clock: DecodeClock) {
    this.batch = batch;
    this.resolver = resolver;
    this.writer = new MessageWriter(batch, resolver);
    this.clock = clock;
  }

  /** Empties everything for another pass, judged by another clock reading. */
  restart(clock: DecodeClock): void {
    this.clock = clock;
    this.batch.clear();
    this.problems.clear();
    this.items.length = 0;
    this.isPending = false;
  }

  /** Takes back the messages from `messages` on: they will be decoded again. */
  rollBack(messages: number): void {
    this.batch.truncate(messages);
    this.items.length = messages;
    this.isPending = false;
  }

  fail(item: number, fault: Fault): void {
    this.problems.add(item, fault);
  }

  device(uid: string): DeviceTarget | Fault | undefined {
    return this.resolver.device(uid);
  }

  /** Adds one message of plain values. `time` is undefined when the server is to stamp it. */
  reading(
    item: number,
    device: DeviceTarget | Fault | undefined,
    time: number | Fault | undefined,
    values: unknown,
    reserved?: ReadonlySet<string>,
  ): void {
    if (!isPlainObject(values)) {
      this.fail(item, NOT_AN_OBJECT);
      return;
    }
    const writer = this.open(item, device, time);
    if (writer === undefined) return;
    writer.object(values, reserved);
    this.close(item);
  }

  /** Opens a message; undefined when it cannot be written: its problem, or that it is pending, is noted. */
  open(
    item: number,
    device: DeviceTarget | Fault | undefined,
    time: number | Fault | undefined,
  ): MessageWriter | undefined {
    if (typeof time === "object") {
      this.fail(item, time);
      return undefined;
    }
    const timeMicros = time ?? this.clock.stampMicros();
    const fault = time === undefined ? undefined : timeFault(timeMicros, this.clock.nowMicros);
    if (fault !== undefined) {
      this.fail(item, fault);
      return undefined;
    }
    if (device === undefined) {
      this.isPending = true;
      return undefined;
    }
    if (isFault(device)) {
      this.fail(item, device);
      return undefined;
    }
    this.timeMicros = timeMicros;
    this.writer.begin(device);
    return this.writer;
  }

  /** Closes the message that `open` opened. */
  close(item: number): void {
    const finished = this.writer.finish(this.timeMicros);
    if (finished === "stored") this.items.push(item);
    else if (finished === "pending") this.isPending = true;
    else this.fail(item, finished);
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
