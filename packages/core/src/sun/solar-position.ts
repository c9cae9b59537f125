import type { Place } from "../schedules/sun.ts";
import { LATITUDE_TERMS, LONGITUDE_TERMS, RADIUS_TERMS } from "./earth-terms.ts";
import { NUTATION_ARGUMENTS, NUTATION_COEFFICIENTS } from "./nutation-terms.ts";

/**
 * Where the sun stands, for what is done with its light: within 0.0003° from the year -2000 to 6000. What only needs to know when
 * it rises is faster served by `schedules/sun.ts`.
 *
 * Reda, I. and Andreas, A., "Solar Position Algorithm for Solar Radiation Applications", NREL/TP-560-34302, revised 2008; the
 * names in the comments of the terms are the report's.
 */

/** Of terrestrial over universal time, as observed in 2024; ten seconds more or less move the sun by 0.0001°. */
export const DELTA_T_SECONDS = 69.2;

/** Where somebody looks from. North and east are positive. */
export interface Observer extends Place {
  /** Above the sea; 0 when absent. */
  readonly elevationMetres?: number;
  /** The annual mean; 1013.25 when absent. Only refraction depends on it. */
  readonly pressureMillibars?: number;
  /** The annual mean; 12 when absent. */
  readonly temperatureCelsius?: number;
}

/** The sun as seen from the Earth's centre, with what it was reckoned from. Angles in degrees unless they say otherwise. */
export interface GeocentricSun {
  readonly julianDay: number;
  readonly julianEphemerisDay: number;
  /** L: of the Earth, from the sun. */
  readonly heliocentricLongitude: number;
  /** B. */
  readonly heliocentricLatitude: number;
  /** R, in astronomical units. */
  readonly distanceAu: number;
  /** Δψ. */
  readonly nutationInLongitude: number;
  /** Δε. */
  readonly nutationInObliquity: number;
  /** ε. */
  readonly obliquity: number;
  /** λ: with nutation and aberration. */
  readonly apparentLongitude: number;
  /** ν. */
  readonly apparentSiderealTime: number;
  /** α. */
  readonly rightAscension: number;
  /** δ. */
  readonly declination: number;
}

/** The sun as seen from a place. Degrees. */
export interface SolarPosition extends GeocentricSun {
  /** H: from the south, positive westward. */
  readonly localHourAngle: number;
  /** H′. */
  readonly topocentricHourAngle: number;
  /** α′. */
  readonly topocentricRightAscension: number;
  /** δ′. */
  readonly topocentricDeclination: number;
  /** e0: above the horizon, as if there were no air. */
  readonly trueElevation: number;
  /** Δe: what the air lifts it by; 0 where it is below the horizon. */
  readonly refraction: number;
  /** θ: from straight up, with refraction. */
  readonly zenith: number;
  /** Φ: from north, eastward. */
  readonly azimuth: number;
}

/** The sun's own half of its width, and what the air lifts it by at the horizon. */
export const SUN_RADIUS_DEGREES = 0.26667;
export const HORIZON_REFRACTION_DEGREES = 0.5667;

const DAY_MICROS = 86_400e6;
const UNIX_EPOCH_JULIAN_DAY = 2_440_587.5;
const J2000_JULIAN_DAY = 2_451_545;
const CENTURY_DAYS = 36_525;
const EARTH_RADIUS_METRES = 6_378_140;
/** Of the polar over the equatorial radius. */
const EARTH_FLATTENING = 0.99664719;
const STANDARD_PRESSURE_MILLIBARS = 1013.25;
const MEAN_TEMPERATURE_CELSIUS = 12;

export function solarPosition(
  observer: Observer,
  timeMicros: number,
  deltaTSeconds: number = DELTA_T_SECONDS,
): SolarPosition {
  return positionFor(observer, geocentricSun(timeMicros, deltaTSeconds));
}

