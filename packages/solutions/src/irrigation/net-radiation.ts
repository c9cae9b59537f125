/** What a surface keeps of the radiation, in MJ/m² of a day or of an hour. FAO-56, chapter 3. */

/** α of the reference grass. */
export const ALBEDO = 0.23;
/** σ, in MJ/(K⁴ m²) a day. */
export const STEFAN_BOLTZMANN_MJ_PER_DAY = 4.903e-9;
/** Kelvin, as FAO-56 has it. */
const KELVIN = 273.16;

/** Rns, (38). */
export function netShortwaveMj(solarRadiationMj: number, albedo = ALBEDO): number {
  return (1 - albedo) * solarRadiationMj;
}

/** σT⁴ of a day, Annex 2, table 2.8. */
export function blackBodyMj(temperatureCelsius: number): number {
  return STEFAN_BOLTZMANN_MJ_PER_DAY * (temperatureCelsius + KELVIN) ** 4;
}

/**
 * Rs/Rso as (39) takes it: at most 1; and not below 0.3, which is an overcast sky. The lower bound is of ASCE-EWRI 2005 (equation 18)
 * and is taken for FAO-56 too, which prints none: below 0.26 its (39) would let clouds warm the ground. NaN without sun, when nobody
 * can tell how cloudy it is.
 */
export function relativeShortwave(solarRadiationMj: number, clearSkyMj: number): number {
  if (!(clearSkyMj > 0)) return Number.NaN;
  return Math.min(1, Math.max(0.3, solarRadiationMj / clearSkyMj));
}

/** The last factor of (39): how freely heat leaves through the clouds; 1 under a clear sky. */
export function cloudinessFactor(relativeShortwaveRatio: number): number {
  return 1.35 * relativeShortwaveRatio - 0.35;
}

/** The factor of (39) for the vapour in the air. */
export function netEmissivity(vapourPressureKpa: number): number {
  return 0.34 - 0.14 * Math.sqrt(vapourPressureKpa);
}

/** Rnl of a day, (39). */
export function dailyNetLongwaveMj(
  maxCelsius: number,
  minCelsius: number,
  vapourPressureKpa: number,
  relativeShortwaveRatio: number,
): number {
  const blackBody = (blackBodyMj(maxCelsius) + blackBodyMj(minCelsius)) / 2;
  return blackBody * netEmissivity(vapourPressureKpa) * cloudinessFactor(relativeShortwaveRatio);
}

/** Rnl of an hour, (39) with a twenty-fourth of σ, as FAO-56 has it in chapter 4. */
export function hourlyNetLongwaveMj(
  temperatureCelsius: number,
  vapourPressureKpa: number,
  relativeShortwaveRatio: number,
): number {
  const blackBody = blackBodyMj(temperatureCelsius) / 24;
  return blackBody * netEmissivity(vapourPressureKpa) * cloudinessFactor(relativeShortwaveRatio);
}

/** Rn, (40). */
export function netRadiationMj(shortwaveMj: number, longwaveMj: number): number {
  return shortwaveMj - longwaveMj;
}
