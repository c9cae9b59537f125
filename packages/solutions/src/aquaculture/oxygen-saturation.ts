import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

const KELVIN = 273.15;
const HECTOPASCALS_PER_ATMOSPHERE = 1013.25;

/** Where the equations hold, and up to where Standard Methods tabulates them for salt (a chlorinity of 25). */
export const OXYGEN_TEMPERATURES_CELSIUS = [0, 40] as const;
export const OXYGEN_SALINITIES_GRAMS_PER_KG = [0, 45.2] as const;
const PRESSURES_ATMOSPHERES = [0.5, 1.1] as const;

/**
 * Dissolved oxygen in mg/L of water in equilibrium with moist air. Temperature in °C (0 to 40), salinity in g/kg (0 to 45), pressure
 * of the air at the water, not reduced to sea level (507 to 1114 hPa). Outside of these it says why there is none.
 *
 * Benson, B. B. and Krause, D., "The concentration and isotopic fractionation of oxygen dissolved in freshwater and seawater in
 * equilibrium with the atmosphere", Limnology and Oceanography 29 (1984), 620–632, in the form of Standard Methods 4500-O and of
 * the tables of the US Geological Survey (Office of Water Quality, Technical Memorandum 2011.03).
 */
export function oxygenSaturationMgPerLitre(
  temperatureCelsius: number,
  salinityGramsPerKg = 0,
  pressureHectopascals: number = HECTOPASCALS_PER_ATMOSPHERE,
): Determined<number> {
  const atmospheres = pressureHectopascals / HECTOPASCALS_PER_ATMOSPHERE;
  if (!isWithin(OXYGEN_TEMPERATURES_CELSIUS, temperatureCelsius)) {
    return undetermined("the temperature is not in 0 to 40 °C");
  }
  if (!isWithin(OXYGEN_SALINITIES_GRAMS_PER_KG, salinityGramsPerKg)) {
    return undetermined("the salinity is not in 0 to 45.2 g/kg");
  }
  if (!isWithin(PRESSURES_ATMOSPHERES, atmospheres)) return undetermined("the pressure is not in 507 to 1114 hPa");
  const t = temperatureCelsius + KELVIN;
  const fresh = -139.34411 + 1.575701e5 / t - 6.642308e7 / t ** 2 + 1.2438e10 / t ** 3 - 8.621949e11 / t ** 4;
  const salt = 1.7674e-2 - 1.0754e1 / t + 2.1407e3 / t ** 2;
  const atSeaLevel = Math.exp(fresh - salinityGramsPerKg * salt);
  return determined(atSeaLevel * pressureFactor(temperatureCelsius, atmospheres));
}

/** What is dissolved, in percent of what would be in equilibrium with the air. The ranges are those of the saturation. */
export function oxygenSaturationPercent(
  oxygenMgPerLitre: number,
  temperatureCelsius: number,
  salinityGramsPerKg?: number,
  pressureHectopascals?: number,
): Determined<number> {
  if (!(oxygenMgPerLitre >= 0)) return undetermined("the dissolved oxygen is missing or negative");
  const saturation = oxygenSaturationMgPerLitre(temperatureCelsius, salinityGramsPerKg, pressureHectopascals);
  return saturation.value === undefined ? saturation : determined((100 * oxygenMgPerLitre) / saturation.value);
}

/** Benson and Krause's equation 24, with their vapour pressure over fresh water, as the tables have it for every salinity. */
function pressureFactor(celsius: number, atmospheres: number): number {
  const t = celsius + KELVIN;
  const vapour = Math.exp(11.8571 - 3840.7 / t - 216_961 / t ** 2);
  const theta = 0.000975 - 1.426e-5 * celsius + 6.436e-8 * celsius ** 2;
  return ((atmospheres - vapour) * (1 - theta * atmospheres)) / ((1 - vapour) * (1 - theta));
}

function isWithin([least, most]: readonly [number, number], value: number): boolean {
  return value >= least && value <= most;
}
