/**
 * The periods that reports are of, by the clock on the wall of their site: "2026-10-25T02:00+02:00" is an hour, "2026-10-25" a
 * day, "2026-W43" a week (ISO 8601, from Monday) and "2026-10" a month. The name is the durable key of the period in its zone;
 * an hour bears its offset, because the clock may show it twice. Where the clock shifts by half an hour the part of the hour after
 * the shift is a period of its own, named by its first minute: "2026-04-05T01:30+10:30".
 */
import { SluiceError } from "../errors.ts";
import { DAY_MS, formatLocal, parseLocal } from "../schedules/local-time.ts";
import { firstInstantOf, zoneOf } from "../schedules/zone.ts";
import { bucketFinder, type Interval, zoneOffset } from "../telemetry/buckets.ts";
import type { ReportPeriodKind } from "./report-definition.ts";

export interface ReportPeriod {
  readonly kind: ReportPeriodKind;
  readonly name: string;
  readonly zone: string;
  readonly fromMicros: number;
  /** Exclusive. */
  readonly toMicros: number;
}

const INTERVALS: Readonly<Record<ReportPeriodKind, Interval>> = {
  hour: { count: 1, unit: "h" },
  day: { count: 1, unit: "d" },
  week: { count: 1, unit: "w" },
  month: { count: 1, unit: "mo" },
};

const EXAMPLES: Readonly<Record<ReportPeriodKind, string>> = {
  hour: "2026-10-25T02:00, with an offset (+02:00) where the clock shows it twice",
  day: "2026-10-25",
  week: "2026-W43",
  month: "2026-10",
};

/** Reports are of times that a four-digit year names. */
const EARLIEST_YEAR = 1970;
const LATEST_YEAR = 2199;

/** The period that a time lies in. */
export function periodAt(kind: ReportPeriodKind, zone: string, timeMicros: number): ReportPeriod {
  const { startMicros, endMicros } = bucketFinder(INTERVALS[kind], zone)(timeMicros);
  return { kind, zone, name: nameOf(kind, zone, startMicros), fromMicros: startMicros, toMicros: endMicros };
}

/** The newest period that is over at a time. */
export function periodBefore(kind: ReportPeriodKind, zone: string, timeMicros: number): ReportPeriod {
  return periodAt(kind, zone, periodAt(kind, zone, timeMicros).fromMicros - 1);
}

/** Reads a period's name. Throws `report.period` when it is none, or the clock of the zone does not show it. */
export function parsePeriod(kind: ReportPeriodKind, zone: string, name: string): ReportPeriod {
  const timeMicros = instantOf(kind, zone, name);
  if (timeMicros === undefined) throw noPeriod(kind, name);
  const period = periodAt(kind, zone, timeMicros);
  // A day that a zone left out, or the 30th of February, would be another one.
  const isAnother = kind === "hour" ? !isHourNamed(period, name) : !period.name.startsWith(name);
  if (isAnother) throw noPeriod(kind, name);
  return period;
}

export function hoursIn({ fromMicros, toMicros }: Pick<ReportPeriod, "fromMicros" | "toMicros">): number {
  return (toMicros - fromMicros) / 3600e6;
}

function instantOf(kind: ReportPeriodKind, zone: string, name: string): number | undefined {
  const year = Number(name.slice(0, 4));
  if (!(year >= EARLIEST_YEAR && year <= LATEST_YEAR)) return undefined;
  if (kind === "hour") return hourInstant(zone, name);
  const localMs = kind === "week" ? mondayOf(name) : parseLocal(kind === "month" ? `${name}-01` : name);
  const isShaped = kind === "week" || name.length === EXAMPLES[kind].length;
  if (localMs === undefined || !isShaped) return undefined;
  return firstInstantOf(zoneOf(zone), localMs) * 1000;
}

const HOUR = /^(\d{4}-\d\d-\d\dT\d\d)(:\d\d)?([+-]\d\d:\d\d|Z)?$/;

/** The minute may be other than 0 only where the period begins with it. */
function isHourNamed(period: ReportPeriod, name: string): boolean {
  const minute = HOUR.exec(name)?.[2] ?? ":00";
  return period.name.startsWith(minute === ":00" ? name.slice(0, 13) : name.slice(0, 16));
}

/** Without an offset the first hour that the clock shows so. */
function hourInstant(zone: string, name: string): number | undefined {
  const match = HOUR.exec(name);
  const localMs = match === null ? undefined : parseLocal(`${match[1]}${match[2] ?? ":00"}`);
  if (localMs === undefined) return undefined;
  const offset = match![3];
  if (offset === undefined) return firstInstantOf(zoneOf(zone), localMs) * 1000;
  const utcMs = localMs - offsetMs(offset);
  return zoneOffset(zone)(utcMs) === offsetMs(offset) ? utcMs * 1000 : undefined;
}

function offsetMs(text: string): number {
  if (text === "Z") return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6));
  return (text.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** ISO 8601: the week with the year's first Thursday is its first. */
function mondayOf(name: string): number | undefined {
  const match = /^(\d{4})-W(\d\d)$/.exec(name);
  if (match === null) return undefined;
  const week = Number(match[2]);
  return week === 0 ? undefined : mondayOfWeekOf(Date.UTC(Number(match[1]), 0, 4)) + (week - 1) * 7 * DAY_MS;
}

function mondayOfWeekOf(localMs: number): number {
  return localMs - ((new Date(localMs).getUTCDay() + 6) % 7) * DAY_MS;
}

function nameOf(kind: ReportPeriodKind, zone: string, startMicros: number): string {
  const utcMs = Math.floor(startMicros / 1000);
  const offset = zoneOffset(zone)(utcMs);
  const local = formatLocal(utcMs + offset);
  if (kind === "hour") return `${local.slice(0, 16)}${offsetText(offset)}`;
  if (kind === "day") return local.slice(0, 10);
  if (kind === "month") return local.slice(0, 7);
  const thursday = mondayOfWeekOf(utcMs + offset) + 3 * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

function noPeriod(kind: ReportPeriodKind, name: string): SluiceError {
  const message = `"${name.slice(0, 40)}" is no ${kind} of the site's clock: write one such as ${EXAMPLES[kind]}.`;
  return new SluiceError("invalid", "report.period", message, { details: { period: name.slice(0, 40) } });
}
