/** λ, the latent heat of vaporization, in MJ/kg: FAO-56 takes it as constant, that of 20 °C. */
export const LATENT_HEAT_MJ_PER_KG = 2.45;

/** Millimetres of water that a megajoule a square metre evaporates, FAO-56 (20), as printed. */
export const MM_PER_MJ = 0.408;

/** P, FAO-56 (7): of the standard atmosphere at 20 °C, by metres above the sea. */
export function atmosphericPressureKpa(altitudeMetres: number): number {
  return 101.3 * ((293 - 0.0065 * altitudeMetres) / 293) ** 5.26;
}

/** γ, FAO-56 (8). */
export function psychrometricConstantKpaPerCelsius(pressureKpa: number): number {
  return 0.665e-3 * pressureKpa;
}

/** Where the profile of (47) begins to make sense: over clipped grass of 0.12 m. */
export const LEAST_WIND_HEIGHT_METRES = 0.5;

/** u2, FAO-56 (47): the wind at 2 m from that at another height over clipped grass. */
export function windAt2mMetresPerSecond(windMetresPerSecond: number, heightMetres: number): number {
  if (heightMetres === 2) return windMetresPerSecond;
  if (heightMetres < LEAST_WIND_HEIGHT_METRES) return Number.NaN;
  return (windMetresPerSecond * 4.87) / Math.log(67.8 * heightMetres - 5.42);
}
