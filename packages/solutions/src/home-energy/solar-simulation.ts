import { type Observer, solarPosition } from "@sluice/core/sun/solar-position.ts";
import { type Atmosphere, birdClearSky, extraterrestrialIrradiance } from "./clear-sky.ts";
import { type PanelSystem, panelWatts } from "./panel-power.ts";
import { type Orientation, planeIrradiance } from "./plane-of-array.ts";

/** No sun before and after these hours of the local clock. */
export const FIRST_SUN_HOUR = 6;
export const LAST_SUN_HOUR = 20;
/** The weather takes away, or gives, up to this share. */
export const WEATHER_SHARE = 0.15;

const NOON_HOUR = 12;
const SPREAD_HOURS = 4;

/**
 * Power of simulated panels by the hour of the local clock (0 to 24, fractions included): rated · exp(−((h − 12)²/(2·4²))), times
 * weather of ±15 %, and nothing before 6 or after 20. `random` is in 0 to 1, and evenly spread there.
 */
export function simulatedSolarWatts(ratedPowerWatts: number, localHour: number, random: number): number {
  if (localHour < FIRST_SUN_HOUR || localHour > LAST_SUN_HOUR) return 0;
  const sun = Math.exp(-((localHour - NOON_HOUR) ** 2 / (2 * SPREAD_HOURS ** 2)));
  return ratedPowerWatts * sun * (1 + WEATHER_SHARE * (2 * random - 1));
}

export interface SolarSite extends Observer, Orientation {
  readonly system: PanelSystem;
  /** The pressure is that of the observer. */
  readonly atmosphere?: Omit<Atmosphere, "pressureHectopascals">;
}

/** Power of real panels under a clear sky, by place and instant: solar position, Bird's sky, an even sky on the panels, PVWatts. */
export function clearSkyWatts(site: SolarSite, timeMicros: number, airCelsius: number): number {
  const sun = solarPosition(site, timeMicros);
  const pressureHectopascals = site.pressureMillibars ?? pressureAt(site.elevationMetres ?? 0);
  const level = birdClearSky(sun.zenith, extraterrestrialIrradiance(sun.distanceAu), {
    ...site.atmosphere,
    pressureHectopascals,
  });
  return panelWatts(site.system, planeIrradiance(site, sun, level).total, airCelsius);
}

/** Of the International Standard Atmosphere, ISO 2533:1975, below 11 km. */
function pressureAt(elevationMetres: number): number {
  return 1013.25 * (1 - 2.25577e-5 * elevationMetres) ** 5.25588;
}
