import { ZERO } from "./bytes.ts";

/** Units that `precision=` may name; InfluxDB 1 writes n and u, InfluxDB 2 ns and us. */
export type Precision = "ns" | "us" | "ms" | "s" | "m" | "h";

const PRECISIONS: Readonly<Record<string, Precision>> = {
  ns: "ns",
  n: "ns",
  us: "us",
  u: "us",
  µ: "us",
  µs: "us",
  ms: "ms",
  s: "s",
  m: "m",
  h: "h",
};

/** The unit a request names; nanoseconds when it names none, undefined when there is no such unit. */
export function precisionOf(name: string | undefined): Precision | undefined {
  if (name === undefined || name === "") return "ns";
  // U+03BC, the Greek letter, is also how keyboards write micro.
  const normal = name.normalize("NFKC").replace("μ", "µ");
  return Object.hasOwn(PRECISIONS, normal) ? PRECISIONS[normal] : undefined;
}

/** Microseconds a unit; 0 for nanoseconds, which are divided instead. */
export function microsPerUnit(precision: Precision): number {
  switch (precision) {
    case "ns":
      return 0;
    case "us":
      return 1;
    case "ms":
      return 1_000;
    case "s":
      return 1_000_000;
    case "m":
      return 60_000_000;
    case "h":
      return 3_600_000_000;
  }
}

/** An int64 has at most this many digits. */
const MAX_DIGITS = 19;

/**
 * Reads the unsigned integer at the position as a time and keeps where it ended. One instance is reused for every line, so
 * that nothing is allocated.
 */
export class TimestampReader {
  /** After the last digit. */
  end = 0;
  private readonly unitMicros: number;

  constructor(precision: Precision) {
    this.unitMicros = microsPerUnit(precision);
  }

  /**
   * Microseconds since 1970, nanoseconds rounded down; NaN when there is no digit; Infinity past 19 digits. Exact up to the
   * year 2255. Digits gather in 32-bit integers of 8 digits each, because a chain of 19 double multiplications would cost
   * as much as the five values of a line.
   */
  read(bytes: Uint8Array, start: number): number {
    const high = this.digits(bytes, start, 8);
    const middle = this.end < start + 8 ? 0 : this.digits(bytes, this.end, 8);
    // One digit more than an int64 has is enough to see that there are too many.
    const low = this.end < start + 16 ? 0 : this.digits(bytes, this.end, MAX_DIGITS + 1 - 16);
    return this.micros(this.end - start, high, middle, low);
  }

  /** The integer of at most `count` digits at `start`; moves `end` behind it. */
  private digits(bytes: Uint8Array, start: number, count: number): number {
    let at = start;
    let value = 0;
    const limit = start + count;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9 && at < limit) {
      value = (Math.imul(value, 10) + digit) | 0;
      digit = bytes[++at]! - ZERO;
    }
    this.end = at;
    return value;
  }

  private micros(digits: number, high: number, middle: number, low: number): number {
    if (digits === 0) return Number.NaN;
    if (digits > MAX_DIGITS) return Number.POSITIVE_INFINITY;
    if (this.unitMicros === 0) return nanosToMicros(digits, high, middle);
    const leading = digits <= 8 ? high : high * POWERS[Math.min(digits, 16) - 8]! + middle;
    return (digits <= 16 ? leading : leading * POWERS[digits - 16]! + low) * this.unitMicros;
  }
}

/**
 * Drops the last three of the digits before it puts them together: together they may be more than a double holds. The digits
 * past the sixteenth are among the three, as there are at most 19.
 */
function nanosToMicros(digits: number, high: number, middle: number): number {
  const middleDigits = Math.min(Math.max(digits - 8, 0), 8);
  const dropped = 3 - Math.max(digits - 16, 0);
  if (dropped > middleDigits) return Math.floor((high * POWERS[middleDigits]! + middle) / 1000);
  return high * POWERS[middleDigits - dropped]! + Math.floor(middle / POWERS[dropped]!);
}

const POWERS = Float64Array.from({ length: 9 }, (_, exponent) => 10 ** exponent);
