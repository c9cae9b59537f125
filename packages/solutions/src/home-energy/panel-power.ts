/**
 * What panels make of light, as PVWatts reckons it: Dobos, A. P., "PVWatts Version 5 Manual", NREL/TP-6A20-62641 (2014). Powers in
 * watts.
 */
export interface PanelSystem {
  /** Of the panels at 1,000 W/m² and 25 °C. */
  readonly ratedPowerWatts: number;
  /** Change of power with each degree above 25 °C; -0.0047 for common crystalline modules. */
  readonly temperatureCoefficient?: number;
  /** Share lost to dirt, shade, wiring, age and the like. */
  readonly losses?: number;
  /** What the inverter can make at most is the rated power over this. */
  readonly dcToAcRatio?: number;
  readonly inverterEfficiency?: number;
}

const STANDARD_IRRADIANCE = 1000;
const STANDARD_CELL_CELSIUS = 25;
const CRYSTALLINE_PER_CELSIUS = -0.0047;
/** The manual's table of losses: soiling 2 %, shading 3, mismatch 2, wiring 2, connections 0.5, first light 1.5, rating 1, downtime 3. */
export const PVWATTS_LOSSES = 1 - [2, 3, 0, 2, 2, 0.5, 1.5, 1, 0, 3].reduce((left, loss) => left * (1 - loss / 100), 1);
const INVERTER_EFFICIENCY = 0.96;
/** The efficiency at full power of the inverter that the curve was measured on. */
const REFERENCE_EFFICIENCY = 0.9637;
/** Nominal operating cell temperature of an open rack: at 800 W/m² and 20 °C. */
const NOMINAL_CELL_CELSIUS = 45;

/**
 * How warm cells are that stand in the open. Ross, R. G., "Interface design considerations for terrestrial solar cell modules",
 * 12th IEEE Photovoltaic Specialists Conference (1976), 801–806.
 */
export function cellCelsius(
  airCelsius: number,
  irradianceWattsPerSquareMetre: number,
  nominalCellCelsius: number = NOMINAL_CELL_CELSIUS,
): number {
  return airCelsius + ((nominalCellCelsius - 20) / 800) * irradianceWattsPerSquareMetre;
}

/** Direct current that panels give, before losses. Not below 0. */
export function dcWatts(
  irradianceWattsPerSquareMetre: number,
  cell: number,
  ratedPowerWatts: number,
  temperatureCoefficient: number = CRYSTALLINE_PER_CELSIUS,
): number {
  const warm = 1 + temperatureCoefficient * (cell - STANDARD_CELL_CELSIUS);
  return Math.max(0, (ratedPowerWatts * irradianceWattsPerSquareMetre * warm) / STANDARD_IRRADIANCE);
}

/** Alternating current out of an inverter that takes in `inverterDcWatts` at the most. Not below 0. */
export function acWatts(dc: number, inverterDcWatts: number, inverterEfficiency: number = INVERTER_EFFICIENCY): number {
  const load = dc / inverterDcWatts;
  if (load <= 0) return 0;
  const efficiency = (inverterEfficiency / REFERENCE_EFFICIENCY) * (-0.0162 * load - 0.0059 / load + 0.9858);
  return Math.min(Math.max(0, efficiency * dc), inverterEfficiency * inverterDcWatts);
}

/** What a system feeds in while so much light falls on its panels (W/m²), in air so warm. */
export function panelWatts(system: PanelSystem, irradianceWattsPerSquareMetre: number, airCelsius: number): number {
  const { ratedPowerWatts, temperatureCoefficient, losses = PVWATTS_LOSSES, dcToAcRatio = 1.1 } = system;
  const inverterEfficiency = system.inverterEfficiency ?? INVERTER_EFFICIENCY;
  const cell = cellCelsius(airCelsius, irradianceWattsPerSquareMetre);
  const dc = dcWatts(irradianceWattsPerSquareMetre, cell, ratedPowerWatts, temperatureCoefficient) * (1 - losses);
  // The inverter's rating is of what it gives out; what it takes in for that is more.
  return acWatts(dc, ratedPowerWatts / dcToAcRatio / inverterEfficiency, inverterEfficiency);
}
