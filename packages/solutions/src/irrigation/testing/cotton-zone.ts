import type { Zone } from "../zone-balance.ts";

/** Cotton on sandy loam under sprinklers; FAO-56, tables 11 (California), 12, 17, 19, 20 and 22. */
export const cottonZone: Zone = {
  soil: { fieldCapacity: 0.23, wiltingPoint: 0.11, readilyEvaporableMm: 8, infiltrationMmPerDay: 40 },
  crop: {
    stages: { initialDays: 45, developmentDays: 90, midDays: 45, lateDays: 45 },
    basalCoefficients: { initial: 0.15, mid: 1.15, end: 0.5 },
    maxHeightMetres: 1.2,
    minRootDepthMetres: 0.2,
    maxRootDepthMetres: 1.35,
    depletionFraction: 0.65,
  },
  wettedFraction: 1,
};
