const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

/** J: 1 on 1 January, 365 or in leap years 366 on 31 December. FAO-56, Annex 2, table 2.5. */
export function dayOfYear(year: number, month: number, day: number): number {
  const leapDay = month > 2 && isLeapYear(year) ? 1 : 0;
  return DAYS_BEFORE_MONTH[month - 1]! + day + leapDay;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** J of the middle of a month, for monthly means: FAO-56, Annex 2, below table 2.5. */
export function middleOfMonth(month: number): number {
  return Math.trunc(30.4 * month - 15);
}
