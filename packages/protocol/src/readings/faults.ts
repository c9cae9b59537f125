import { type ErrorKind, SluiceError } from "@sluice/core/errors.ts";
import {
  MAX_EXTRAS_BYTES,
  MAX_KEY_BYTES,
  MAX_NESTING_DEPTH,
  MAX_TIME_AHEAD_MICROS,
  MAX_VALUES_PER_MESSAGE,
} from "@sluice/core/telemetry/limits.ts";

/**
 * Why one item of a request (a line, an element of an array) cannot be stored. A plain value and no Error, because a body
 * may hold hundreds of thousands of them and an Error captures its stack, which takes microseconds each.
 */
export interface Fault {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  /** The limit that was passed, the key at fault. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export function faultToError(fault: Fault): SluiceError {
  return new SluiceError(fault.kind, fault.code, fault.message, { details: fault.details ?? {} });
}

/** An item at fault: its index in an array, or the number of its line, from 0. */
export interface Problem {
  readonly item: number;
  readonly fault: Fault;
}

/** Faults of one request that are kept for the answer; the others are counted. */
export const MAX_REPORTED_PROBLEMS = 1_000;

/** The problems of one request: bounded in memory, exact in number. */
export class Problems {
  readonly list: Problem[] = [];
  count = 0;

  add(item: number, fault: Fault): void {
    this.count++;
    if (this.list.length < MAX_REPORTED_PROBLEMS) this.list.push({ item, fault });
  }

  clear(): void {
    this.list.length = 0;
    this.count = 0;
  }
}

function invalid(code: string, message: string, details?: Readonly<Record<string, unknown>>): Fault {
  return details === undefined ? { kind: "invalid", code, message } : { kind: "invalid", code, message, details };
}

/** Characters of a sender's text that an error repeats. */
const SHOWN_CHARACTERS = 64;

function shown(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

export const TIME_AHEAD = invalid(
  "reading.time_ahead",
  "The time is more than 10 minutes ahead of the server's clock.",
  {
    limitMs: MAX_TIME_AHEAD_MICROS / 1000,
  },
);
export const TIME_BEFORE_1970 = invalid("reading.time_before_1970", "The time is before 1970.", { limitMs: 0 });
export const TIME_INVALID = invalid(
  "reading.time_invalid",
  "The time is neither epoch milliseconds nor RFC 3339, such as 2026-01-31T12:00:00.000Z.",
);
export const TOO_MANY_VALUES = invalid(
  "reading.too_many_values",
  `One message holds at most ${MAX_VALUES_PER_MESSAGE} values; send several.`,
  { limit: MAX_VALUES_PER_MESSAGE },
);
export const TOO_DEEP = invalid(
  "reading.too_deep",
  `Objects and arrays nest at most ${MAX_NESTING_DEPTH} deep; send fewer levels.`,
  { limit: MAX_NESTING_DEPTH },
);
export const EXTRAS_TOO_LARGE = invalid(
  "reading.extras_too_large",
  `What is not a number takes at most ${MAX_EXTRAS_BYTES} bytes a message.`,
  { limitBytes: MAX_EXTRAS_BYTES },
);
export const EMPTY_READING = invalid("reading.empty", "The message says nothing: it has no value, or only nulls.");
export const NOT_AN_OBJECT = invalid("reading.not_an_object", 'A message is an object, such as {"ph":7.2}.');
export const KEY_EMPTY = invalid("reading.key_empty", "A key is empty; name the metric.");
export const UID_MISSING = invalid("device.uid_missing", "The item does not say which device it is from.");
export const UID_INVALID = invalid(
  "device.uid_invalid",
  "A device's uid has 1 to 128 bytes and no control characters, '/', '+' or '#'.",
  { limitBytes: 128 },
);
export const DEVICE_UNKNOWN: Fault = {
  kind: "not-found",
  code: "device.unknown",
  message: "No device has this uid. Register it, or use a key with the scope devices:provision.",
};
export const DEVICE_FOREIGN: Fault = {
  kind: "forbidden",
  code: "device.foreign",
  message: "A device's token sends for that device only.",
};
export const DEVICE_INACTIVE: Fault = {
  kind: "forbidden",
  code: "device.inactive",
  message: "The device is deactivated; activate it first.",
};

export function keyTooLong(key: string): Fault {
  return invalid("reading.key_too_long", `A key has at most ${MAX_KEY_BYTES} bytes: ${shown(key)}`, {
    limitBytes: MAX_KEY_BYTES,
    key: shown(key),
  });
}

export function keyInvalid(key: string): Fault {
  const text = shown(key).toWellFormed();
  return invalid("reading.key_invalid", `A key holds control characters or broken text: ${JSON.stringify(text)}`, {
    key: text,
  });
}

export function notFinite(key: string): Fault {
  return invalid("reading.not_finite", `The value of ${shown(key)} is too large for a double.`, { key: shown(key) });
}
