import type { SoilWater } from "./soil-evaporation.ts";

/** Water within reach of roots, in mm. FAO-56, chapter 8. */

/** TAW, (82). */
export function totalAvailableMm(soil: SoilWater, rootDepthMetres: number): number {
  return 1000 * (soil.fieldCapacity - soil.wiltingPoint) * rootDepthMetres;
}

/** p of a day, below table 22: in thirsty weather a crop suffers sooner. */
export function depletionFraction(tabulated: number, cropEvapotranspirationMm: number): number {
  return Math.min(0.8, Math.max(0.1, tabulated + 0.04 * (5 - cropEvapotranspirationMm)));
}

/** RAW, (83). */
export function readilyAvailableMm(totalMm: number, fraction: number): number {
  return fraction * totalMm;
}

/** Ks, (84): 1 without stress, 0 at the wilting point. */
export function stressCoefficient(depletedMm: number, totalMm: number, fraction: number): number {
  const readily = readilyAvailableMm(totalMm, fraction);
  if (depletedMm <= readily) return 1;
  return Math.max(0, (totalMm - depletedMm) / (totalMm - readily));
}

export interface RootZoneDay {
  /** P - RO. */
  readonly infiltratedRainMm: number;
  readonly irrigationMm: number;
  /** CR, from ground water; 0 where it lies deeper than a metre below the roots. */
  readonly capillaryRiseMm: number;
  /** ETc as the soil allows it. */
  readonly evapotranspirationMm: number;
}

export interface RootZoneChange {
  /** Dr at the day's end, (85) within (86). */
  readonly depletionMm: number;
  /** DP, (88). */
  readonly percolationMm: number;
  /** Of what was asked of the soil, what it had: less only where it dries out within the day. */
  readonly evapotranspirationMm: number;
}

/** (85): what goes in and what goes out, and not a drop besides. */
export function rootZoneChange(beforeMm: number, day: RootZoneDay, totalMm: number): RootZoneChange {
  const gained = day.infiltratedRainMm + day.irrigationMm + day.capillaryRiseMm;
  // A crop that was uprooted may leave more depletion than the new one's shallow roots hold.
  const most = Math.max(totalMm, beforeMm);
  const evapotranspirationMm = Math.min(day.evapotranspirationMm, most - beforeMm + gained);
  const balance = beforeMm - gained + evapotranspirationMm;
  return { depletionMm: Math.max(0, balance), percolationMm: Math.max(0, -balance), evapotranspirationMm };
}
