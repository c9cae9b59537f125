import { SluiceError } from "../errors.ts";
import { parseLocal } from "./local-time.ts";

/** The recurrence rules of RFC 5545, section 3.3.10, as far as schedules have them. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | undefined;
  /** Inclusive, by the clock of the zone. */
  readonly untilLocalMs: number | undefined;
  /** Inclusive. */
  readonly untilUtcMs: number | undefined;
  readonly byMonth: readonly number[];
  /** Negative ones count from the end of the month. */
  readonly byMonthDay: readonly number[];
  readonly byDay: readonly RuleDay[];
  readonly byHour: readonly number[];
  readonly byMinute: readonly number[];
  /** The day on which a week begins; 0 is Sunday. */
  readonly weekStart: number;
}

export type Frequency = "HOURLY" | "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

export interface RuleDay {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** The n-th of the month or year, from its end when negative; undefined: every one. */
  readonly ordinal: number | undefined;
}

export const LONGEST_RULE = 500;
export const MAX_COUNT = 10_000;
/** So that no period is longer than what a search looks ahead. */
const MAX_INTERVALS: Readonly<Record<Frequency, number>> = {
  HOURLY: 8_760,
  DAILY: 366,
  WEEKLY: 53,
  MONTHLY: 60,
  YEARLY: 4,
};
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const KNOWN = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "WKST"];

/** Throws `schedule.rrule`, with the name of the part that is wrong or not supported. */
export function parseRule(text: string): RecurrenceRule {
  const parts = partsOf(text);
  const frequency = frequencyOf(parts.get("FREQ"));
  const interval = oneNumber(parts, "INTERVAL", 1, MAX_INTERVALS[frequency]) ?? 1;
  const count = oneNumber(parts, "COUNT", 1, MAX_COUNT);
  const until = parts.get("UNTIL");
  if (count !== undefined && until !== undefined) throw wrong("COUNT", "and UNTIL exclude each other: leave one out");
  const rule: RecurrenceRule = {
    frequency,
    interval,
    count,
    ...untilOf(until),
    byMonth: numbers(parts, "BYMONTH", 1, 12),
    byMonthDay: numbers(parts, "BYMONTHDAY", -31, 31),
    byDay: daysOf(parts.get("BYDAY")),
    byHour: numbers(parts, "BYHOUR", 0, 23),
    byMinute: numbers(parts, "BYMINUTE", 0, 59),
    weekStart: parts.has("WKST") ? weekdayOf("WKST", parts.get("WKST")!) : 1,
  };
  assertMeaningful(rule);
  return rule;
}

function partsOf(text: string): ReadonlyMap<string, string> {
  if (text.length > LONGEST_RULE) throw wrong("RRULE", `is longer than ${LONGEST_RULE} characters`);
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, "")
    .split(";")) {
    const [name = "", value, ...rest] = part.split("=");
    if (value === undefined || value === "" || rest.length > 0) throw wrong(name, "has to be NAME=VALUE");
    if (!KNOWN.includes(name)) throw wrong(name, `is not supported: the parts are ${KNOWN.join(", ")}`);
    if (parts.has(name)) throw wrong(name, "is there twice");
    parts.set(name, value);
  }
  return parts;
}

function frequencyOf(value: string | undefined): Frequency {
  if (value !== undefined && Object.hasOwn(MAX_INTERVALS, value)) return value as Frequency;
  throw wrong("FREQ", `has to be one of ${Object.keys(MAX_INTERVALS).join(", ")}`);
}

function numbers(parts: ReadonlyMap<string, string>, name: string, minimum: number, maximum: number): number[] {
  const text = parts.get(name);
  if (text === undefined) return [];
  const found = text.split(",").map((item) => {
    const value = /^[+-]?\d{1,5}$/.test(item) ? Number(item) : Number.NaN;
    if (value >= minimum && value <= maximum && !(minimum < 0 && value === 0)) return value;
    throw wrong(name, `is from ${minimum} to ${maximum}${minimum < 0 ? ", without 0" : ""}, and not "${item}"`);
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

function oneNumber(
  parts: ReadonlyMap<string, string>,
  name: string,
  minimum: number,
  maximum: number,
): number | undefined {
  if (parts.get(name)?.includes(",")) throw wrong(name, "is one number");
  return numbers(parts, name, minimum, maximum)[0];
}

function daysOf(text: string | undefined): RuleDay[] {
  if (text === undefined) return [];
  return text.split(",").map((item) => {
    const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item);
    const ordinal = match?.[1] === undefined ? undefined : Number(match[1]);
    if (match === null || ordinal === 0 || Math.abs(ordinal ?? 1) > 53) {
      throw wrong("BYDAY", `is a list of days such as MO or, in a month, 1MO and -1FR, and not "${item}"`);
    }
    return { weekday: weekdayOf("BYDAY", match[2]!), ordinal };
  });
}

function weekdayOf(name: string, text: string): number {
  const weekday = WEEKDAYS.indexOf(text);
  if (weekday >= 0) return weekday;
  throw wrong(name, `has days of the week, ${WEEKDAYS.join(", ")}, and not "${text}"`);
}

type Until = Pick<RecurrenceRule, "untilLocalMs" | "untilUtcMs">;

/** "19971224T000000Z", "19971224T000000" or "19971224", which is the whole day. */
function untilOf(text: string | undefined): Until {
  if (text === undefined) return { untilLocalMs: undefined, untilUtcMs: undefined };
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(text);
  const [, year, month, day, hour = "23", minute = "59", second = "59", zulu] = match ?? [];
  const localMs = parseLocal(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  if (localMs === undefined) throw wrong("UNTIL", `is a time such as 20261224T000000Z, and not "${text}"`);
  return zulu === undefined
    ? { untilLocalMs: localMs, untilUtcMs: undefined }
    : { untilLocalMs: undefined, untilUtcMs: localMs };
}

/** What RFC 5545 forbids, and what could not be understood in one way only. */
function assertMeaningful({ frequency, byDay, byMonthDay, byMonth }: RecurrenceRule): void {
  const hasOrdinals = byDay.some(({ ordinal }) => ordinal !== undefined);
  if (hasOrdinals && frequency !== "MONTHLY" && frequency !== "YEARLY") {
    throw wrong("BYDAY", `has ordinals in MONTHLY and YEARLY only, and this is ${frequency}`);
  }
  const isWithinMonth = frequency === "MONTHLY" || byMonth.length > 0;
  if (isWithinMonth && byDay.some(({ ordinal = 1 }) => Math.abs(ordinal) > 5)) {
    throw wrong("BYDAY", "counts to 5 at the most within a month");
  }
  if (frequency === "WEEKLY" && byMonthDay.length > 0) {
    throw wrong("BYMONTHDAY", "has no meaning in a week: use MONTHLY or DAILY");
  }
}

function wrong(part: string, what: string): SluiceError {
  const message = `The recurrence rule's ${part} ${what}.`;
  return new SluiceError("invalid", "schedule.rrule", message, { details: { part } });
}
