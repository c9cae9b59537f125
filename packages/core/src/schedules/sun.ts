/**
 * When the sun rises and sets. The position is NOAA's solar calculator (gml.noaa.gov/grad/solcalc/calcdetails.html), which
 * follows Meeus, "Astronomical Algorithms", 2nd edition, chapters 25 and 28: within a minute of the almanacs up to 72° of
 * latitude, within ten minutes nearer the poles, where the air decides.
 *
 * The sun is up while its centre is above -0.833°: its radius, and the refraction of the air at the horizon.
 */

/** Degrees; north and east are positive. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export type SunEvent = "sunrise" | "sunset";

export interface SunTimes {
  /** "polar-day" and "polar-night": the sun is up, or down, through the whole day, and neither rises nor sets. */
  readonly daylight: "changes" | "polar-day" | "polar-night";
  /** The first in the day; undefined where there is none. Near midsummer and midnight a day may have a sunset and no sunrise. */
  readonly sunriseMicros: number | undefined;
  readonly sunsetMicros: number | undefined;
}

/** A place without a sunrise for longer than this has none: a polar night lasts half a year at the most. */
export const LONGEST_SEARCH_DAYS = 400;

const HORIZON_DEGREES = -0.833;
const MINUTE_MICROS = 60e6;
const DAY_MICROS = 86_400e6;
const DAY_MINUTES = 1440;
const HALF_DAY_MINUTES = DAY_MINUTES / 2;
/** Minutes of 2000-01-01 12:00 UTC since 1970, the epoch J2000.0. */
const J2000_MINUTES = Date.UTC(2000, 0, 1, 12) / 60_000;
const CENTURY_MINUTES = 36_525 * DAY_MINUTES;
/** Bisecting half a day this often leaves less than a millisecond. */
const BISECTIONS = 27;

/** Sunrise and sunset within a day of a calendar, which begins at `dayStartMicros` and ends, exclusively, at `dayEndMicros`. */
export function sunTimes(day: Place & { readonly dayStartMicros: number; readonly dayEndMicros?: number }): SunTimes {
  const { dayStartMicros, dayEndMicros = dayStartMicros + DAY_MICROS } = day;
  const within = (event: SunEvent): number | undefined => {
    const at = nextSunEvent(day, event, dayStartMicros - 1, dayEndMicros);
    return at !== undefined && at < dayEndMicros ? at : undefined;
  };
  const sunriseMicros = within("sunrise");
  const sunsetMicros = within("sunset");
  const changes = sunriseMicros !== undefined || sunsetMicros !== undefined;
  const daylight = changes ? "changes" : isDaylight(day, dayStartMicros) ? "polar-day" : "polar-night";
  return { daylight, sunriseMicros, sunsetMicros };
}

/** Whether the sun is above the horizon. */
export function isDaylight(place: Place, timeMicros: number): boolean {
  return isUp(place, timeMicros / MINUTE_MICROS);
}

export interface DaylightChange {
  readonly event: SunEvent;
  readonly timeMicros: number;
}

/** The next sunrise or sunset after a time; undefined where there is none for over a year. */
export function nextDaylightChange(place: Place, timeMicros: number): DaylightChange | undefined {
  const event = isDaylight(place, timeMicros) ? "sunset" : "sunrise";
  const at = nextSunEvent(place, event, timeMicros);
  return at === undefined ? undefined : { event, timeMicros: at };
}

/**
 * The next sunrise, or sunset, strictly after a time. Undefined where there is none until `untilMicros`, by default for
 * `LONGEST_SEARCH_DAYS`. The same event is the same microsecond, wherever the search began.
 */
export function nextSunEvent(
  place: Place,
  event: SunEvent,
  afterMicros: number,
  untilMicros = afterMicros + LONGEST_SEARCH_DAYS * DAY_MICROS,
): number | undefined {
  // Half days of the place's own sun, by number, so that every search asks about the same ones.
  let halfDay = Math.floor((afterMicros / MINUTE_MICROS + 4 * place.longitude) / HALF_DAY_MINUTES) - 1;
  for (let from = transit(place, halfDay); from * MINUTE_MICROS < untilMicros; ) {
    halfDay += 1;
    const to = transit(place, halfDay);
    const at = crossing(place, event, from, to);
    if (at !== undefined && at > afterMicros) return at;
    from = to;
  }
  return undefined;
}

/** Between a midnight and a noon of the sun, which are its lowest and its highest, it crosses the horizon at most once. */
function crossing(place: Place, event: SunEvent, fromMinutes: number, toMinutes: number): number | undefined {
  const wasUp = isUp(place, fromMinutes);
  if (wasUp !== (event === "sunset") || isUp(place, toMinutes) === wasUp) return undefined;
  let before = fromMinutes;
  let after = toMinutes;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (before + after) / 2;
    if (isUp(place, middle) === wasUp) before = middle;
    else after = middle;
  }
  return Math.round(after * MINUTE_MICROS);
}

/** The midnight (even number) or noon (odd) of the sun at the place, in minutes since 1970. */
function transit({ longitude }: Place, halfDay: number): number {
  const mean = halfDay * HALF_DAY_MINUTES - 4 * longitude;
  return mean - sunAt(mean).equationOfTimeMinutes;
}

function isUp({ latitude, longitude }: Place, minutes: number): boolean {
  const { sinDeclination, equationOfTimeMinutes } = sunAt(minutes);
  const trueSolarMinutes = minutes + equationOfTimeMinutes + 4 * longitude;
  const hourAngleDegrees = (trueSolarMinutes % DAY_MINUTES) / 4 - 180;
  const cosDeclination = Math.sqrt(1 - sinDeclination ** 2);
  const sinElevation = sin(latitude) * sinDeclination + cos(latitude) * cosDeclination * cos(hourAngleDegrees);
  return sinElevation > sin(HORIZON_DEGREES);
}

interface Sun {
  readonly sinDeclination: number;
  /** Of true solar time over mean solar time. */
  readonly equationOfTimeMinutes: number;
}

/** NOAA's spreadsheet, columns G to V. */
function sunAt(minutes: number): Sun {
  const t = (minutes - J2000_MINUTES) / CENTURY_MINUTES;
  const meanLongitude = 280.46646 + t * (36_000.76983 + t * 0.0003032);
  const meanAnomaly = 357.52911 + t * (35_999.05029 - 0.0001537 * t);
  const eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
  const equationOfCentre =
    sin(meanAnomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
    sin(2 * meanAnomaly) * (0.019993 - 0.000101 * t) +
    sin(3 * meanAnomaly) * 0.000289;
  const node = 125.04 - 1934.136 * t;
  const apparentLongitude = meanLongitude + equationOfCentre - 0.00569 - 0.00478 * sin(node);
  const meanObliquity = 23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60;
  const obliquity = meanObliquity + 0.00256 * cos(node);
  const y = Math.tan(radians(obliquity / 2)) ** 2;
  const equationOfTime =
    y * sin(2 * meanLongitude) -
    2 * eccentricity * sin(meanAnomaly) +
    4 * eccentricity * y * sin(meanAnomaly) * cos(2 * meanLongitude) -
    0.5 * y ** 2 * sin(4 * meanLongitude) -
    1.25 * eccentricity ** 2 * sin(2 * meanAnomaly);
  return {
    sinDeclination: sin(obliquity) * sin(apparentLongitude),
    equationOfTimeMinutes: (4 * equationOfTime * 180) / Math.PI,
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function sin(degrees: number): number {
  return Math.sin(radians(degrees));
}

function cos(degrees: number): number {
  return Math.cos(radians(degrees));
}
