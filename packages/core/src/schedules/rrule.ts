/**
 * Recurrence rules of RFC 5545, section 3.3.10: FREQ (HOURLY to YEARLY), INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY,
 * BYHOUR, BYMINUTE and WKST. What the rule does not say comes from its start; a start that does not fit its own rule is no
 * occurrence, and does not count.
 *
 * Time is cut into periods of the frequency, counted from the start; each is expanded to its days, and each day to its times.
 */
import { SluiceError } from "../errors.ts";
import { DAY_MS, dateOf, daysInMonth, HOUR_MS, MINUTE_MS, midnight, startOfDay, weekdayOf } from "./local-time.ts";
import type { Recurrence } from "./recurrence.ts";
import { parseRule, type RecurrenceRule } from "./rrule-parse.ts";

/** A rule with a COUNT is counted out at once, as far as this; one that needs more periods for that is refused. */
const COUNT_UNTIL_MS = Date.UTC(2200, 0, 1);
const MAX_COUNTED_PERIODS = 100_000;

/** Throws `schedule.rrule`. */
export function parseRrule(text: string, startMs: number): Recurrence {
  const rule = parseRule(text);
  const periods = periodsOf(rule, startMs);
  const lastMs = rule.untilLocalMs ?? Number.POSITIVE_INFINITY;
  const next = (fromMs: number, toMs: number): number | undefined => {
    const earliest = Math.max(fromMs, startMs);
    const latest = Math.min(toMs, lastMs + 1);
    for (let index = periods.indexAt(earliest); periods.startOf(index) < latest; index++) {
      const found = periods.timesOf(index).find((time) => time >= earliest);
      if (found !== undefined) return found < latest ? found : undefined;
    }
    return undefined;
  };
  if (rule.count === undefined) return { next, lastUtcMs: rule.untilUtcMs };
  const counted = countOut(periods, startMs, rule.count);
  return {
    next: (fromMs, toMs) => {
      const found = counted[firstAtOrAfter(counted, fromMs)];
      return found !== undefined && found < toMs ? found : undefined;
    },
  };
}

function countOut(periods: Periods, startMs: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let index = 0; found.length < count && periods.startOf(index) < COUNT_UNTIL_MS; index++) {
    if (index === MAX_COUNTED_PERIODS) throw tooSparse();
    found.push(...periods.timesOf(index).filter((time) => time >= startMs));
  }
  return found.slice(0, count);
}

function tooSparse(): SluiceError {
  const message = `The recurrence rule's COUNT is not reached within ${MAX_COUNTED_PERIODS} periods: choose a longer FREQ.`;
  return new SluiceError("invalid", "schedule.rrule", message, { details: { part: "COUNT" } });
}

