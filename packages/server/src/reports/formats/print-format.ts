import type { ReportContent } from "@sluice/core/reports/report-content.ts";
import { type Words, wordsIn } from "./words.ts";

/** How values are written for people: in the language of the report, by the clock of its site. */
export interface PrintFormat {
  readonly words: Words;
  /** A value with so many digits after the point; "–" for one that is not there. */
  number(value: number | null | undefined, digits: number): string;
  count(value: number): string;
  /** Rounded down: what is not all of it is never "100 %". */
  share(value: number | null): string;
  /** "25 Oct 2026, 02:00 GMT+2". */
  dateTime(time: string): string;
  /** "02:00". */
  clock(time: string): string;
  /** "25 Oct". */
  day(time: string): string;
  /** "1:30", hours and minutes. */
  duration(from: string, to: string): string;
  /** The period in words: "Sunday, 25 October 2026". */
  readonly period: string;
}

const NONE = "–";

export function printFormatOf({ language, site, period }: ReportContent): PrintFormat {
  const words = wordsIn(language);
  const { locale } = words;
  const inZone = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: site.timeZone, hourCycle: "h23" });
    return (time: string) => format.format(new Date(time));
  };
  const dateTime = inZone({ ...DATE, hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  const numbers = new Map<number, Intl.NumberFormat>();
  const number = (value: number | null | undefined, digits: number) => {
    if (value === null || value === undefined) return NONE;
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const format = numbers.get(digits) ?? new Intl.NumberFormat(locale, fraction);
    numbers.set(digits, format);
    return format.format(value);
  };
  return {
    words,
    number,
    count: (value) => number(value, 0),
    share: (value) => (value === null ? words.unknown : `${number(Math.floor(value * 1000) / 10, 1)} %`),
    dateTime,
    clock: inZone({ hour: "2-digit", minute: "2-digit" }),
    day: inZone({ day: "numeric", month: "short" }),
    duration: (from, to) => durationText(Date.parse(to) - Date.parse(from)),
    period: periodText(period, inZone, dateTime),
  };
}

const DATE = { day: "numeric", month: "short", year: "numeric" } as const;

function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function periodText(
  { kind, from, to }: ReportContent["period"],
  inZone: (options: Intl.DateTimeFormatOptions) => (time: string) => string,
  dateTime: (time: string) => string,
): string {
  if (kind === "day") return inZone({ weekday: "long", day: "numeric", month: "long", year: "numeric" })(from);
  if (kind === "month") return inZone({ month: "long", year: "numeric" })(from);
  if (kind === "hour") return `${dateTime(from)} – ${inZone({ hour: "2-digit", minute: "2-digit" })(to)}`;
  const date = inZone(DATE);
  return `${date(from)} – ${date(new Date(Date.parse(to) - 1).toISOString())}`;
}
