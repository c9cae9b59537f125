import { climateDifference, type StageClimate } from "./crop-coefficient.ts";

/** What the bare wet soil adds to a crop's transpiration: the dual crop coefficient, FAO-56, chapter 7. Depths of water in mm. */

/** Kc min of (76): dry soil with hardly a leaf on it. */
export const LEAST_CROP_COEFFICIENT = 0.15;

/** Kc max, (72): no more energy reaches a wet field. */
export function greatestCropCoefficient(basalCoefficient: number, climate: StageClimate): number {
  return Math.max(1.2 + climateDifference(climate), basalCoefficient + 0.05);
}

/** fc, (76): the share of the ground that leaves cover. */
export function coveredFraction(
  basalCoefficient: number,
  greatestCoefficient: number,
  cropHeightMetres: number,
  leastCoefficient = LEAST_CROP_COEFFICIENT,
): number {
  const leaf = Math.max(basalCoefficient - leastCoefficient, 0.01);
  const share = (leaf / (greatestCoefficient - leastCoefficient)) ** (1 + 0.5 * cropHeightMetres);
  return Math.min(0.99, share);
}

/**
 * few, (75): the share of the ground that is wet and in the sun. Of what drippers wet, most lies under the leaves: chapter 7, on (75),
 * takes 1 − ⅔·fc of fw there.
 */
export function exposedWetFraction(covered: number, wetted: number, isUnderLeaves = false): number {
  const inSun = isUnderLeaves ? wetted * (1 - (2 / 3) * covered) : wetted;
  return Math.max(0.01, Math.min(1 - covered, inSun));
}

/** Water contents are of volume, m³/m³. */
export interface SoilWater {
  readonly fieldCapacity: number;
  readonly wiltingPoint: number;
}

/** TEW, (73): what evaporates of the top layer at most; it dries to half the wilting point. */
export function totalEvaporableMm(soil: SoilWater, layerMetres = 0.1): number {
  return 1000 * (soil.fieldCapacity - 0.5 * soil.wiltingPoint) * layerMetres;
}

/** Kr, (74): 1 until the readily evaporable water (REW) is gone. */
export function evaporationReduction(depletedMm: number, readilyEvaporableMm: number, totalMm: number): number {
  if (depletedMm <= readilyEvaporableMm) return 1;
  return Math.max(0, (totalMm - depletedMm) / (totalMm - readilyEvaporableMm));
}

/** Ke, (71). */
export function evaporationCoefficient(
  reduction: number,
  basalCoefficient: number,
  greatestCoefficient: number,
  exposedWet: number,
): number {
  return Math.min(reduction * (greatestCoefficient - basalCoefficient), exposedWet * greatestCoefficient);
}

export interface TopLayerDay {
  /** P - RO. */
  readonly infiltratedRainMm: number;
  readonly irrigationMm: number;
  /** fw. */
  readonly wettedFraction: number;
  readonly exposedWetFraction: number;
  /** E, over the whole field. */
  readonly evaporationMm: number;
}

/** De once the day's water is in, before anything evaporates: (77), for wetting in the morning. */
export function wettedDepletionMm(beforeMm: number, day: TopLayerDay): number {
  return Math.max(0, beforeMm - day.infiltratedRainMm - day.irrigationMm / day.wettedFraction);
}

/** DPe, (79). */
export function topLayerPercolationMm(beforeMm: number, day: TopLayerDay): number {
  return Math.max(0, day.infiltratedRainMm + day.irrigationMm / day.wettedFraction - beforeMm);
}

/** De at the day's end, (77) and (78), of a crop whose roots draw from below. */
export function topLayerDepletionMm(beforeMm: number, day: TopLayerDay, totalMm: number): number {
  const dried = wettedDepletionMm(beforeMm, day) + day.evaporationMm / day.exposedWetFraction;
  return Math.min(totalMm, dried);
}
