import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/**
 * Water vapour over liquid water, from -40 to 50 °C, within 0.4 %: Alduchov, O. A. and Eskridge, R. E., "Improved Magnus form
 * approximation of saturation vapor pressure", Journal of Applied Meteorology 35 (1996), 601–609, equation 21.
 */
const MAGNUS_HPA = 6.1094;
const MAGNUS_FACTOR = 17.625;
const MAGNUS_CELSIUS = 243.04;
const COLDEST_CELSIUS = -40;
const WARMEST_CELSIUS = 50;

const KELVIN = 273.15;
/** 1000 over the specific gas constant of water vapour, 461.51 J/(kg K), in g K/J: as Vaisala (B210973EN) prints it. */
const GRAM_KELVIN_PER_JOULE = 2.16679;

/** NaN outside -40 to 50 °C. */
export function saturationVapourPressureHpa(temperatureCelsius: number): number {
  if (!(temperatureCelsius >= COLDEST_CELSIUS && temperatureCelsius <= WARMEST_CELSIUS)) return Number.NaN;
  return MAGNUS_HPA * Math.exp((MAGNUS_FACTOR * temperatureCelsius) / (MAGNUS_CELSIUS + temperatureCelsius));
}

/** The temperature at which the air's vapour begins to condense. Dry air has none. */
export function dewPointCelsius(temperatureCelsius: number, relativeHumidityPercent: number): Determined<number> {
  const reason = whyNot(temperatureCelsius, relativeHumidityPercent);
  if (reason !== undefined) return undetermined(reason);
  if (relativeHumidityPercent === 0) return undetermined("dry air has no dew point");
  const vapourHpa = (saturationVapourPressureHpa(temperatureCelsius) * relativeHumidityPercent) / 100;
  const logarithm = Math.log(vapourHpa / MAGNUS_HPA);
  return determined((MAGNUS_CELSIUS * logarithm) / (MAGNUS_FACTOR - logarithm));
}

/** Grams of water in a cubic metre of air: the ideal gas law. */
export function absoluteHumidityGramsPerCubicMetre(
  temperatureCelsius: number,
  relativeHumidityPercent: number,
): Determined<number> {
  const reason = whyNot(temperatureCelsius, relativeHumidityPercent);
  if (reason !== undefined) return undetermined(reason);
  const vapourPascal = saturationVapourPressureHpa(temperatureCelsius) * relativeHumidityPercent;
  return determined((GRAM_KELVIN_PER_JOULE * vapourPascal) / (temperatureCelsius + KELVIN));
}

/** How much more vapour the air would take: what dries leaves. */
export function vapourPressureDeficitKpa(
  temperatureCelsius: number,
  relativeHumidityPercent: number,
): Determined<number> {
  const reason = whyNot(temperatureCelsius, relativeHumidityPercent);
  if (reason !== undefined) return undetermined(reason);
  const saturatedKpa = saturationVapourPressureHpa(temperatureCelsius) / 10;
  return determined(saturatedKpa * (1 - relativeHumidityPercent / 100));
}

function whyNot(temperatureCelsius: number, relativeHumidityPercent: number): string | undefined {
  if (!Number.isFinite(temperatureCelsius)) return "the temperature is missing";
  if (!Number.isFinite(relativeHumidityPercent)) return "the humidity is missing";
  if (Number.isNaN(saturationVapourPressureHpa(temperatureCelsius))) {
    return `the temperature is not between ${COLDEST_CELSIUS} and ${WARMEST_CELSIUS} °C`;
  }
  if (relativeHumidityPercent < 0 || relativeHumidityPercent > 100) return "the humidity is not between 0 and 100 %";
  return undefined;
}
