/**
 * What a clock on the wall shows, as the milliseconds since 1970 at which a clock in UTC shows the same: the calendar is then
 * that of `Date.UTC`, and differences are those of the clock's face.
 */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export interface LocalDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

export function dateOf(localMs: number): LocalDate {
  const date = new Date(localMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Midnight of a date; a month or day beyond its end runs on into the next. */
export function midnight(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day);
}

export function startOfDay(localMs: number): number {
  return Math.floor(localMs / DAY_MS) * DAY_MS;
}

/** 0 is Sunday. */
export function weekdayOf(localMs: number): number {
  return new Date(localMs).getUTCDay();
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** "2026-10-25T02:30:00". */
export function formatLocal(localMs: number): string {
  return new Date(localMs).toISOString().slice(0, 19);
}

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Reads "2026-10-25T02:30:00", without seconds or without a time as well; undefined when it is none, or no such date exists. */
export function parseLocal(text: string): number | undefined {
  const match = LOCAL.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as number[];
  const localMs = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  const padded = text.length === 10 ? `${text}T00:00:00` : text.padEnd(19, ":00");
  return formatLocal(localMs) === padded ? localMs : undefined;
}
