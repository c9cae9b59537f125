/** Radiation at the ground, in MJ/m² of the period (a day, or an hour where Ra is one's). FAO-56, chapter 3. */

/** as and bs of (35), where nobody has calibrated them. */
export const ANGSTROM = { overcast: 0.25, sunshine: 0.5 } as const;

/** Rs, (35), from n hours of bright sunshine of N possible ones; in the polar night there is none. */
export function solarRadiationFromSunshineMj(
  sunshineHours: number,
  daylightHours: number,
  extraterrestrialMj: number,
  angstrom: { readonly overcast: number; readonly sunshine: number } = ANGSTROM,
): number {
  if (daylightHours === 0) return 0;
  const share = Math.min(1, sunshineHours / daylightHours);
  return (angstrom.overcast + angstrom.sunshine * share) * extraterrestrialMj;
}

/** kRs of (50), in °C^-0.5: where land decides over the air, and near large water. */
export const KRS = { interior: 0.16, coastal: 0.19 } as const;

/** Rs, (50), from how far the temperature swings: for means of a week or more rather than of a day. */
export function solarRadiationFromTemperaturesMj(
  maxCelsius: number,
  minCelsius: number,
  extraterrestrialMj: number,
  krs: number = KRS.interior,
): number {
  return krs * Math.sqrt(maxCelsius - minCelsius) * extraterrestrialMj;
}

/** Rs, (51): monthly means on islands less than 20 km wide, up to 100 m above the sea. */
export function solarRadiationOnIslandMj(extraterrestrialMj: number): number {
  return Math.max(0, 0.7 * extraterrestrialMj - 4);
}

/** Rso, (37). */
export function clearSkyRadiationMj(extraterrestrialMj: number, altitudeMetres: number): number {
  return (0.75 + 2e-5 * altitudeMetres) * extraterrestrialMj;
}

/** Rso, (36), where as and bs are calibrated. */
export function clearSkyRadiationFromAngstromMj(
  extraterrestrialMj: number,
  angstrom: { readonly overcast: number; readonly sunshine: number } = ANGSTROM,
): number {
  return (angstrom.overcast + angstrom.sunshine) * extraterrestrialMj;
}
