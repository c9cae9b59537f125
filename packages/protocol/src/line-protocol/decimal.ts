import { LOWER_E, LOWER_I, LOWER_U, MINUS, PLUS, POINT, UPPER_E, ZERO } from "./bytes.ts";

/** Powers of ten that a double holds exactly. */
export const EXACT_POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const MAX_EXACT_EXPONENT = 22;
/** 2^53: below it a double holds every integer. */
const EXACT_INTEGERS = 2 ** 53;
/** A longer number is no measurement, and would make the fallback below slow. */
const MAX_NUMBER_BYTES = 512;

export type NumberKind = "float" | "integer" | "unsigned";

/** A number of line protocol: `-1.5e3`, `42i` (signed 64 bits), `42u` (unsigned 64 bits). */
export interface ParsedNumber {
  readonly kind: NumberKind;
  /** The double nearest to it. */
  readonly value: number;
  /** Digits of an integer that no double holds exactly. */
  readonly exactText: string | undefined;
  /** Where the number, with its suffix, ends. */
  readonly end: number;
}

export type NumberFault = "not a number" | "out of range";

/**
 * Reads a number by the grammar `-? (digits [. digits?] | . digits) ([eE] [+-]? digits)? | -? digits [iu]`. The result is the
 * nearest double: exactly one rounding, of a mantissa below 2^53 divided or multiplied by an exact power of ten (Clinger,
 * "How to read floating point numbers accurately", 1990, section 5); what is longer goes to `Number`.
 */
export function parseNumber(bytes: Uint8Array, start: number): ParsedNumber | NumberFault {
  let at = start;
  const isNegative = bytes[at] === MINUS;
  if (isNegative) at++;
  const digitsFrom = at;
  let mantissa = 0;
  let isExact = true;
  let digits = 0;
  let fraction = 0;
  let hasPoint = false;
  for (; ; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      if (mantissa >= EXACT_INTEGERS) isExact = false;
      digits++;
      if (hasPoint) fraction++;
    } else if (bytes[at] === POINT && !hasPoint) hasPoint = true;
    else break;
  }
  if (digits === 0) return "not a number";
  const suffix = bytes[at];
  if (suffix === LOWER_I || suffix === LOWER_U) {
    if (hasPoint) return "not a number";
    return integer(asciiText(bytes, digitsFrom, at), isNegative, suffix === LOWER_I ? "integer" : "unsigned", at + 1);
  }
  const end = exponentEnd(bytes, at);
  if (end === undefined) return "not a number";
  if (end - start > MAX_NUMBER_BYTES) return "out of range";
  const exponent = (end === at ? 0 : Number(asciiText(bytes, at + 1, end))) - fraction;
  const size =
    isExact && Math.abs(exponent) <= MAX_EXACT_EXPONENT
      ? scaled(mantissa, exponent)
      : Number(asciiText(bytes, digitsFrom, end));
  if (!Number.isFinite(size)) return "out of range";
  return { kind: "float", value: isNegative ? -size : size, exactText: undefined, end };
}

function scaled(mantissa: number, exponent: number): number {
  return exponent < 0 ? mantissa / EXACT_POWERS_OF_TEN[-exponent]! : mantissa * EXACT_POWERS_OF_TEN[exponent]!;
}

/** Where the exponent that may begin at `at` ends: `at` itself without one, undefined when it has no digits. */
function exponentEnd(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return at;
  let end = at + 1;
  if (bytes[end] === PLUS || bytes[end] === MINUS) end++;
  const digitsFrom = end;
  while (bytes[end]! >= ZERO && bytes[end]! <= ZERO + 9) end++;
  return end === digitsFrom ? undefined : end;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;
/** Longer than any 64-bit integer, leading zeros apart. */
const MAX_INTEGER_DIGITS = 32;

function integer(text: string, isNegative: boolean, kind: NumberKind, end: number): ParsedNumber | NumberFault {
  if (text.length > MAX_INTEGER_DIGITS) return "out of range";
  if (kind === "unsigned" && isNegative) return "not a number";
  const exact = isNegative ? -BigInt(text) : BigInt(text);
  const isInRange = kind === "unsigned" ? exact <= MAX_UINT64 : exact >= MIN_INT64 && exact <= MAX_INT64;
  if (!isInRange) return "out of range";
  const value = Number(exact);
  return { kind, value, exactText: Number.isSafeInteger(value) ? undefined : exact.toString(), end };
}

export function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
