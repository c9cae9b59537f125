import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { atmosphericPressureKpa, psychrometricConstantKpaPerCelsius, windAt2mMetresPerSecond } from "./atmosphere.ts";
import {
  hourlyExtraterrestrialRadiationMj,
  type MomentOfDay,
  solarElevationRadians,
} from "./extraterrestrial-radiation.ts";
import { hourlyNetLongwaveMj, netRadiationMj, netShortwaveMj, relativeShortwave } from "./net-radiation.ts";
import {
  ASCE,
  type Evapotranspiration,
  FAO56_HOUR,
  type PenmanMonteithTerms,
  penmanMonteith,
  type ReferenceSurface,
} from "./penman-monteith.ts";
import { isBrighterThanSky, isEarthly, isSupersaturated } from "./plausible-weather.ts";
import { hourlySoilHeatFluxMj } from "./soil-heat-flux.ts";
import { clearSkyRadiationMj } from "./solar-radiation.ts";
import { saturationVapourPressureKpa, slopeOfSaturationKpaPerCelsius } from "./vapour-pressure.ts";

/** An hour's weather. What is not known is NaN. */
export interface WeatherHour extends MomentOfDay {
  readonly altitudeMetres: number;
  readonly temperatureCelsius: number;
  /** ea; of a relative humidity it is `vapourPressureFromHumidityKpa`. */
  readonly vapourPressureKpa: number;
  readonly windMetresPerSecond: number;
  /** 2 when absent. */
  readonly windHeightMetres?: number | undefined;
  readonly solarRadiationMj: number;
}

/**
 * `fao56` is FAO-56 (53); `short` and `tall` are of ASCE-EWRI 2005, which tells day from night. When the sun is too low to tell the
 * clouds by, all three go by ASCE's 0.3 rad, where FAO-56 says "two to three hours before sunset".
 */
export type HourlyReferenceKind = "fao56" | "short" | "tall";

export interface HourlyReference extends Evapotranspiration {
  readonly terms: PenmanMonteithTerms;
  readonly extraterrestrialMj: number;
  readonly clearSkyMj: number;
  readonly netLongwaveMj: number;
  /** Rs/Rso that was taken: what the next hour needs when it is dark. */
  readonly relativeShortwave: number;
}

/** Lower than this the sun says too little of the clouds, in radians: ASCE-EWRI 2005, beside equation 45. */
export const LEAST_TELLING_ELEVATION_RADIANS = 0.3;

/**
 * Reference evapotranspiration of an hour, in mm. `relativeShortwaveBefore` is the Rs/Rso of the last hour with a high sun, which
 * holds through the night; before the first such hour FAO-56 takes 0.4 to 0.6 in humid and 0.7 to 0.8 in arid climates.
 */
export function hourlyReferenceEvapotranspiration(
  hour: WeatherHour,
  kind: HourlyReferenceKind,
  relativeShortwaveBefore = Number.NaN,
): Determined<HourlyReference> {
  const reason = whyNot(hour);
  if (reason !== undefined) return undetermined(reason);
  const extraterrestrialMj = hourlyExtraterrestrialRadiationMj(hour);
  if (isBrighterThanSky(hour.solarRadiationMj, extraterrestrialMj)) {
    return undetermined("the sun shines more than it does above the air");
  }
  const clearSkyMj = clearSkyRadiationMj(extraterrestrialMj, hour.altitudeMetres);
  const isHigh = solarElevationRadians(hour) >= LEAST_TELLING_ELEVATION_RADIANS;
  const ratio = isHigh ? relativeShortwave(hour.solarRadiationMj, clearSkyMj) : relativeShortwaveBefore;
  if (Number.isNaN(ratio)) return undetermined("it is dark, and nobody knows how cloudy it was before");
  const netLongwaveMj = hourlyNetLongwaveMj(hour.temperatureCelsius, hour.vapourPressureKpa, ratio);
  const net = netRadiationMj(netShortwaveMj(hour.solarRadiationMj), netLongwaveMj);
  const isDay = kind === "fao56" ? extraterrestrialMj > 0 : net > 0;
  const terms = termsOf(hour, net, soilHeatFlux(kind, net, isDay));
  const evapotranspiration = penmanMonteith(terms, surfaceOf(kind, isDay));
  return determined({
    ...evapotranspiration,
    terms,
    extraterrestrialMj,
    clearSkyMj,
    netLongwaveMj,
    relativeShortwave: ratio,
  });
}

