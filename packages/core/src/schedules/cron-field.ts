import { SluiceError } from "../errors.ts";

/** One of the fields of a cron expression, and what may stand in it. */
export interface CronFieldKind {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export const SECOND: CronFieldKind = { name: "second", minimum: 0, maximum: 59 };
export const MINUTE: CronFieldKind = { name: "minute", minimum: 0, maximum: 59 };
export const HOUR: CronFieldKind = { name: "hour", minimum: 0, maximum: 23 };
export const DAY_OF_MONTH: CronFieldKind = { name: "day of month", minimum: 1, maximum: 31 };
export const MONTH: CronFieldKind = { name: "month", minimum: 1, maximum: 12, names: MONTHS };
/** 7 is Sunday as well. */
export const DAY_OF_WEEK: CronFieldKind = { name: "day of week", minimum: 0, maximum: 7, names: WEEKDAYS };

/** Reads a list of `*`, values, ranges and steps. */
export function parseField(kind: CronFieldKind, text: string): ReadonlySet<number> {
  return new Set(text.split(",").flatMap((item) => parseItem(kind, item)));
}

function parseItem(kind: CronFieldKind, item: string): number[] {
  const match = /^(?:\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null) throw wrong(kind, `"${item}" is none of *, a value, a range such as 1-5, or a step such as */15`);
  const [, first, last, every] = match;
  const from = first === undefined ? kind.minimum : parseValue(kind, first);
  const to = lastOf(kind, from, first, last, every);
  if (from > to) throw wrong(kind, `"${item}" runs backwards: write it as two ranges`);
  const step = every === undefined ? 1 : Number(every);
  if (step < 1) throw wrong(kind, `the step of "${item}" is 0`);
  if (step > kind.maximum - kind.minimum) {
    const message = `the step of "${item}" is longer than the field: use a schedule of the kind "every" for a longer period`;
    throw wrong(kind, message);
  }
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

/** "5/15" goes on to the end of the field, as "5-59/15" does. */
function lastOf(
  kind: CronFieldKind,
  from: number,
  first: string | undefined,
  last: string | undefined,
  every: string | undefined,
): number {
  if (last !== undefined) return parseValue(kind, last);
  return first === undefined || every !== undefined ? kind.maximum : from;
}

export function parseValue(kind: CronFieldKind, text: string): number {
  const index = kind.names?.indexOf(text) ?? -1;
  const value = index >= 0 ? index + kind.minimum : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= kind.minimum && value <= kind.maximum) return value;
  throw wrong(kind, `"${text}" is not from ${kind.minimum} to ${kind.maximum}${kind.names ? ", nor a name" : ""}`);
}

export function wrong({ name }: CronFieldKind, what: string): SluiceError {
  const message = `The ${name} of the cron expression: ${what}.`;
  return new SluiceError("invalid", "schedule.cron", message, { details: { field: name } });
}
