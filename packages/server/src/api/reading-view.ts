import type { ProfileEntry } from "../devices/index.ts";
import { formatTime } from "./query-time.ts";

/** Where ingest keeps what a reading's own format says besides its values, to give it back as it came. */
export const PAYLOAD_EXTRA = "$payload";
export const LOCAL_TIME_EXTRA = "$ts_local";

/** What a device said at one time: its numbers by key, and its extras. */
export interface Reading {
  readonly timeMicros: number;
  readonly values: ReadonlyMap<string, number>;
  readonly extras: Readonly<Record<string, unknown>>;
}

/** `metrics`: number → value. */
export function readingOf(
  timeMicros: number,
  metrics: Iterable<readonly [number, number]>,
  extras: string | undefined,
  profile: ProfileEntry,
): Reading {
  const values = new Map<string, number>();
  for (const [number, value] of metrics) {
    const key = profile.metricKeys[number];
    if (key !== undefined && !Number.isNaN(value)) values.set(key, value);
  }
  return { timeMicros, values, extras: extras === undefined ? {} : (JSON.parse(extras) as Record<string, unknown>) };
}

/** The reading's keys as the device sent them, flat, without what is reserved. */
export function flatPayload({ values, extras }: Reading): Record<string, unknown> {
  const words = Object.entries(extras).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries([...words, ...values]);
}

/** The payload as it came, nesting included; flat where it did not come as one. */
export function originalPayload(reading: Reading): unknown {
  return reading.extras[PAYLOAD_EXTRA] ?? flatPayload(reading);
}

/** The device's own local time where it said one, else the site's. */
export function localTime(reading: Reading, zone: string): string {
  const said = reading.extras[LOCAL_TIME_EXTRA];
  return typeof said === "string" ? said : formatLocalTime(reading.timeMicros, zone);
}

/** "2026-05-01T08:00:00.000+02:00": wall-clock time with its offset (RFC 3339). */
export function formatLocalTime(micros: number, zone: string): string {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(micros / 1000)
      .map(({ type, value }) => [type, value]),
  );
  const offset = parts.timeZoneName === "GMT" ? "+00:00" : parts.timeZoneName?.replace("GMT", "");
  const fraction = formatTime(micros).slice(19, -1);
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${fraction}${offset}`;
}

const MAX_FORMATTERS = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one costs 50 µs, using it two. */
function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "longOffset",
    });
    if (formatters.size >= MAX_FORMATTERS) formatters.clear();
    formatters.set(zone, formatter);
  }
  return formatter;
}