/** Hours one after the other; each night is as cloudy as the evening before it. */
export function hourlyReferenceEvapotranspirations(
  hours: readonly WeatherHour[],
  kind: HourlyReferenceKind,
  relativeShortwaveBefore?: number,
): Determined<HourlyReference>[] {
  let ratio = relativeShortwaveBefore;
  return hours.map((hour) => {
    const reference = hourlyReferenceEvapotranspiration(hour, kind, ratio);
    ratio = reference.value?.relativeShortwave ?? ratio;
    return reference;
  });
}

function termsOf(hour: WeatherHour, netRadiation: number, soilHeatFluxMj: number): PenmanMonteithTerms {
  const saturated = saturationVapourPressureKpa(hour.temperatureCelsius);
  return {
    slopeKpaPerCelsius: slopeOfSaturationKpaPerCelsius(hour.temperatureCelsius),
    psychrometricKpaPerCelsius: psychrometricConstantKpaPerCelsius(atmosphericPressureKpa(hour.altitudeMetres)),
    netRadiationMj: netRadiation,
    soilHeatFluxMj,
    temperatureCelsius: hour.temperatureCelsius,
    windAt2mMetresPerSecond: windAt2mMetresPerSecond(hour.windMetresPerSecond, hour.windHeightMetres ?? 2),
    vapourPressureDeficitKpa: Math.max(0, saturated - hour.vapourPressureKpa),
  };
}

function surfaceOf(kind: HourlyReferenceKind, isDay: boolean): ReferenceSurface {
  if (kind === "fao56") return FAO56_HOUR;
  return isDay ? ASCE[kind].daylightHour : ASCE[kind].nightHour;
}

/** ASCE-EWRI 2005, equations 65 and 66: tall leaves shade the ground. */
function soilHeatFlux(kind: HourlyReferenceKind, netRadiation: number, isDay: boolean): number {
  if (kind === "tall") return (isDay ? 0.04 : 0.2) * netRadiation;
  return hourlySoilHeatFluxMj(netRadiation, isDay);
}

function whyNot(hour: WeatherHour): string | undefined {
  if (!Number.isFinite(hour.temperatureCelsius)) return "the temperature is missing";
  if (!isEarthly(hour.temperatureCelsius)) return "the temperature is not between -80 and 60 °C";
  if (!(hour.vapourPressureKpa >= 0)) return "the vapour pressure is missing";
  if (isSupersaturated(hour.vapourPressureKpa, saturationVapourPressureKpa(hour.temperatureCelsius))) {
    return "the vapour pressure is above saturation";
  }
  if (!(hour.solarRadiationMj >= 0)) return "the solar radiation is missing";
  if (!(hour.windMetresPerSecond >= 0)) return "the wind is missing";
  if (!Number.isFinite(windAt2mMetresPerSecond(1, hour.windHeightMetres ?? 2))) {
    return "the wind is measured below half a metre";
  }
  if (!(Math.abs(hour.latitudeDegrees) <= 90)) return "the latitude is not between -90° and 90°";
  if (!Number.isFinite(hour.longitudeDegrees)) return "the longitude is missing";
  if (!(hour.dayOfYear >= 1 && hour.dayOfYear <= 366)) return "the day of the year is not between 1 and 366";
  if (!Number.isFinite(hour.clockHours) || !Number.isFinite(hour.utcOffsetHours)) {
    return "the time of day, or its distance from UTC, is missing";
  }
  if (!Number.isFinite(hour.altitudeMetres)) return "the altitude is missing";
  return undefined;
}