function firstAtOrAfter(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The periods of a rule, from 0, the one of its start. */
interface Periods {
  /** The first whose times may reach a local time. */
  indexAt(localMs: number): number;
  /** No time of a period lies before this. */
  startOf(index: number): number;
  /** In growing order. */
  timesOf(index: number): readonly number[];
}

function periodsOf(rule: RecurrenceRule, startMs: number): Periods {
  switch (rule.frequency) {
    case "HOURLY":
      return hours(rule, startMs);
    case "DAILY":
      return days(rule, startMs);
    case "WEEKLY":
      return weeks(rule, startMs);
    case "MONTHLY":
      return months(rule, startMs);
    case "YEARLY":
      return years(rule, startMs);
  }
}

function hours(rule: RecurrenceRule, startMs: number): Periods {
  const firstMs = Math.floor(startMs / HOUR_MS) * HOUR_MS;
  const startOf = (index: number): number => firstMs + index * rule.interval * HOUR_MS;
  const { byHour, byMinute } = rule;
  const minutes = byMinute.length > 0 ? byMinute : [Math.floor((startMs - firstMs) / MINUTE_MS)];
  const secondMs = startMs % MINUTE_MS;
  return {
    ...evenly(firstMs, rule.interval * HOUR_MS),
    timesOf: (index) => {
      const at = startOf(index);
      const isHour = byHour.length === 0 || byHour.includes(Math.floor((at % DAY_MS) / HOUR_MS));
      if (!isHour || !isDay(rule, at)) return [];
      return minutes.map((minute) => at + minute * MINUTE_MS + secondMs);
    },
  };
}

function days(rule: RecurrenceRule, startMs: number): Periods {
  const periods = evenly(startOfDay(startMs), rule.interval * DAY_MS);
  const times = timesOfDay(rule, startMs);
  return {
    ...periods,
    timesOf: (index) => {
      const day = periods.startOf(index);
      return isDay(rule, day) ? times.map((time) => day + time) : [];
    },
  };
}

function weeks(rule: RecurrenceRule, startMs: number): Periods {
  const { byDay, byMonth, weekStart } = rule;
  const dayOfWeek = (weekday: number): number => (weekday - weekStart + 7) % 7;
  const today = startOfDay(startMs);
  const periods = evenly(today - dayOfWeek(weekdayOf(today)) * DAY_MS, rule.interval * 7 * DAY_MS);
  const weekdays = byDay.length > 0 ? byDay.map(({ weekday }) => weekday) : [weekdayOf(today)];
  const inWeek = [...new Set(weekdays.map(dayOfWeek))].sort((a, b) => a - b);
  const times = timesOfDay(rule, startMs);
  return {
    ...periods,
    timesOf: (index) =>
      inWeek
        .map((day) => periods.startOf(index) + day * DAY_MS)
        .filter((day) => byMonth.length === 0 || byMonth.includes(dateOf(day).month))
        .flatMap((day) => times.map((time) => day + time)),
  };
}

function months(rule: RecurrenceRule, startMs: number): Periods {
  const start = dateOf(startMs);
  const first = start.year * 12 + start.month - 1;
  const times = timesOfDay(rule, startMs);
  const dateAt = (index: number) => {
    const month = first + index * rule.interval;
    return { year: Math.floor(month / 12), month: (month % 12) + 1 };
  };
  return {
    indexAt: (localMs) => {
      const { year, month } = dateOf(localMs);
      return Math.max(0, Math.floor((year * 12 + month - 1 - first) / rule.interval));
    },
    startOf: (index) => midnight(dateAt(index).year, dateAt(index).month, 1),
    timesOf: (index) => {
      const { year, month } = dateAt(index);
      if (rule.byMonth.length > 0 && !rule.byMonth.includes(month)) return [];
      return daysOfMonth(rule, year, month, start.day).flatMap((day) => times.map((time) => day + time));
    },
  };
}

function years(rule: RecurrenceRule, startMs: number): Periods {
  const start = dateOf(startMs);
  const times = timesOfDay(rule, startMs);
  const yearAt = (index: number): number => start.year + index * rule.interval;
  return {
    indexAt: (localMs) => Math.max(0, Math.floor((dateOf(localMs).year - start.year) / rule.interval)),
    startOf: (index) => midnight(yearAt(index), 1, 1),
    timesOf: (index) => daysOfYear(rule, yearAt(index), start).flatMap((day) => times.map((time) => day + time)),
  };
}

function evenly(firstMs: number, lengthMs: number): Pick<Periods, "indexAt" | "startOf"> {
  return {
    indexAt: (localMs) => Math.max(0, Math.floor((localMs - firstMs) / lengthMs)),
    startOf: (index) => firstMs + index * lengthMs,
  };
}

function timesOfDay({ byHour, byMinute }: RecurrenceRule, startMs: number): readonly number[] {
  const time = startMs - startOfDay(startMs);
  const dayHours = byHour.length > 0 ? byHour : [Math.floor(time / HOUR_MS)];
  const hourMinutes = byMinute.length > 0 ? byMinute : [Math.floor((time % HOUR_MS) / MINUTE_MS)];
  return dayHours.flatMap((hour) =>
    hourMinutes.map((minute) => hour * HOUR_MS + minute * MINUTE_MS + (time % MINUTE_MS)),
  );
}

/** Whether a day is left by the parts that only limit. */
function isDay({ byMonth, byMonthDay, byDay }: RecurrenceRule, localMs: number): boolean {
  const { year, month, day } = dateOf(localMs);
  if (byMonth.length > 0 && !byMonth.includes(month)) return false;
  if (byMonthDay.length > 0 && !isMonthDay(byMonthDay, day, daysInMonth(year, month))) return false;
  return byDay.length === 0 || byDay.some(({ weekday }) => weekday === weekdayOf(localMs));
}

function isMonthDay(byMonthDay: readonly number[], day: number, length: number): boolean {
  return byMonthDay.includes(day) || byMonthDay.includes(day - length - 1);
}

/** A month without the start's day has none. */
function daysOfMonth(rule: RecurrenceRule, year: number, month: number, startDay: number): number[] {
  const { byMonthDay, byDay } = rule;
  const monthDays = byMonthDay.length === 0 && byDay.length === 0 ? [startDay] : byMonthDay;
  return daysBetween(midnight(year, month, 1), midnight(year, month + 1, 1), byDay).filter((day) => {
    return monthDays.length === 0 || isMonthDay(monthDays, dateOf(day).day, daysInMonth(year, month));
  });
}

/** Days of the week count within the months that are named and, where none is, within the year. */
function daysOfYear(rule: RecurrenceRule, year: number, start: { month: number; day: number }): number[] {
  const { byMonth, byMonthDay, byDay } = rule;
  if (byMonth.length === 0 && byMonthDay.length === 0) {
    if (byDay.length === 0) return daysOfMonth(rule, year, start.month, start.day);
    return daysBetween(midnight(year, 1, 1), midnight(year + 1, 1, 1), byDay);
  }
  const inMonths = byMonth.length > 0 ? byMonth : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  return inMonths.flatMap((month) => daysOfMonth(rule, year, month, start.day));
}

/** The days of a month or year that the days of the week leave: all of them when none is named. */
function daysBetween(fromMs: number, toMs: number, byDay: RecurrenceRule["byDay"]): number[] {
  const found: number[] = [];
  for (let day = fromMs; day < toMs; day += DAY_MS) {
    const weekday = weekdayOf(day);
    const fromStart = Math.floor((day - fromMs) / (7 * DAY_MS)) + 1;
    const fromEnd = -Math.ceil((toMs - day) / (7 * DAY_MS));
    const isNamed = byDay.some(
      ({ weekday: wanted, ordinal }) =>
        wanted === weekday && (ordinal === undefined || ordinal === fromStart || ordinal === fromEnd),
    );
    if (byDay.length === 0 || isNamed) found.push(day);
  }
  return found;
}