/** Where a sun that is known already stands for an observer: of many observers at one instant each costs little. */
export function positionFor(observer: Observer, sun: GeocentricSun): SolarPosition {
  const localHourAngle = turn(sun.apparentSiderealTime + observer.longitude - sun.rightAscension);
  const { shift, declination } = parallax(observer, sun, localHourAngle);
  const hourAngle = localHourAngle - shift;
  const sinElevation =
    sin(observer.latitude) * sin(declination) + cos(observer.latitude) * cos(declination) * cos(hourAngle);
  const trueElevation = degrees(Math.asin(Math.min(1, Math.max(-1, sinElevation))));
  const refraction = refractionOf(observer, trueElevation);
  const fromSouth = Math.atan2(
    sin(hourAngle),
    cos(hourAngle) * sin(observer.latitude) - tan(declination) * cos(observer.latitude),
  );
  return {
    ...sun,
    localHourAngle,
    topocentricHourAngle: hourAngle,
    topocentricRightAscension: sun.rightAscension + shift,
    topocentricDeclination: declination,
    trueElevation,
    refraction,
    zenith: 90 - trueElevation - refraction,
    azimuth: turn(degrees(fromSouth) + 180),
  };
}

/** Steps 3.1 to 3.10 of the report. */
export function geocentricSun(timeMicros: number, deltaTSeconds: number = DELTA_T_SECONDS): GeocentricSun {
  const julianDay = timeMicros / DAY_MICROS + UNIX_EPOCH_JULIAN_DAY;
  const julianEphemerisDay = julianDay + deltaTSeconds / 86_400;
  const century = (julianEphemerisDay - J2000_JULIAN_DAY) / CENTURY_DAYS;
  const millennium = century / 10;
  const heliocentricLongitude = turn(degrees(periodicSum(LONGITUDE_TERMS, millennium)));
  const heliocentricLatitude = degrees(periodicSum(LATITUDE_TERMS, millennium));
  const distanceAu = periodicSum(RADIUS_TERMS, millennium);
  const nutation = nutationAt(century);
  const obliquity = meanObliquityArcseconds(millennium) / 3600 + nutation.inObliquity;
  const aberration = -20.4898 / (3600 * distanceAu);
  const apparentLongitude = heliocentricLongitude + 180 + nutation.inLongitude + aberration;
  const latitude = -heliocentricLatitude;
  const rightAscension = Math.atan2(
    sin(apparentLongitude) * cos(obliquity) - tan(latitude) * sin(obliquity),
    cos(apparentLongitude),
  );
  const sinDeclination = sin(latitude) * cos(obliquity) + cos(latitude) * sin(obliquity) * sin(apparentLongitude);
  return {
    julianDay,
    julianEphemerisDay,
    heliocentricLongitude,
    heliocentricLatitude,
    distanceAu,
    nutationInLongitude: nutation.inLongitude,
    nutationInObliquity: nutation.inObliquity,
    obliquity,
    apparentLongitude: turn(apparentLongitude),
    apparentSiderealTime: turn(meanSiderealTime(julianDay) + nutation.inLongitude * cos(obliquity)),
    rightAscension: turn(degrees(rightAscension)),
    declination: degrees(Math.asin(sinDeclination)),
  };
}

/** Equations 9 to 12: Σ A·cos(B + C·t) of each power of t, and Horner's sum of those. */
function periodicSum(powers: readonly (readonly number[])[], millennium: number): number {
  let sum = 0;
  for (let power = powers.length - 1; power >= 0; power--) {
    const terms = powers[power]!;
    let ofPower = 0;
    for (let i = 0; i < terms.length; i += 3)
      ofPower += terms[i]! * Math.cos(terms[i + 1]! + terms[i + 2]! * millennium);
    sum = sum * millennium + ofPower;
  }
  return sum / 1e8;
}

