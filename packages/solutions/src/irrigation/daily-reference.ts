import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { atmosphericPressureKpa, psychrometricConstantKpaPerCelsius, windAt2mMetresPerSecond } from "./atmosphere.ts";
import { dailyExtraterrestrialRadiationMj, daylightHours } from "./extraterrestrial-radiation.ts";
import { dailyNetLongwaveMj, netRadiationMj, netShortwaveMj, relativeShortwave } from "./net-radiation.ts";
import {
  type Evapotranspiration,
  type PenmanMonteithTerms,
  penmanMonteith,
  type ReferenceSurface,
} from "./penman-monteith.ts";
import { isBrighterThanSky, isEarthly, isSupersaturated } from "./plausible-weather.ts";
import { DAILY_SOIL_HEAT_FLUX_MJ } from "./soil-heat-flux.ts";
import {
  clearSkyRadiationMj,
  KRS,
  solarRadiationFromSunshineMj,
  solarRadiationFromTemperaturesMj,
} from "./solar-radiation.ts";
import {
  meanSaturationVapourPressureKpa,
  slopeOfSaturationKpaPerCelsius,
  vapourPressureFromDewPointKpa,
  vapourPressureFromHumidityRangeKpa,
  vapourPressureFromMaxHumidityKpa,
  vapourPressureFromMeanHumidityKpa,
} from "./vapour-pressure.ts";

/** A day's weather, or a month's as a mean day. What is not known is absent or NaN. */
export interface WeatherDay {
  /** North positive. */
  readonly latitudeDegrees: number;
  readonly altitudeMetres: number;
  /** J; of a month, of its 15th. */
  readonly dayOfYear: number;
  readonly maxCelsius: number;
  readonly minCelsius: number;
  /** How damp: of these, the first that is known, in this order. */
  readonly vapourPressureKpa?: number | undefined;
  readonly dewPointCelsius?: number | undefined;
  readonly humidityMaxPercent?: number | undefined;
  readonly humidityMinPercent?: number | undefined;
  readonly humidityMeanPercent?: number | undefined;
  readonly windMetresPerSecond?: number | undefined;
  /** 2 when absent. */
  readonly windHeightMetres?: number | undefined;
  readonly solarRadiationMj?: number | undefined;
  /** Of bright sunshine, where radiation is not measured. */
  readonly sunshineHours?: number | undefined;
  /** Near large water, where the swing of the temperature stands in for the sun. */
  readonly isCoastal?: boolean | undefined;
  /** 0 when absent, as for a day; a month's is `monthlySoilHeatFluxMj`. */
  readonly soilHeatFluxMj?: number | undefined;
  /** Rs/Rso to take where the sun does not rise. */
  readonly relativeShortwave?: number | undefined;
}

export interface DailyReference extends Evapotranspiration {
  readonly terms: PenmanMonteithTerms;
  readonly extraterrestrialMj: number;
  readonly solarRadiationMj: number;
  readonly clearSkyMj: number;
  readonly netShortwaveMj: number;
  readonly netLongwaveMj: number;
  /** What stood in for a measurement, in words. */
  readonly assumed: readonly string[];
}

/** The mean of over 2,000 weather stations: FAO-56, chapter 3, "Missing climatic data". */
export const MEAN_WIND_METRES_PER_SECOND = 2;

/**
 * Reference evapotranspiration of a day, in mm, with all that leads to it: FAO-56 (6), box 11, and chapter 3's estimates for what
 * was not measured. Without the temperatures, or where the weather cannot be, it says why there is none.
 */
export function dailyReferenceEvapotranspiration(
  day: WeatherDay,
  surface: ReferenceSurface,
): Determined<DailyReference> {
  const reason = whyNot(day);
  if (reason !== undefined) return undetermined(reason);
  const assumed: string[] = [];
  const vapourPressure = vapourPressureOf(day, assumed);
  const saturated = meanSaturationVapourPressureKpa(day.maxCelsius, day.minCelsius);
  if (isSupersaturated(vapourPressure, saturated)) return undetermined("the vapour pressure is above saturation");
  const radiation = radiationOf(day, vapourPressure, assumed);
  if (isBrighterThanSky(radiation.solarRadiationMj, radiation.extraterrestrialMj)) {
    return undetermined("the sun shines more than it does above the air");
  }
  if (!known(radiation.netLongwaveMj)) return undetermined("the sun does not rise, and nobody says how cloudy it is");
  const meanCelsius = (day.maxCelsius + day.minCelsius) / 2;
  const terms: PenmanMonteithTerms = {
    slopeKpaPerCelsius: slopeOfSaturationKpaPerCelsius(meanCelsius),
    psychrometricKpaPerCelsius: psychrometricConstantKpaPerCelsius(atmosphericPressureKpa(day.altitudeMetres)),
    netRadiationMj: netRadiationMj(radiation.netShortwaveMj, radiation.netLongwaveMj),
    soilHeatFluxMj: known(day.soilHeatFluxMj) ? day.soilHeatFluxMj : DAILY_SOIL_HEAT_FLUX_MJ,
    temperatureCelsius: meanCelsius,
    windAt2mMetresPerSecond: windOf(day, assumed),
    vapourPressureDeficitKpa: Math.max(0, saturated - vapourPressure),
  };
  return determined({ ...penmanMonteith(terms, surface), ...radiation, terms, assumed });
}

