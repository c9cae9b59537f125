/**
 * Water vapour in air. Temperatures in °C, pressures in kPa, relative humidities in percent; what is NaN makes the result NaN.
 *
 * Allen, R. G., Pereira, L. S., Raes, D., Smith, M., "Crop evapotranspiration", FAO Irrigation and Drainage Paper 56, Rome 1998
 * (FAO-56), chapter 3; the numbers are of its equations.
 */

/** e°(T), (11). */
export function saturationVapourPressureKpa(temperatureCelsius: number): number {
  return 0.6108 * Math.exp((17.27 * temperatureCelsius) / (temperatureCelsius + 237.3));
}

/** es of a day, (12): of the mean temperature it would be too low. */
export function meanSaturationVapourPressureKpa(maxCelsius: number, minCelsius: number): number {
  return (saturationVapourPressureKpa(maxCelsius) + saturationVapourPressureKpa(minCelsius)) / 2;
}

/** Δ, (13), in kPa/°C. */
export function slopeOfSaturationKpaPerCelsius(temperatureCelsius: number): number {
  return (4098 * saturationVapourPressureKpa(temperatureCelsius)) / (temperatureCelsius + 237.3) ** 2;
}

/** ea, (14). With the day's minimum temperature in place of the dew point it is (48), for where nothing else is known. */
export function vapourPressureFromDewPointKpa(dewPointCelsius: number): number {
  return saturationVapourPressureKpa(dewPointCelsius);
}

/** a of (16), in 1/°C, by how the wet bulb is ventilated. */
export const PSYCHROMETERS = { aspirated: 0.000662, natural: 0.0008, indoor: 0.0012 } as const;
export type Psychrometer = keyof typeof PSYCHROMETERS;

/** ea, (15) and (16). */
export function vapourPressureFromWetBulbKpa(
  wetBulbCelsius: number,
  dryBulbCelsius: number,
  pressureKpa: number,
  psychrometer: Psychrometer = "aspirated",
): number {
  const constant = PSYCHROMETERS[psychrometer] * pressureKpa;
  return saturationVapourPressureKpa(wetBulbCelsius) - constant * (dryBulbCelsius - wetBulbCelsius);
}

export interface HumidityOfDay {
  readonly maxCelsius: number;
  readonly minCelsius: number;
  readonly maxPercent: number;
  readonly minPercent: number;
}

/** ea, (17): the air is dampest when it is coldest. */
export function vapourPressureFromHumidityRangeKpa(day: HumidityOfDay): number {
  const coldest = (saturationVapourPressureKpa(day.minCelsius) * day.maxPercent) / 100;
  const warmest = (saturationVapourPressureKpa(day.maxCelsius) * day.minPercent) / 100;
  return (coldest + warmest) / 2;
}

/** ea, (18): where the minimum humidity is not to be trusted. */
export function vapourPressureFromMaxHumidityKpa(minCelsius: number, maxPercent: number): number {
  return (saturationVapourPressureKpa(minCelsius) * maxPercent) / 100;
}

/** ea, (19): less desirable than (17) and (18). */
export function vapourPressureFromMeanHumidityKpa(maxCelsius: number, minCelsius: number, meanPercent: number): number {
  return (meanSaturationVapourPressureKpa(maxCelsius, minCelsius) * meanPercent) / 100;
}

/** ea of an hour or less, (54). */
export function vapourPressureFromHumidityKpa(temperatureCelsius: number, relativeHumidityPercent: number): number {
  return (saturationVapourPressureKpa(temperatureCelsius) * relativeHumidityPercent) / 100;
}

/** RH, (10). */
export function relativeHumidityPercent(vapourPressureKpa: number, temperatureCelsius: number): number {
  return (100 * vapourPressureKpa) / saturationVapourPressureKpa(temperatureCelsius);
}

/**
 * Tdew, the inverse of (11), so that the vapour pressure of a dew point leads back to it. The rounded constants that Annex 3 (3-11)
 * prints (116.91, 237.3 and 16.78) differ from it by up to 0.02 °C. Dry air has none: -Infinity at 0 kPa.
 */
export function dewPointFromVapourPressureCelsius(vapourPressureKpa: number): number {
  const logarithm = Math.log(vapourPressureKpa / 0.6108);
  if (logarithm === -Infinity) return -Infinity;
  return (237.3 * logarithm) / (17.27 - logarithm);
}
