/** Parts lie within a UTC day or, where late readings are scattered over many, within a UTC month. */
export const DAY_MICROS = 86_400_000_000;

/** With more days of one month in a generation than this, they become one part: a part a day would be many tiny files. */
const MAX_DAYS_APART = 8;

export function dayOf(timeMicros: number): number {
  return Math.floor(timeMicros / DAY_MICROS);
}

/** "2026-10" */
export function monthOfDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 7);
}

/** First and last day of the month in which a day lies. */
export function daysOfMonth(day: number): { readonly first: number; readonly last: number } {
  const date = new Date(day * 86_400_000);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / 86_400_000;
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 86_400_000;
  return { first, last: next - 1 };
}

/** Days that become a part together, in order. */
export function groupDays(days: Iterable<number>): { readonly month: string; readonly days: readonly number[] }[] {
  const months = Map.groupBy(
    [...days].sort((a, b) => a - b),
    monthOfDay,
  );
  return [...months].flatMap(([month, ofMonth]) =>
    ofMonth.length > MAX_DAYS_APART ? [{ month, days: ofMonth }] : ofMonth.map((day) => ({ month, days: [day] })),
  );
}
