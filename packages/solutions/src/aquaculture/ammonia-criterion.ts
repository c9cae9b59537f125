/**
 * The concentration of total ammonia, in mg of nitrogen a litre, that a fish pond must not be above for even an hour: the
 * acute criterion for fresh water without salmonids. `ph` lies in 6.5 to 9, the temperature in °C.
 *
 * US EPA, Aquatic Life Ambient Water Quality Criteria for Ammonia – Freshwater 2013, EPA 822-R-13-001, section on the criterion
 * maximum concentration (Oncorhynchus absent).
 */
export function acuteAmmoniaMgPerLitre(ph: number, temperatureCelsius: number): number {
  const byPh = 0.7249 * (0.0114 / (1 + 10 ** (7.204 - ph)) + 1.6181 / (1 + 10 ** (ph - 7.204)));
  return byPh * Math.min(51.93, 23.12 * 10 ** (0.036 * (20 - temperatureCelsius)));
}
