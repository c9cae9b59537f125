/** Where a simulated world lies. */
export interface WorldPlace {
  readonly latitude: number;
  readonly longitude: number;
}

const DAY_MICROS = 86_400e6;
const HOUR_MICROS = 3_600e6;
const YEAR_DAYS = 365.2425;
/** The first of January 1970 was a Thursday; Monday is 0. */
const FIRST_WEEKDAY = 3;

/** By the sun's mean position: a place's clock without zones and daylight saving. 0 to 24, fractions included. */
export function localHour(timeMicros: number, { longitude }: WorldPlace): number {
  return (localMicros(timeMicros, longitude) % DAY_MICROS) / HOUR_MICROS;
}

/** Whole days since 1970 at the place. */
export function localDay(timeMicros: number, { longitude }: WorldPlace): number {
  return Math.floor(localMicros(timeMicros, longitude) / DAY_MICROS);
}

export function isWeekend(timeMicros: number, place: WorldPlace): boolean {
  return (localDay(timeMicros, place) + FIRST_WEEKDAY) % 7 >= 5;
}

/** 1 in the middle of summer, −1 in the middle of winter, some four weeks after the solstices. */
export function summerness(timeMicros: number, { latitude }: WorldPlace): number {
  const day = (timeMicros / DAY_MICROS) % YEAR_DAYS;
  const warmest = latitude < 0 ? 19 : 201;
  return Math.cos((2 * Math.PI * (day - warmest)) / YEAR_DAYS);
}

function localMicros(timeMicros: number, longitude: number): number {
  return timeMicros + (longitude / 15) * HOUR_MICROS;
}
