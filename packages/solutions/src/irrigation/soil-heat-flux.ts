/** G: what goes into the ground, in MJ/m² of the period. FAO-56, chapter 3. */

/** cs of (41), of moist soil, in MJ/(m³ °C). */
export const SOIL_HEAT_CAPACITY_MJ = 2.1;

/** (41), a day. */
export function soilHeatFluxMj(
  temperatureCelsius: number,
  previousCelsius: number,
  betweenDays: number,
  depthMetres: number,
): number {
  return (SOIL_HEAT_CAPACITY_MJ * (temperatureCelsius - previousCelsius) * depthMetres) / betweenDays;
}

/** (42): a day, or ten, beneath the grass. */
export const DAILY_SOIL_HEAT_FLUX_MJ = 0;

/** (43), a day of the month. */
export function monthlySoilHeatFluxMj(previousMonthCelsius: number, nextMonthCelsius: number): number {
  return 0.07 * (nextMonthCelsius - previousMonthCelsius);
}

/** (44), where the next month is not known. */
export function monthlySoilHeatFluxFromPreviousMj(monthCelsius: number, previousMonthCelsius: number): number {
  return 0.14 * (monthCelsius - previousMonthCelsius);
}

/** (45) by day and (46) by night, an hour. */
export function hourlySoilHeatFluxMj(netRadiationMj: number, isDaylight: boolean): number {
  return (isDaylight ? 0.1 : 0.5) * netRadiationMj;
}