function whyNot(day: WeatherDay): string | undefined {
  if (!known(day.maxCelsius)) return "the maximum temperature is missing";
  if (!known(day.minCelsius)) return "the minimum temperature is missing";
  if (day.maxCelsius < day.minCelsius) return "the maximum temperature is below the minimum";
  if (!isEarthly(day.maxCelsius) || !isEarthly(day.minCelsius)) return "a temperature is not between -80 and 60 °C";
  if (known(day.dewPointCelsius) && day.dewPointCelsius > day.maxCelsius) {
    return "the dew point is above the maximum temperature";
  }
  if (!(Math.abs(day.latitudeDegrees) <= 90)) return "the latitude is not between -90° and 90°";
  if (!known(day.altitudeMetres)) return "the altitude is missing";
  if (!(day.dayOfYear >= 1 && day.dayOfYear <= 366)) return "the day of the year is not between 1 and 366";
  const humidities = [day.humidityMaxPercent, day.humidityMinPercent, day.humidityMeanPercent].filter(known);
  if (humidities.some((percent) => percent < 0 || percent > 100)) return "the humidity is not between 0 and 100 %";
  const amounts = [day.windMetresPerSecond, day.solarRadiationMj, day.sunshineHours, day.vapourPressureKpa];
  if (amounts.filter(known).some((amount) => amount < 0)) return "wind, sunshine or vapour pressure is below 0";
  if (!known(windAt2mMetresPerSecond(1, day.windHeightMetres ?? 2))) return "the wind is measured below half a metre";
  return undefined;
}

function vapourPressureOf(day: WeatherDay, assumed: string[]): number {
  const { maxCelsius, minCelsius, humidityMaxPercent, humidityMinPercent, humidityMeanPercent } = day;
  if (known(day.vapourPressureKpa)) return day.vapourPressureKpa;
  if (known(day.dewPointCelsius)) return vapourPressureFromDewPointKpa(day.dewPointCelsius);
  if (known(humidityMaxPercent)) {
    return known(humidityMinPercent)
      ? vapourPressureFromHumidityRangeKpa({
          maxCelsius,
          minCelsius,
          maxPercent: humidityMaxPercent,
          minPercent: humidityMinPercent,
        })
      : vapourPressureFromMaxHumidityKpa(minCelsius, humidityMaxPercent);
  }
  if (known(humidityMeanPercent)) return vapourPressureFromMeanHumidityKpa(maxCelsius, minCelsius, humidityMeanPercent);
  assumed.push("dew point as low as the night was cold");
  return vapourPressureFromDewPointKpa(minCelsius);
}

function windOf(day: WeatherDay, assumed: string[]): number {
  if (known(day.windMetresPerSecond)) {
    return windAt2mMetresPerSecond(day.windMetresPerSecond, day.windHeightMetres ?? 2);
  }
  assumed.push("wind of 2 m/s");
  return MEAN_WIND_METRES_PER_SECOND;
}

function radiationOf(day: WeatherDay, vapourPressureKpa: number, assumed: string[]) {
  const extraterrestrialMj = dailyExtraterrestrialRadiationMj(day.latitudeDegrees, day.dayOfYear);
  const solarRadiationMj = solarRadiationOf(day, extraterrestrialMj, assumed);
  const clearSkyMj = clearSkyRadiationMj(extraterrestrialMj, day.altitudeMetres);
  const ratio =
    clearSkyMj > 0 ? relativeShortwave(solarRadiationMj, clearSkyMj) : (day.relativeShortwave ?? Number.NaN);
  return {
    extraterrestrialMj,
    solarRadiationMj,
    clearSkyMj,
    netShortwaveMj: netShortwaveMj(solarRadiationMj),
    netLongwaveMj: dailyNetLongwaveMj(day.maxCelsius, day.minCelsius, vapourPressureKpa, ratio),
  };
}

function solarRadiationOf(day: WeatherDay, extraterrestrialMj: number, assumed: string[]): number {
  if (known(day.solarRadiationMj)) return day.solarRadiationMj;
  if (known(day.sunshineHours)) {
    const possibleHours = daylightHours(day.latitudeDegrees, day.dayOfYear);
    return solarRadiationFromSunshineMj(day.sunshineHours, possibleHours, extraterrestrialMj);
  }
  assumed.push("sunshine by how far the temperature swings");
  const krs = day.isCoastal ? KRS.coastal : KRS.interior;
  const estimate = solarRadiationFromTemperaturesMj(day.maxCelsius, day.minCelsius, extraterrestrialMj, krs);
  return Math.min(estimate, clearSkyRadiationMj(extraterrestrialMj, day.altitudeMetres));
}

function known(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
