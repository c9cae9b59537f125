import { adjustBasalToClimate, type CropCoefficients, type CropStages, coefficientOnDay } from "./crop-coefficient.ts";
import {
  depletionFraction,
  readilyAvailableMm,
  rootZoneChange,
  stressCoefficient,
  totalAvailableMm,
} from "./root-zone.ts";
import {
  coveredFraction,
  evaporationCoefficient,
  evaporationReduction,
  exposedWetFraction,
  greatestCropCoefficient,
  type SoilWater,
  topLayerDepletionMm,
  totalEvaporableMm,
  wettedDepletionMm,
} from "./soil-evaporation.ts";

import type { MeanClimate, StageClimates } from "./stage-climates.ts";

/**
 * The water of a zone, day by day, by the dual crop coefficient: FAO-56, chapters 7 and 8, and annex 8. Rain and irrigation come
 * in the morning, before the day dries anything.
 */

export interface ZoneSoil extends SoilWater {
  /** REW: table 19. */
  readonly readilyEvaporableMm: number;
  /** Rain of a day above this runs off. */
  readonly infiltrationMmPerDay: number;
}

export interface ZoneCrop {
  readonly stages: CropStages;
  /** Kcb of table 17. */
  readonly basalCoefficients: CropCoefficients;
  readonly maxHeightMetres: number;
  /** At sowing, and from mid season on. */
  readonly minRootDepthMetres: number;
  readonly maxRootDepthMetres: number;
  /** p of table 22, at 5 mm a day. */
  readonly depletionFraction: number;
}

export interface Zone {
  readonly soil: ZoneSoil;
  readonly crop: ZoneCrop;
  /** fw of its irrigation: table 20. */
  readonly wettedFraction: number;
  /** Drippers stand by the stems, and the leaves shade what they wet. */
  readonly isDrip?: boolean | undefined;
}

export interface ZoneState {
  /** Dr. */
  readonly depletionMm: number;
  /** De. */
  readonly topDepletionMm: number;
  /** fw of the last wetting. */
  readonly wettedFraction: number;
}

export interface ZoneDay {
  /** 1 on the day of sowing. */
  readonly seasonDay: number;
  /** ETo. */
  readonly referenceMm: number;
  readonly rainMm: number;
  /** What reaches the ground. */
  readonly irrigationMm: number;
  readonly windAt2mMetresPerSecond: number;
  readonly humidityMinPercent: number;
  /** Means of the stages, which (70) asks for; where they are not known yet, the day's own stand in. */
  readonly stageClimates?: StageClimates | undefined;
}

/** Where the day's water went, in mm. Rain is the sum of the first three. */
export interface ZoneFluxes {
  readonly runoffMm: number;
  /** Wets no more than leaves and dust, and is gone by noon. */
  readonly interceptedMm: number;
  readonly infiltratedRainMm: number;
  readonly percolationMm: number;
  readonly transpirationMm: number;
  readonly evaporationMm: number;
}

export interface ZoneOutcome {
  readonly state: ZoneState;
  readonly fluxes: ZoneFluxes;
  readonly basalCoefficient: number;
  readonly evaporationCoefficient: number;
  readonly stressCoefficient: number;
  /** TAW and RAW of the day. */
  readonly totalAvailableMm: number;
  readonly readilyAvailableMm: number;
}

/** Less rain than this share of ETo evaporates at once: FAO-56, chapter 8, on (85). */
const IGNORED_RAIN_SHARE = 0.2;

/** Everything full, as after a good rain. */
export const FIELD_CAPACITY: ZoneState = { depletionMm: 0, topDepletionMm: 0, wettedFraction: 1 };

