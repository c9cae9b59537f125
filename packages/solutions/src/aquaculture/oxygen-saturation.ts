const KELVIN = 273.15;

/**
 * Dissolved oxygen in mg/L of water in equilibrium with moist air at one atmosphere. Temperature in °C (0 to 40), salinity in
 * g/kg (0 to 40).
 *
 * Benson, B. B. and Krause, D., "The concentration and isotopic fractionation of oxygen dissolved in freshwater and seawater in
 * equilibrium with the atmosphere", Limnology and Oceanography 29 (1984), 620–632, in the form of Standard Methods 4500-O.
 */
export function oxygenSaturationMgPerLitre(temperatureCelsius: number, salinityGramsPerKg = 0): number {
  const t = temperatureCelsius + KELVIN;
  const fresh = -139.34411 + 1.575701e5 / t - 6.642308e7 / t ** 2 + 1.2438e10 / t ** 3 - 8.621949e11 / t ** 4;
  const salt = 1.7674e-2 - 1.0754e1 / t + 2.1407e3 / t ** 2;
  return Math.exp(fresh - salinityGramsPerKg * salt);
}
