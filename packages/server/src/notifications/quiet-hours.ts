import type { AlertSeverity } from "@sluice/core/alerts/alert-policy.ts";

/** A daily stretch of local time in which a route is silent. */
export interface QuietHours {
  /** IANA name. */
  readonly timeZone: string;
  /** "22:00", by the clock on the wall; when `to` is not later than `from`, it is on the next day. */
  readonly from: string;
  readonly to: string;
  /** Severities that are told all the same. */
  readonly breakThrough: readonly AlertSeverity[];
  /** What becomes of the others: told when the quiet hours end, or never. */
  readonly action: "hold" | "suppress";
}

const MINUTE_MS = 60_000;
/** A day, and the longest shift of a clock: quiet hours end within it. */
const LONGEST_QUIET_MINUTES = 26 * 60;

/** When the quiet hours around a time end, in milliseconds since 1970; undefined when it lies in none. */
export function quietUntilMs(hours: QuietHours, atMs: number): number | undefined {
  const minuteAt = localMinuteOfDay(hours.timeZone);
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const isQuiet = (ms: number) => isBetween(minuteAt(ms), from, to);
  if (!isQuiet(atMs)) return undefined;
  // Minute by minute, because a clock may skip the end or pass it twice in the night; a day of it takes about 2 ms.
  let ms = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  for (let minute = 0; minute < LONGEST_QUIET_MINUTES && isQuiet(ms); minute++) ms += MINUTE_MS;
  return ms;
}

/** "22:00" → 1320; undefined for what is no time of day. */
export function minuteOfDay(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2]);
}

function minutesOf(text: string): number {
  const minutes = minuteOfDay(text);
  if (minutes === undefined) throw new Error(`"${text}" was stored as a time of day`);
  return minutes;
}

function isBetween(minute: number, from: number, to: number): boolean {
  return from < to ? from <= minute && minute < to : minute >= from || minute < to;
}

function localMinuteOfDay(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return (ms) => minutesOf(format.format(ms));
}
