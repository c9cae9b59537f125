import { MAX_TIME_AHEAD_MICROS, MIN_TIME_MICROS } from "@sluice/core/telemetry/limits.ts";
import { type Fault, TIME_AHEAD, TIME_BEFORE_1970, TIME_INVALID } from "./faults.ts";

/** Why a time cannot be stored, judged by the server's clock. */
export function timeFault(timeMicros: number, nowMicros: number): Fault | undefined {
  if (timeMicros < MIN_TIME_MICROS) return TIME_BEFORE_1970;
  if (timeMicros > nowMicros + MAX_TIME_AHEAD_MICROS) return TIME_AHEAD;
  return undefined;
}

/**
 * Microseconds since 1970 of a JSON time: a number of epoch milliseconds (fractions allowed) or RFC 3339 text. A fraction
 * finer than a microsecond is cut off. Text without an offset counts as UTC only if `offset` is "optional".
 */
export function jsonTimeMicros(time: unknown, offset: "required" | "optional" = "required"): number | Fault {
  if (typeof time === "number") return Number.isFinite(time) ? Math.round(time * 1000) : TIME_INVALID;
  if (typeof time !== "string") return TIME_INVALID;
  return rfc3339Micros(time, offset) ?? TIME_INVALID;
}

const DASH = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const PLUS = 0x2b;
const ZERO = 0x30;
const MAX_FRACTION_DIGITS = 32;
const MICROS_A_SECOND = 1_000_000;

/**
 * RFC 3339, section 5.6, with a space allowed for the T (its note); undefined for anything else. By hand, because a regular
 * expression and a Date cost as much as all the rest of a message.
 */
export function rfc3339Micros(text: string, offset: "required" | "optional"): number | undefined {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const second = digitsAt(text, 17, 2);
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || !isTimeMark(text.charCodeAt(10))) return undefined;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return undefined;
  // A leap second (:60) is the first instant of the next minute, as POSIX time has it.
  if (!(hour <= 23 && minute <= 59 && second <= 60 && day >= 1 && day <= daysInMonth(year, month))) return undefined;
  const zoneAt = text.charCodeAt(19) === POINT ? fractionEnd(text, 20) : 19;
  if (zoneAt === 20 || zoneAt - 20 > MAX_FRACTION_DIGITS) return undefined;
  const offsetMinutes = zoneMinutes(text, zoneAt, offset);
  if (offsetMinutes === undefined) return undefined;
  const seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + (minute - offsetMinutes) * 60 + second;
  return seconds * MICROS_A_SECOND + fractionMicros(text, 20, zoneAt);
}

/** The number that so many digits make; NaN when one of them is none. */
function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function isTimeMark(code: number): boolean {
  return code === 0x54 || code === 0x74 || code === 0x20;
}

function fractionEnd(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= ZERO + 9) at++;
  return at;
}

/** A fraction finer than a microsecond is cut off. */
function fractionMicros(text: string, from: number, to: number): number {
  let micros = 0;
  for (let i = 0; i < 6; i++) micros = micros * 10 + (from + i < to ? text.charCodeAt(from + i) - ZERO : 0);
  return micros;
}

function zoneMinutes(text: string, at: number, offset: "required" | "optional"): number | undefined {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return offset === "optional" ? 0 : undefined;
  if (code === 0x5a || code === 0x7a) return text.length === at + 1 ? 0 : undefined;
  if ((code !== PLUS && code !== DASH) || text.charCodeAt(at + 3) !== COLON || text.length !== at + 6) return undefined;
  const hours = digitsAt(text, at + 1, 2);
  const minutes = digitsAt(text, at + 4, 2);
  if (!(hours <= 23 && minutes <= 59)) return undefined;
  return (code === DASH ? -1 : 1) * (hours * 60 + minutes);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30;
  return month >= 1 && month <= 12 ? 31 : 0;
}

/** Days from 1 January 1970 in the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
