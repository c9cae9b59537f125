/**
 * Buckets of time in a zone. Seconds, minutes and hours follow the zone's offset, so that hours begin on its clock's full
 * hours (half-hour zones included) and an hour that occurs twice is two buckets; days, weeks (from Monday) and months begin
 * at local midnight, so that a day may have 23 or 25 hours.
 */
import { SluiceError } from "../errors.ts";

export type IntervalUnit = "s" | "m" | "h" | "d" | "w" | "mo";

export interface Interval {
  readonly count: number;
  readonly unit: IntervalUnit;
}

/** Finds the bucket of a time: its beginning (inclusive) and end (exclusive), in microseconds. */
export type BucketFinder = (timeMicros: number) => { readonly startMicros: number; readonly endMicros: number };

const UNIT_MICROS = { s: 1e6, m: 60e6, h: 3600e6 } as const;
const DAY_MS = 86_400_000;
const MAX_COUNT = 10_000;

/** Reads "15m", "1h", "1d", "1w", "1mo". */
export function parseInterval(text: string): Interval {
  const match = /^([1-9]\d{0,4})(s|mo|m|h|d|w)$/.exec(text);
  const count = Number(match?.[1]);
  if (match === null || count > MAX_COUNT) {
    throw new SluiceError(
      "invalid",
      "query.interval",
      `"${text}" is no interval: write a number from 1 to ${MAX_COUNT} and one of s, m, h, d, w, mo, such as 15m or 1d`,
    );
  }
  return { count, unit: match[2] as IntervalUnit };
}

export function bucketFinder({ count, unit }: Interval, zone = "UTC"): BucketFinder {
  const offsetAt = zoneOffset(zone);
  if (unit === "s" || unit === "m" || (unit === "h" && count === 1)) {
    return clockBuckets(count * UNIT_MICROS[unit], offsetAt);
  }
  if (unit === "h") return wallBuckets((local) => floorTo(local, count * 3_600_000), count * 3_600_000, offsetAt);
  if (unit === "d") return wallBuckets((local) => floorTo(local, count * DAY_MS), count * DAY_MS, offsetAt);
  // 1970-01-05 was a Monday.
  if (unit === "w") {
    const length = count * 7 * DAY_MS;
    return wallBuckets((local) => floorTo(local - 4 * DAY_MS, length) + 4 * DAY_MS, length, offsetAt);
  }
  return monthBuckets(count, offsetAt);
}

/** Offset of a zone from UTC in milliseconds at an instant. */
export type OffsetAt = (utcMs: number) => number;

export function zoneOffset(zone: string): OffsetAt {
  if (zone === "UTC") return () => 0;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new SluiceError("invalid", "query.zone", `"${zone}" is no IANA time zone, such as Europe/Berlin`, { cause });
  }
  const cache = new Map<number, number>();
  // Zones change their offset on quarter-hours only, so one look a quarter-hour is exact.
  return (utcMs) => {
    const quarter = Math.floor(utcMs / 900_000);
    const known = cache.get(quarter);
    if (known !== undefined) return known;
    if (cache.size > 100_000) cache.clear();
    const offset = localMs(format, quarter * 900_000) - quarter * 900_000;
    cache.set(quarter, offset);
    return offset;
  };
}

function localMs(format: Intl.DateTimeFormat, utcMs: number): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(utcMs)) fields[type] = Number(value);
  return Date.UTC(fields.year!, fields.month! - 1, fields.day!, fields.hour!, fields.minute!, fields.second!);
}

/** Buckets that follow the offset in force: one also begins or ends where the offset changes. */
function clockBuckets(lengthMicros: number, offsetAt: OffsetAt): BucketFinder {
  return (timeMicros) => {
    const utcMs = Math.floor(timeMicros / 1000);
    const offset = offsetAt(utcMs);
    const start = Math.floor((timeMicros + offset * 1000) / lengthMicros) * lengthMicros - offset * 1000;
    const end = start + lengthMicros;
    const beganBefore = offsetAt(Math.floor(start / 1000)) !== offset;
    const endsAfter = offsetAt(Math.ceil(end / 1000) - 1) !== offset;
    return {
      startMicros: beganBefore ? changeBetween(Math.floor(start / 1000), utcMs, offsetAt) * 1000 : start,
      endMicros: endsAfter ? changeBetween(utcMs, Math.ceil(end / 1000), offsetAt) * 1000 : end,
    };
  };
}

function wallBuckets(floor: (localMs: number) => number, lengthMs: number, offsetAt: OffsetAt): BucketFinder {
  return (timeMicros) => {
    const utcMs = Math.floor(timeMicros / 1000);
    const start = floor(utcMs + offsetAt(utcMs));
    return { startMicros: toUtc(start, offsetAt) * 1000, endMicros: toUtc(start + lengthMs, offsetAt) * 1000 };
  };
}

function monthBuckets(count: number, offsetAt: OffsetAt): BucketFinder {
  return (timeMicros) => {
    const utcMs = Math.floor(timeMicros / 1000);
    const local = new Date(utcMs + offsetAt(utcMs));
    const month = Math.floor((local.getUTCFullYear() * 12 + local.getUTCMonth()) / count) * count;
    return {
      startMicros: toUtc(Date.UTC(Math.floor(month / 12), month % 12), offsetAt) * 1000,
      endMicros: toUtc(Date.UTC(Math.floor((month + count) / 12), (month + count) % 12), offsetAt) * 1000,
    };
  };
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

/** The first instant at which the zone's clock shows a local time or, where it is skipped, the next one shown. */
function toUtc(localMs: number, offsetAt: OffsetAt): number {
  const before = offsetAt(localMs - DAY_MS);
  const after = offsetAt(localMs + DAY_MS);
  const early = localMs - Math.max(before, after);
  if (early + offsetAt(early) === localMs) return early;
  const late = localMs - Math.min(before, after);
  if (late + offsetAt(late) === localMs) return late;
  // Skipped: the clock jumped over it, at the instant where the new offset begins.
  return changeBetween(early, late, offsetAt);
}

function changeBetween(low: number, high: number, offsetAt: OffsetAt): number {
  const first = offsetAt(low);
  for (let at = floorTo(low, 900_000); at <= high; at += 900_000) {
    if (offsetAt(at) !== first) return at;
  }
  return high;
}
