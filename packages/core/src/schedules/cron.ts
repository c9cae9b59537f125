/**
 * Cron expressions: five fields (minute, hour, day of month, month, day of week) or six (a second before them), with names,
 * ranges, steps and lists; `L` for the last day of the month, `5L` or `FRIL` for its last Friday, `MON#1` for its first Monday;
 * and `@daily` and its like.
 *
 * As in Vixie cron, a day of month and a day of week that are both given are alternatives, and one that begins with `*` is not
 * given (crontab(5), "Note: The day of a command's execution").
 */
import { SluiceError } from "../errors.ts";
import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, parseField, parseValue, SECOND, wrong } from "./cron-field.ts";
import {
  DAY_MS,
  dateOf,
  daysInMonth,
  HOUR_MS,
  MINUTE_MS,
  midnight,
  SECOND_MS,
  startOfDay,
  weekdayOf,
} from "./local-time.ts";
import type { Recurrence } from "./recurrence.ts";

export const LONGEST_EXPRESSION = 200;

const MACROS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Throws `schedule.cron` for what cannot be read, and `schedule.cron_impossible` for a date that no calendar has. */
export function parseCron(expression: string): Recurrence {
  const fields = fieldsOf(expression);
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  const months = parseField(MONTH, month);
  const monthDays = parseMonthDays(dayOfMonth);
  const weekdays = parseWeekdays(dayOfWeek);
  const areAlternatives = !dayOfMonth.startsWith("*") && !dayOfWeek.startsWith("*");
  if (!areAlternatives) assertPossible(expression, months, monthDays);
  const timesOfDay = {
    hours: sorted(parseField(HOUR, hour)),
    minutes: sorted(parseField(MINUTE, minute)),
    seconds: sorted(parseField(SECOND, second)),
  };
  const isDay = (localMs: number): boolean => {
    const isMonthDay = fitsMonthDay(monthDays, localMs);
    const isWeekday = fitsWeekday(weekdays, localMs);
    return areAlternatives ? isMonthDay || isWeekday : isMonthDay && isWeekday;
  };
  return { next: (fromMs, toMs) => nextTime(months, isDay, timesOfDay, fromMs, toMs) };
}

type Fields = readonly [string, string, string, string, string, string];

function fieldsOf(expression: string): Fields {
  const text = expression.trim().toLowerCase();
  if (text.length > LONGEST_EXPRESSION) throw unreadable(`it is longer than ${LONGEST_EXPRESSION} characters`);
  const macro = Object.hasOwn(MACROS, text) ? MACROS[text] : undefined;
  if (text.startsWith("@") && macro === undefined) {
    throw unreadable(`"${text}" is none of ${Object.keys(MACROS).join(", ")}`);
  }
  const fields = (macro ?? text).split(/\s+/);
  if (fields.length === 5) return ["0", ...fields] as unknown as Fields;
  if (fields.length === 6) return fields as unknown as Fields;
  throw unreadable(
    "write five fields (minute, hour, day of month, month, day of week), or six with a second before them",
  );
}

function unreadable(what: string): SluiceError {
  return new SluiceError("invalid", "schedule.cron", `The cron expression cannot be read: ${what}.`);
}

interface MonthDays {
  readonly days: ReadonlySet<number>;
  readonly isLast: boolean;
}

function parseMonthDays(text: string): MonthDays {
  const items = text.split(",");
  if (items.some((item) => item.includes("w"))) {
    throw wrong(DAY_OF_MONTH, '"W", the nearest working day, is not supported: name the days of the week');
  }
  const others = items.filter((item) => item !== "l");
  const days = others.length === 0 ? new Set<number>() : parseField(DAY_OF_MONTH, others.join(","));
  return { days, isLast: others.length < items.length };
}

function fitsMonthDay({ days, isLast }: MonthDays, localMs: number): boolean {
  const { year, month, day } = dateOf(localMs);
  return days.has(day) || (isLast && day === daysInMonth(year, month));
}

/** A day of the week, every one of a month, its n-th, or its last. */
interface Weekday {
  readonly weekday: number;
  readonly nth?: number | "last";
}

function parseWeekdays(text: string): readonly Weekday[] {
  return text.split(",").flatMap((item) => {
    const last = /^([a-z0-9]{1,3})l$/.exec(item);
    if (last !== null) return [{ weekday: parseValue(DAY_OF_WEEK, last[1]!) % 7, nth: "last" as const }];
    const nth = /^([a-z0-9]{1,3})#([1-5])$/.exec(item);
    if (nth !== null) return [{ weekday: parseValue(DAY_OF_WEEK, nth[1]!) % 7, nth: Number(nth[2]) }];
    return [...parseField(DAY_OF_WEEK, item)].map((weekday) => ({ weekday: weekday % 7 }));
  });
}

function fitsWeekday(weekdays: readonly Weekday[], localMs: number): boolean {
  const { year, month, day } = dateOf(localMs);
  const today = weekdayOf(localMs);
  return weekdays.some(({ weekday, nth }) => {
    if (weekday !== today) return false;
    if (nth === undefined) return true;
    return nth === "last" ? day + 7 > daysInMonth(year, month) : Math.ceil(day / 7) === nth;
  });
}

/** The longest that each month gets. */
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MONTH_NAMES = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"],
  ...["November", "December"],
];

function assertPossible(expression: string, months: ReadonlySet<number>, { days, isLast }: MonthDays): void {
  const first = Math.min(...days);
  if (isLast || [...months].some((month) => first <= LONGEST_MONTHS[month - 1]!)) return;
  const names = [...months].map((month) => MONTH_NAMES[month - 1]).join(", ");
  const message = `"${expression}" never comes: ${names} ${months.size === 1 ? "has" : "have"} no day ${first}.`;
  throw new SluiceError("invalid", "schedule.cron_impossible", message, { details: { expression } });
}

interface TimesOfDay {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

function nextTime(
  months: ReadonlySet<number>,
  isDay: (localMs: number) => boolean,
  times: TimesOfDay,
  fromMs: number,
  toMs: number,
): number | undefined {
  for (let day = startOfDay(fromMs); day < toMs; ) {
    const { year, month } = dateOf(day);
    if (!months.has(month)) {
      day = midnight(year, month + 1, 1);
      continue;
    }
    const time = isDay(day) ? nextTimeOfDay(times, fromMs - day) : undefined;
    if (time !== undefined) return day + time < toMs ? day + time : undefined;
    day += DAY_MS;
  }
  return undefined;
}

/** The first time of a day that is not before a number of milliseconds of it. */
function nextTimeOfDay({ hours, minutes, seconds }: TimesOfDay, fromMs: number): number | undefined {
  for (const hour of hours) {
    if ((hour + 1) * HOUR_MS <= fromMs) continue;
    for (const minute of minutes) {
      const minuteMs = hour * HOUR_MS + minute * MINUTE_MS;
      if (minuteMs + MINUTE_MS <= fromMs) continue;
      const second = seconds.find((each) => minuteMs + each * SECOND_MS >= fromMs);
      if (second !== undefined) return minuteMs + second * SECOND_MS;
    }
  }
  return undefined;
}

function sorted(values: ReadonlySet<number>): readonly number[] {
  return [...values].sort((a, b) => a - b);
}
