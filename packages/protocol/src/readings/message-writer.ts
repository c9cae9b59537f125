import { MAX_EXTRAS_BYTES, MAX_NESTING_DEPTH, MAX_VALUES_PER_MESSAGE } from "@sluice/core/telemetry/limits.ts";
import type { MessageBatch } from "@sluice/core/telemetry/message-batch.ts";
import {
  EMPTY_READING,
  EXTRAS_TOO_LARGE,
  type Fault,
  KEY_EMPTY,
  notFinite,
  TOO_DEEP,
  TOO_MANY_VALUES,
} from "./faults.ts";
import { type DeviceResolver, type DeviceTarget, METRIC_PENDING } from "./resolver.ts";
import { keyFault, sanitisedJson, sanitiseText, utf8Length } from "./text.ts";

const NONE_RESERVED: ReadonlySet<string> = new Set();

/** What `finish` answers: the message is in the batch, or has to be decoded again once its metrics have numbers. */
export type Finish = "stored" | "pending" | Fault;

/**
 * Writes messages value by value into a batch: numbers as metrics, everything else as `extras`.
 *
 *   begin → (number | text | json | object)* → finish │ abandon
 *
 * The first fault of a message sticks and keeps it out of the batch. A key said twice counts once, its last value wins.
 */
export class MessageWriter {
  private readonly batch: MessageBatch;
  private readonly resolver: DeviceResolver;
  private device!: DeviceTarget;
  /** Per metric number the message that wrote it last, so that a repeated key replaces its value. */
  private readonly writtenBy = new Int32Array(256);
  private message = 0;
  private valuesSeen = 0;
  private extras = "";
  private pendingKeys: string[] = [];
  private fault: Fault | undefined;
  /** True once the open message held more than plain numbers: its flat form alone does not give it back. */
  hasNonNumbers = false;

  constructor(batch: MessageBatch, resolver: DeviceResolver) {
    this.batch = batch;
    this.resolver = resolver;
  }

  /** Opens a message of the device; values that the caller put into the batch already belong to it. */
  begin(device: DeviceTarget): void {
    const { batch } = this;
    this.device = device;
    this.message++;
    this.extras = "";
    this.fault = undefined;
    this.hasNonNumbers = false;
    if (this.pendingKeys.length > 0) this.pendingKeys = [];
    const from = batch.length === 0 ? 0 : batch.valueEnds[batch.length - 1]!;
    for (let i = from; i < batch.valueCount; i++) this.writtenBy[batch.metricNumbers[i]!] = this.message;
    this.valuesSeen = batch.valueCount - from;
  }

  /** Adds a number under its key; returns its metric number, or a negative one when it did not become a metric. */
  number(key: string, value: number): number {
    const known = this.device.profile.metricNumbers.get(key);
    if (known === undefined) return this.numberOfUnknownKey(key, value);
    if (!Number.isFinite(value)) this.fail(notFinite(key));
    else if (this.countValue()) this.put(known, value);
    return known;
  }

  /** Adds JSON text under a key to the extras; the text must be sanitised. */
  json(key: string, json: string): void {
    const fault = keyFault(key);
    if (fault !== undefined) this.fail(fault);
    if (!this.countValue()) return;
    this.extras += `${this.extras === "" ? "{" : ","}${JSON.stringify(key)}:${json}`;
    // Characters are at most as many as bytes: this keeps the text bounded, `finish` is exact.
    if (this.extras.length > MAX_EXTRAS_BYTES) this.fail(EXTRAS_TOO_LARGE);
  }

  text(key: string, text: string): void {
    this.json(key, JSON.stringify(sanitiseText(text)));
  }

  /** Adds everything in a parsed JSON object but the `reserved` keys; nested objects flatten with dots, null is absent. */
  object(values: object, reserved: ReadonlySet<string> = NONE_RESERVED): void {
    this.members(values as Record<string, unknown>, "", 1, reserved);
  }

  fail(fault: Fault): void {
    this.fault ??= fault;
  }