/** Equations 15 to 23: X0 to X4 are the elongation of the moon, the anomalies of sun and moon, the moon's latitude and node. */
function nutationAt(t: number): { readonly inLongitude: number; readonly inObliquity: number } {
  const x = [
    297.85036 + t * (445_267.11148 + t * (-0.0019142 + t / 189_474)),
    357.52772 + t * (35_999.05034 + t * (-0.0001603 - t / 300_000)),
    134.96298 + t * (477_198.867398 + t * (0.0086972 + t / 56_250)),
    93.27191 + t * (483_202.017538 + t * (-0.0036825 + t / 327_270)),
    125.04452 + t * (-1934.136261 + t * (0.0020708 + t / 450_000)),
  ];
  let longitude = 0;
  let obliquity = 0;
  for (let term = 0; term * 4 < NUTATION_COEFFICIENTS.length; term++) {
    let angle = 0;
    for (let j = 0; j < x.length; j++) angle += x[j]! * NUTATION_ARGUMENTS[term * 5 + j]!;
    const at = term * 4;
    longitude += (NUTATION_COEFFICIENTS[at]! + NUTATION_COEFFICIENTS[at + 1]! * t) * sin(angle);
    obliquity += (NUTATION_COEFFICIENTS[at + 2]! + NUTATION_COEFFICIENTS[at + 3]! * t) * cos(angle);
  }
  return { inLongitude: longitude / 36e6, inObliquity: obliquity / 36e6 };
}

/** ε0 of equation 24. */
export function meanObliquityArcseconds(millennium: number): number {
  const u = millennium / 10;
  const powers = [84381.448, -4680.93, -1.55, 1999.25, -51.38, -249.67, -39.05, 7.12, 27.87, 5.79, 2.45];
  return powers.reduceRight((sum, coefficient) => sum * u + coefficient, 0);
}

/** ν0 of equation 28. */
export function meanSiderealTime(julianDay: number): number {
  const days = julianDay - J2000_JULIAN_DAY;
  const t = days / CENTURY_DAYS;
  return turn(280.46061837 + 360.98564736629 * days + t ** 2 * (0.000387933 - t / 38_710_000));
}

/** Steps 3.12 and 3.13: what looking from the ground and not from the centre changes: Δα, and δ′. */
function parallax(
  { latitude, elevationMetres = 0 }: Observer,
  sun: GeocentricSun,
  hourAngle: number,
): { readonly shift: number; readonly declination: number } {
  const horizontal = 8.794 / (3600 * sun.distanceAu);
  const u = degrees(Math.atan(EARTH_FLATTENING * tan(latitude)));
  const x = cos(u) + (elevationMetres / EARTH_RADIUS_METRES) * cos(latitude);
  const y = EARTH_FLATTENING * sin(u) + (elevationMetres / EARTH_RADIUS_METRES) * sin(latitude);
  const along = cos(sun.declination) - x * sin(horizontal) * cos(hourAngle);
  const shift = Math.atan2(-x * sin(horizontal) * sin(hourAngle), along);
  const declination = Math.atan2((sin(sun.declination) - y * sin(horizontal)) * Math.cos(shift), along);
  return { shift: degrees(shift), declination: degrees(declination) };
}

/** Equation 42. */
function refractionOf(observer: Observer, trueElevation: number): number {
  if (trueElevation < -(SUN_RADIUS_DEGREES + HORIZON_REFRACTION_DEGREES)) return 0;
  const { pressureMillibars = STANDARD_PRESSURE_MILLIBARS, temperatureCelsius = MEAN_TEMPERATURE_CELSIUS } = observer;
  const air = (pressureMillibars / 1010) * (283 / (273 + temperatureCelsius));
  return (air * 1.02) / (60 * tan(trueElevation + 10.3 / (trueElevation + 5.11)));
}

/** Into 0 to 360°. */
export function turn(angle: number): number {
  return ((angle % 360) + 360) % 360;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}

function sin(angle: number): number {
  return Math.sin((angle * Math.PI) / 180);
}

function cos(angle: number): number {
  return Math.cos((angle * Math.PI) / 180);
}

function tan(angle: number): number {
  return Math.tan((angle * Math.PI) / 180);
}
