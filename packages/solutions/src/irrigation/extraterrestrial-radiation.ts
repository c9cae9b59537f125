/**
 * The sun above the atmosphere. Latitudes in degrees, north positive; J is the day of the year, 1 to 366. FAO-56, chapter 3.
 */

/** Gsc, in MJ/m² a minute. */
export const SOLAR_CONSTANT_MJ_PER_MINUTE = 0.082;
const DAY_MINUTES = 1440;
const TURN = 2 * Math.PI;

/** (22). */
export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** dr, (23). */
export function inverseRelativeDistance(dayOfYear: number): number {
  return 1 + 0.033 * Math.cos((2 * Math.PI * dayOfYear) / 365);
}

/** δ, (24). */
export function solarDeclinationRadians(dayOfYear: number): number {
  return 0.409 * Math.sin((2 * Math.PI * dayOfYear) / 365 - 1.39);
}

/** ωs, (25): 0 in the polar night and π while the sun does not set. */
export function sunsetHourAngleRadians(latitudeRadians: number, declinationRadians: number): number {
  const cosine = -Math.tan(latitudeRadians) * Math.tan(declinationRadians);
  return Math.acos(Math.min(1, Math.max(-1, cosine)));
}

/** Ra of a day, (21), in MJ/m². */
export function dailyExtraterrestrialRadiationMj(latitudeDegrees: number, dayOfYear: number): number {
  const latitude = radians(latitudeDegrees);
  const declination = solarDeclinationRadians(dayOfYear);
  const sunset = sunsetHourAngleRadians(latitude, declination);
  return (
    DAY_MINUTES *
    SOLAR_CONSTANT_MJ_PER_MINUTE *
    inverseRelativeDistance(dayOfYear) *
    meanSineOfElevation(latitude, declination, -sunset, sunset)
  );
}

/** N, (34), in hours. */
export function daylightHours(latitudeDegrees: number, dayOfYear: number): number {
  return (24 / Math.PI) * sunsetHourAngleRadians(radians(latitudeDegrees), solarDeclinationRadians(dayOfYear));
}

/** Sc, (32) and (33), in hours: how much the sun is ahead of a clock that goes evenly. */
export function seasonalCorrectionHours(dayOfYear: number): number {
  const b = (2 * Math.PI * (dayOfYear - 81)) / 364;
  return 0.1645 * Math.sin(2 * b) - 0.1255 * Math.cos(b) - 0.025 * Math.sin(b);
}

/** When and where an hour, or a part of one, is. */
export interface MomentOfDay {
  readonly latitudeDegrees: number;
  /** East positive; FAO-56 counts to the west. */
  readonly longitudeDegrees: number;
  readonly dayOfYear: number;
  /** What a clock shows in the middle of the period: 14.5 between 14:00 and 15:00. */
  readonly clockHours: number;
  /** Of that clock: -7 in Arizona, 0 for UTC. Daylight saving counts. */
  readonly utcOffsetHours: number;
}

/** ω in the middle of the period, (31): 0 at solar noon, within -π and π. */
export function solarTimeAngleRadians(moment: MomentOfDay): number {
  const overClock = moment.longitudeDegrees / 15 - moment.utcOffsetHours;
  const solarHours = moment.clockHours + overClock + seasonalCorrectionHours(moment.dayOfYear);
  const angle = (Math.PI / 12) * (solarHours - 12);
  return angle - TURN * Math.round(angle / TURN);
}

/**
 * Ra of a period of an hour or less, (28) to (30), in MJ/m² of that period. Of the hours in which the sun rises or sets only the
 * part with the sun counts (ASCE-EWRI 2005, equation 56).
 */
export function hourlyExtraterrestrialRadiationMj(moment: MomentOfDay, periodHours = 1): number {
  const latitude = radians(moment.latitudeDegrees);
  const declination = solarDeclinationRadians(moment.dayOfYear);
  const sunset = sunsetHourAngleRadians(latitude, declination);
  const middle = solarTimeAngleRadians(moment);
  const half = (Math.PI * periodHours) / 24;
  const within = (angle: number) => Math.min(sunset, Math.max(-sunset, angle));
  // An hour about midnight lies on both sides of π, where in the north the sun may stand in summer.
  const share = [-TURN, 0, TURN].reduce(
    (sum, turn) =>
      sum + meanSineOfElevation(latitude, declination, within(middle - half + turn), within(middle + half + turn)),
    0,
  );
  const perDay = DAY_MINUTES * SOLAR_CONSTANT_MJ_PER_MINUTE * inverseRelativeDistance(moment.dayOfYear) * share;
  return Math.max(0, perDay);
}

/** β in the middle of the period, in radians: ASCE-EWRI 2005, equation 62. */
export function solarElevationRadians(moment: MomentOfDay): number {
  const latitude = radians(moment.latitudeDegrees);
  const declination = solarDeclinationRadians(moment.dayOfYear);
  const angle = solarTimeAngleRadians(moment);
  return Math.asin(
    Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * Math.cos(declination) * Math.cos(angle),
  );
}

/** The sine of the sun's elevation between two hour angles, as a mean over a whole turn. */
function meanSineOfElevation(latitude: number, declination: number, from: number, to: number): number {
  const level = (to - from) * Math.sin(latitude) * Math.sin(declination);
  const swing = Math.cos(latitude) * Math.cos(declination) * (Math.sin(to) - Math.sin(from));
  return (level + swing) / TURN;
}
