import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/** As Emerson took it. */
const KELVIN_OF_0_CELSIUS = 273.2;
/** Where Emerson and his colleagues' constants were measured. */
const TEMPERATURES_CELSIUS = [0, 50] as const;
const MOST_SALINITY_GRAMS_PER_KG = 40;
const MOST_PH = 14;

/**
 * The share, 0 to 1, of total ammonia that is NH3, which is what poisons fish. It holds for 0 to 50 °C, 0 to 40 g/kg of salt and pH 0
 * to 14.
 *
 * Emerson, K., Russo, R. C., Lund, R. E. and Thurston, R. V., "Aqueous ammonia equilibrium calculations: effect of pH and
 * temperature", Journal of the Fisheries Research Board of Canada 32 (1975), 2379–2383: pKa = 0.09018 + 2729.92/T with T = 273.2 + t,
 * by which its tables were made; 273.15 gives up to half a percent less. For salt:
 * Khoo, K. H., Culberson, C. H. and Bates, R. G., "Thermodynamics of the dissociation of ammonium ion in seawater from 5 to 40 °C",
 * Journal of Solution Chemistry 6 (1977), 281–290, which adds (0.1552 − 0.0003142·t)·I for an ionic strength I. They measured at
 * 20.31 to 44.55 ‰ and 5 to 40 °C; less salty, colder or warmer salt water is drawn on along that straight line. Bell, T. G., Johnson,
 * M. T., Jickells, T. D. and Liss, P. S., Environmental Chemistry 4 (2007), 183–186, tell the same measurements by temperature and
 * salinity.
 */
export function unionisedAmmoniaFraction(
  ph: number,
  temperatureCelsius: number,
  salinityGramsPerKg = 0,
): Determined<number> {
  if (!(ph >= 0 && ph <= MOST_PH)) return undetermined("the pH is not in 0 to 14");
  const [coldest, warmest] = TEMPERATURES_CELSIUS;
  if (!(temperatureCelsius >= coldest && temperatureCelsius <= warmest)) {
    return undetermined("the temperature is not in 0 to 50 °C");
  }
  if (!(salinityGramsPerKg >= 0 && salinityGramsPerKg <= MOST_SALINITY_GRAMS_PER_KG)) {
    return undetermined("the salinity is not in 0 to 40 g/kg");
  }
  return determined(1 / (1 + 10 ** (ammoniumPka(temperatureCelsius, salinityGramsPerKg) - ph)));
}

/** Un-ionised ammonia in the unit of the total: as nitrogen, where the total is. */
export function unionisedAmmoniaMgPerLitre(
  totalMgPerLitre: number,
  ph: number,
  temperatureCelsius: number,
  salinityGramsPerKg = 0,
): Determined<number> {
  const fraction = unionisedAmmoniaFraction(ph, temperatureCelsius, salinityGramsPerKg);
  if (fraction.value === undefined) return fraction;
  if (!(totalMgPerLitre >= 0)) return undetermined("the total ammonia is missing or negative");
  return determined(totalMgPerLitre * fraction.value);
}

function ammoniumPka(celsius: number, salinity: number): number {
  const ionicStrength = (19.9273 * salinity) / (1000 - 1.005109 * salinity);
  return 0.09018 + 2729.92 / (celsius + KELVIN_OF_0_CELSIUS) + (0.1552 - 0.0003142 * celsius) * ionicStrength;
}