  /** Closes the message. Only "stored" leaves it in the batch. */
  finish(timeMicros: number): Finish {
    const fault = this.fault ?? this.closingFault();
    if (fault !== undefined || this.pendingKeys.length > 0) {
      this.batch.dropOpenMessage();
      if (fault !== undefined) return fault;
      this.resolver.requestMetrics(this.device, this.pendingKeys);
      return "pending";
    }
    this.batch.endMessage(this.device.id, timeMicros, this.extras === "" ? undefined : `${this.extras}}`);
    return "stored";
  }

  abandon(): void {
    this.batch.dropOpenMessage();
  }

  private members(record: Record<string, unknown>, prefix: string, depth: number, reserved: ReadonlySet<string>): void {
    if (depth > MAX_NESTING_DEPTH) this.fail(TOO_DEEP);
    for (const name in record) {
      if (reserved.size > 0 && reserved.has(name)) continue;
      if (name === "") this.fail(KEY_EMPTY);
      if (this.fault !== undefined) return;
      const value = record[name];
      const key = prefix + name;
      if (typeof value === "number") {
        this.number(key, value);
      } else {
        this.hasNonNumbers = true;
        this.nonNumber(key, value, depth);
      }
    }
  }

  private nonNumber(key: string, value: unknown, depth: number): void {
    if (typeof value === "string") this.text(key, value);
    else if (typeof value === "boolean") this.json(key, value ? "true" : "false");
    else if (Array.isArray(value)) this.array(key, value, depth);
    else if (value !== null) this.members(value as Record<string, unknown>, `${key}.`, depth + 1, NONE_RESERVED);
  }

  private array(key: string, items: readonly unknown[], depth: number): void {
    // Two characters an item is the least that JSON takes, so this spares serialising what cannot fit.
    const isTooLarge = items.length * 2 > MAX_EXTRAS_BYTES;
    const fault = isTooLarge ? EXTRAS_TOO_LARGE : nestedFault(key, items, depth + 1);
    if (fault !== undefined) this.fail(fault);
    else this.json(key, sanitisedJson(items));
  }

  private numberOfUnknownKey(key: string, value: number): number {
    const fault = keyFault(key) ?? (Number.isFinite(value) ? undefined : notFinite(key));
    if (fault !== undefined) {
      this.fail(fault);
      return METRIC_PENDING;
    }
    const number = this.resolver.metricNumber(this.device, key);
    if (number >= 0) {
      if (this.countValue()) this.put(number, value);
    } else if (number === METRIC_PENDING) {
      if (this.countValue()) this.pendingKeys.push(key);
    } else {
      this.json(key, Object.is(value, -0) ? "-0" : String(value));
    }
    return number;
  }

  private put(metricNumber: number, value: number): void {
    const { batch } = this;
    if (this.writtenBy[metricNumber] !== this.message) {
      this.writtenBy[metricNumber] = this.message;
      batch.addValue(metricNumber, value);
      return;
    }
    for (let i = batch.valueCount - 1; i >= 0; i--) {
      if (batch.metricNumbers[i] === metricNumber) {
        batch.values[i] = value;
        return;
      }
    }
  }

  private countValue(): boolean {
    if (++this.valuesSeen > MAX_VALUES_PER_MESSAGE) this.fail(TOO_MANY_VALUES);
    return this.fault === undefined;
  }

  private closingFault(): Fault | undefined {
    if (this.valuesSeen === 0) return EMPTY_READING;
    const { extras } = this;
    if (extras.length * 3 > MAX_EXTRAS_BYTES && utf8Length(extras) + 1 > MAX_EXTRAS_BYTES) return EXTRAS_TOO_LARGE;
    return undefined;
  }
}

/** Arrays are kept as they are, so only their depth, their numbers and their keys are judged. */
function nestedFault(key: string, value: unknown, depth: number): Fault | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : notFinite(key);
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > MAX_NESTING_DEPTH) return TOO_DEEP;
  const record = value as Record<string, unknown>;
  for (const name in record) {
    const fault = keyFault(name) ?? nestedFault(key, record[name], depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
