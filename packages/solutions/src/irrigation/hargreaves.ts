import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { MM_PER_MJ } from "./atmosphere.ts";

/**
 * ETo of a day, in mm, from temperatures alone: FAO-56 (52), after Hargreaves and Samani 1985. Good for means of five days and
 * more; compare it with Penman–Monteith before relying on it at a place.
 */
export function hargreavesMm(
  maxCelsius: number,
  minCelsius: number,
  extraterrestrialMj: number,
  meanCelsius = (maxCelsius + minCelsius) / 2,
): Determined<number> {
  if (!Number.isFinite(maxCelsius)) return undetermined("the maximum temperature is missing");
  if (!Number.isFinite(minCelsius)) return undetermined("the minimum temperature is missing");
  if (maxCelsius < minCelsius) return undetermined("the maximum temperature is below the minimum");
  if (!Number.isFinite(extraterrestrialMj)) return undetermined("the extraterrestrial radiation is missing");
  // Below -17.8 °C the formula turns negative, where nothing evaporates.
  const warmth = Math.max(0, meanCelsius + 17.8);
  return determined(0.0023 * warmth * Math.sqrt(maxCelsius - minCelsius) * MM_PER_MJ * extraterrestrialMj);
}