export function zoneDay(zone: Zone, before: ZoneState, day: ZoneDay): ZoneOutcome {
  const rain = rainOf(day, zone.soil);
  const wettedFraction = wettedBy(before, zone, day, rain.infiltratedRainMm);
  const plant = plantOf(zone.crop, day);
  const water = { infiltratedRainMm: rain.infiltratedRainMm, irrigationMm: day.irrigationMm, wettedFraction };
  const surface = surfaceOf(zone, before, water, plant);
  const askedEvaporationMm = surface.coefficient * day.referenceMm;
  const totalMm = totalAvailableMm(zone.soil, plant.rootDepthMetres);
  const wouldUseMm = plant.basalCoefficient * day.referenceMm + askedEvaporationMm;
  const fraction = depletionFraction(zone.crop.depletionFraction, wouldUseMm);
  const morningMm = Math.max(0, before.depletionMm - rain.infiltratedRainMm - day.irrigationMm);
  const stress = stressCoefficient(morningMm, totalMm, fraction);
  const transpirationMm = stress * plant.basalCoefficient * day.referenceMm;
  const asked = { ...water, capillaryRiseMm: 0, evapotranspirationMm: transpirationMm + askedEvaporationMm };
  const change = rootZoneChange(before.depletionMm, asked, totalMm);
  // Where the roots have dried everything out, nothing is left for the surface.
  const evaporationMm = Math.max(0, change.evapotranspirationMm - transpirationMm);
  const topDay = { ...water, exposedWetFraction: surface.exposed, evaporationMm };
  return {
    state: {
      depletionMm: change.depletionMm,
      topDepletionMm: topLayerDepletionMm(before.topDepletionMm, topDay, surface.totalMm),
      wettedFraction,
    },
    fluxes: {
      ...rain,
      percolationMm: change.percolationMm,
      transpirationMm: change.evapotranspirationMm - evaporationMm,
      evaporationMm,
    },
    basalCoefficient: plant.basalCoefficient,
    evaporationCoefficient: surface.coefficient,
    stressCoefficient: stress,
    totalAvailableMm: totalMm,
    readilyAvailableMm: readilyAvailableMm(totalMm, fraction),
  };
}

function rainOf({ rainMm, referenceMm }: ZoneDay, soil: ZoneSoil) {
  if (rainMm < IGNORED_RAIN_SHARE * referenceMm) return { runoffMm: 0, interceptedMm: rainMm, infiltratedRainMm: 0 };
  const infiltratedRainMm = Math.min(rainMm, soil.infiltrationMmPerDay);
  return { runoffMm: rainMm - infiltratedRainMm, interceptedMm: 0, infiltratedRainMm };
}

/** Rain that wets everything; lighter rain leaves fw what irrigation made it: FAO-56, chapter 7, on fw, with its errata. */
const WETTING_RAIN_MM = 3;

/** Enough rain wets everything, irrigation its share, and a dry day changes nothing. */
function wettedBy(before: ZoneState, zone: Zone, day: ZoneDay, infiltratedRainMm: number): number {
  if (infiltratedRainMm >= WETTING_RAIN_MM) return 1;
  return day.irrigationMm > 0 ? zone.wettedFraction : before.wettedFraction;
}

interface Plant {
  readonly basalCoefficient: number;
  readonly greatestCoefficient: number;
  readonly heightMetres: number;
  readonly rootDepthMetres: number;
}

/** Height and roots grow as Kcb does, and do not shrink with it: annex 8. */
function plantOf(crop: ZoneCrop, day: ZoneDay): Plant {
  const { initial, mid, end } = crop.basalCoefficients;
  const climateOf = (stage: MeanClimate = day) => ({ ...stage, cropHeightMetres: crop.maxHeightMetres });
  const adjusted = {
    initial,
    mid: adjustBasalToClimate(mid, climateOf(day.stageClimates?.mid)),
    end: adjustBasalToClimate(end, climateOf(day.stageClimates?.late)),
  };
  const basalCoefficient = coefficientOnDay(crop.stages, adjusted, day.seasonDay);
  const grown = coefficientOnDay(crop.stages, { initial: 0, mid: 1, end: 1 }, day.seasonDay);
  const heightMetres = Math.max(0.05, grown * crop.maxHeightMetres);
  return {
    basalCoefficient,
    greatestCoefficient: greatestCropCoefficient(basalCoefficient, { ...day, cropHeightMetres: heightMetres }),
    heightMetres,
    rootDepthMetres: crop.minRootDepthMetres + grown * (crop.maxRootDepthMetres - crop.minRootDepthMetres),
  };
}

interface MorningWater {
  readonly infiltratedRainMm: number;
  readonly irrigationMm: number;
  readonly wettedFraction: number;
}

function surfaceOf({ soil, isDrip = false }: Zone, before: ZoneState, water: MorningWater, plant: Plant) {
  const { basalCoefficient, greatestCoefficient } = plant;
  const totalMm = totalEvaporableMm(soil);
  const covered = coveredFraction(basalCoefficient, greatestCoefficient, plant.heightMetres);
  // After rain that wetted everything, what is wet lies between the rows too.
  const exposed = exposedWetFraction(covered, water.wettedFraction, isDrip && water.wettedFraction < 1);
  const morning = wettedDepletionMm(before.topDepletionMm, { ...water, exposedWetFraction: exposed, evaporationMm: 0 });
  const reduction = evaporationReduction(morning, soil.readilyEvaporableMm, totalMm);
  const coefficient = evaporationCoefficient(reduction, basalCoefficient, greatestCoefficient, exposed);
  return { totalMm, exposed, coefficient };
}
