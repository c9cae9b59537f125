import { SluiceError } from "@sluice/core/errors.ts";

/** RFC 3339; a space before the offset is a "+" that was not encoded in a URL. */
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+\- ]\d\d:\d\d)?$/;
const EPOCH_MS = /^-?\d{1,16}(?:\.\d{1,3})?$/;

/**
 * Reads a time of a query into microseconds since 1970: RFC 3339, or epoch milliseconds. A date alone is its midnight in
 * UTC, and a time without an offset is in UTC.
 */
export function parseQueryTime(name: string, text: string): number {
  const micros = EPOCH_MS.test(text) ? Math.round(Number(text) * 1000) : parseDateTime(text);
  if (micros !== undefined && Number.isSafeInteger(micros)) return micros;
  throw new SluiceError(
    "invalid",
    "query.time",
    `${name}: "${text.slice(0, 100)}" is no time: write RFC 3339 (2026-05-01T06:00:00Z) or epoch milliseconds.`,
  );
}

/** A time of a query that may be absent, to the millisecond. */
export function queryDate(name: string, text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(Math.floor(parseQueryTime(name, text) / 1000));
}

function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", offset = "Z"] = match;
  const zone = offset.replace(" ", "+").toUpperCase();
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  // Date.parse lets the 30th of February run over into March.
  if (Number.isNaN(ms) || new Date(Date.UTC(+year!, +month! - 1, +day!)).getUTCDate() !== +day!) return undefined;
  return ms * 1000 + Math.floor(Number(fraction.padEnd(9, "0")) / 1000);
}

/** RFC 3339 in UTC, with milliseconds, or with microseconds where there are any. */
export function formatTime(micros: number): string {
  const ms = Math.floor(micros / 1000);
  const rest = micros - ms * 1000;
  const text = new Date(ms).toISOString();
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

/** Epoch milliseconds, with a fraction only where there are microseconds; tells every microsecond apart until 2109. */
export function toEpochMs(micros: number): number {
  return micros / 1000;
}
