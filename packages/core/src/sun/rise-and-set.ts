import {
  DELTA_T_SECONDS,
  geocentricSun,
  HORIZON_REFRACTION_DEGREES,
  type Observer,
  SUN_RADIUS_DEGREES,
  turn,
} from "./solar-position.ts";

/** When the sun is highest, and when its upper edge passes the horizon. */
export interface RiseAndSet {
  readonly transitMicros: number;
  /** Undefined in polar day and polar night. */
  readonly sunriseMicros: number | undefined;
  readonly sunsetMicros: number | undefined;
}

const DAY_MICROS = 86_400e6;
/** Degrees that the Earth turns in a day, by the stars. */
const SIDEREAL_DEGREES_PER_DAY = 360.985647;
const HORIZON_DEGREES = -(SUN_RADIUS_DEGREES + HORIZON_REFRACTION_DEGREES);

/**
 * Sunrise, transit and sunset of the UTC day of `timeMicros`, each by itself: west of Greenwich the sunset may be that of the local
 * day before. Each is the one whose first approximation, by the sun of 0 h, falls into that day: what happens within 4 minutes of
 * midnight (more beyond 65° of latitude, where days lengthen quickly) may so come out on its other side.
 *
 * Reda and Andreas, NREL/TP-560-34302 (2008), appendix A.2.
 */
export function riseAndSet(
  { latitude, longitude }: Observer,
  timeMicros: number,
  deltaTSeconds: number = DELTA_T_SECONDS,
): RiseAndSet {
  const midnightMicros = Math.floor(timeMicros / DAY_MICROS) * DAY_MICROS;
  const day = threeDays(midnightMicros);
  const noon = turn(day.rightAscension[1] - longitude - day.siderealTime) / 360;
  const around = (fraction: number): { readonly hourAngle: number; readonly declination: number } => {
    const n = fraction + deltaTSeconds / 86_400;
    const sidereal = day.siderealTime + SIDEREAL_DEGREES_PER_DAY * fraction;
    return {
      hourAngle: halfTurn(sidereal + longitude - interpolate(day.rightAscension, n)),
      declination: interpolate(day.declination, n),
    };
  };
  const toMicros = (fraction: number): number => Math.round(midnightMicros + fraction * DAY_MICROS);
  const transitMicros = toMicros(noon - around(noon).hourAngle / 360);
  const cosHourAngle =
    (sin(HORIZON_DEGREES) - sin(latitude) * sin(day.declination[1])) / (cos(latitude) * cos(day.declination[1]));
  if (!(Math.abs(cosHourAngle) <= 1)) return { transitMicros, sunriseMicros: undefined, sunsetMicros: undefined };
  const halfDay = (Math.acos(cosHourAngle) * 180) / Math.PI / 360;
  const event = (fraction: number): number => {
    const { hourAngle, declination } = around(fraction);
    const sinElevation = sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hourAngle);
    const elevation = (Math.asin(sinElevation) * 180) / Math.PI;
    const perDay = 360 * cos(declination) * cos(latitude) * sin(hourAngle);
    return toMicros(fraction + (elevation - HORIZON_DEGREES) / perDay);
  };
  return { transitMicros, sunriseMicros: event(ofDay(noon - halfDay)), sunsetMicros: event(ofDay(noon + halfDay)) };
}

type Triple = readonly [before: number, on: number, after: number];

/** The sun at 0 h terrestrial time of a day and its neighbours, and the sidereal time at 0 h universal time. */
function threeDays(midnightMicros: number): {
  readonly rightAscension: Triple;
  readonly declination: Triple;
  readonly siderealTime: number;
} {
  const at = (days: number) => geocentricSun(midnightMicros + days * DAY_MICROS, 0);
  const [before, on, after] = [at(-1), at(0), at(1)];
  return {
    // Unwrapped, so that the one day in March on which it passes 360° does not come out as a leap backwards.
    rightAscension: [
      on.rightAscension + halfTurn(before.rightAscension - on.rightAscension),
      on.rightAscension,
      on.rightAscension + halfTurn(after.rightAscension - on.rightAscension),
    ],
    declination: [before.declination, on.declination, after.declination],
    siderealTime: on.apparentSiderealTime,
  };
}

function interpolate([before, on, after]: Triple, n: number): number {
  const a = on - before;
  const b = after - on;
  return on + (n * (a + b + (b - a) * n)) / 2;
}

/** Into 0 to 1. */
function ofDay(fraction: number): number {
  return fraction - Math.floor(fraction);
}

/** Into -180 to 180°. */
function halfTurn(angle: number): number {
  return turn(angle + 180) - 180;
}

function sin(angle: number): number {
  return Math.sin((angle * Math.PI) / 180);
}

function cos(angle: number): number {
  return Math.cos((angle * Math.PI) / 180);
}
