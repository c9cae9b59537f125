import { judgeRain, type RainOutlook, type RainSkipSettings } from "./rain-skip.ts";

export interface ZoneWater {
  /** Dr, TAW and RAW of this morning; undefined or NaN where the balance does not know. */
  readonly depletionMm: number | undefined;
  readonly totalAvailableMm: number | undefined;
  readonly readilyAvailableMm: number | undefined;
  /** ETc of an ordinary day now, to tell how long the water lasts. */
  readonly dailyUseMm: number | undefined;
}

export interface ZoneEquipment {
  /** What reaches the ground, on the zone's whole area. */
  readonly applicationMmPerHour: number;
  /** Of the water let out, the share that gets into the roots; 0 to 1. */
  readonly efficiency: number;
  readonly areaSquareMetres: number;
  /** The envelope's longest run. */
  readonly maxRunMs: number;
}

export interface RecommendationSettings extends RainSkipSettings {
  /** Room left for rain when refilling. */
  readonly leaveMm: number;
}

export type ReasonCode =
  | "balance-unknown"
  | "equipment-unknown"
  | "enough-water"
  | "room-for-rain"
  | "dry-beyond-easy"
  | "wilting"
  | "raining"
  | "rain-fell"
  | "rain-expected"
  | "rain-too-late"
  | "cut-to-longest-run";

/** Why, with the figures of it: for a sentence on a page and for a test. */
export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
}

export type Recommendation =
  | { readonly verdict: "unknown"; readonly reasons: readonly Reason[] }
  | { readonly verdict: "wait"; readonly reasons: readonly Reason[]; readonly days: number | undefined }
  | {
      readonly verdict: "water";
      readonly reasons: readonly Reason[];
      /** To the roots, and out of the pipe. */
      readonly netMm: number;
      readonly grossMm: number;
      readonly volumeLitres: number;
      readonly runMs: number;
      /** What a run this long leaves missing. */
      readonly remainingMm: number;
    };

const HOUR_MS = 3_600_000;

/** What to do with a zone this morning: water when the easily available water (RAW) is used up, and no rain makes up for it. */
export function recommendRun(
  water: ZoneWater,
  rain: RainOutlook,
  equipment: ZoneEquipment,
  settings: RecommendationSettings,
): Recommendation {
  const known = knownWater(water);
  if (!known)
    return { verdict: "unknown", reasons: [reason("balance-unknown", "The water in the soil is not known.")] };
  if (!isUsable(equipment)) {
    const text =
      "Nobody says how fast the zone is watered: set its application rate, efficiency, area and longest run.";
    return { verdict: "unknown", reasons: [reason("equipment-unknown", text)] };
  }
  const verdict = judgeRain(rain, settings);
  if (verdict.kind === "raining") return waiting(reason("raining", "It is raining."));
  const fallenMm = verdict.kind === "fallen" ? verdict.mm : 0;
  const missingMm = Math.max(0, known.depletionMm - fallenMm);
  const fell = verdict.kind === "fallen" ? [reason("rain-fell", `${mm(fallenMm)} of rain fell.`)] : [];
  if (missingMm < known.readilyAvailableMm) return enough(known, missingMm, fell);
  if (missingMm <= settings.leaveMm) return waiting(...fell, roomForRain(missingMm, settings.leaveMm));
  const dry = drynessOf(known, missingMm);
  if (verdict.kind === "expected" && verdict.mm >= missingMm - known.readilyAvailableMm) {
    if (dry.code !== "wilting") return waiting(dry, rainExpected(verdict.mm, verdict.probability));
    const late = reason("rain-too-late", `${mm(verdict.mm)} of rain are expected, but the crop cannot wait for it.`);
    return runOf(missingMm, [...fell, dry, late], equipment, settings);
  }
  return runOf(missingMm, [...fell, dry], equipment, settings);
}

interface KnownWater {
  readonly depletionMm: number;
  readonly totalAvailableMm: number;
  readonly readilyAvailableMm: number;
  readonly dailyUseMm: number | undefined;
}

function knownWater(water: ZoneWater): KnownWater | undefined {
  const { depletionMm, totalAvailableMm, readilyAvailableMm, dailyUseMm } = water;
  if (!isNumber(depletionMm) || !isNumber(totalAvailableMm) || !isNumber(readilyAvailableMm)) return undefined;
  return { depletionMm, totalAvailableMm, readilyAvailableMm, dailyUseMm };
}

function isUsable({ applicationMmPerHour, efficiency, areaSquareMetres, maxRunMs }: ZoneEquipment): boolean {
  return applicationMmPerHour > 0 && efficiency > 0 && efficiency <= 1 && areaSquareMetres > 0 && maxRunMs > 0;
}

function enough(water: KnownWater, missingMm: number, before: readonly Reason[]): Recommendation {
  const leftMm = water.readilyAvailableMm - missingMm;
  const days = water.dailyUseMm && water.dailyUseMm > 0 ? Math.floor(leftMm / water.dailyUseMm) : undefined;
  const text = `${mm(missingMm)} are missing; the crop finds ${mm(water.readilyAvailableMm)} easily.`;
  return { verdict: "wait", reasons: [...before, reason("enough-water", text)], days };
}

/** Halfway from the end of the easy water to the wilting point Ks is 0.5: the crop drinks half as much, and waits for no forecast. */
function drynessOf(water: KnownWater, missingMm: number): Reason {
  const halfway = (water.readilyAvailableMm + water.totalAvailableMm) / 2;
  if (missingMm >= halfway) return reason("wilting", `${mm(missingMm)} of ${mm(water.totalAvailableMm)} are missing.`);
  const text = `${mm(missingMm)} are missing, more than the ${mm(water.readilyAvailableMm)} that the crop finds easily.`;
  return reason("dry-beyond-easy", text);
}

function runOf(
  missingMm: number,
  reasons: readonly Reason[],
  equipment: ZoneEquipment,
  settings: RecommendationSettings,
): Recommendation {
  const wantedMm = missingMm - settings.leaveMm;
  const wantedMs = (wantedMm / equipment.efficiency / equipment.applicationMmPerHour) * HOUR_MS;
  const runMs = Math.min(Math.round(wantedMs), equipment.maxRunMs);
  const grossMm = (runMs / HOUR_MS) * equipment.applicationMmPerHour;
  const netMm = grossMm * equipment.efficiency;
  const cut = `The whole would take ${minutes(wantedMs)}; one run is at most ${minutes(equipment.maxRunMs)}.`;
  const isCut = wantedMs > equipment.maxRunMs;
  return {
    verdict: "water",
    reasons: isCut ? [...reasons, reason("cut-to-longest-run", cut)] : reasons,
    netMm,
    grossMm,
    volumeLitres: grossMm * equipment.areaSquareMetres,
    runMs,
    remainingMm: Math.max(0, missingMm - netMm),
  };
}

function roomForRain(missingMm: number, leaveMm: number): Reason {
  return reason(
    "room-for-rain",
    `${mm(missingMm)} are missing, no more than the ${mm(leaveMm)} that are left for rain.`,
  );
}

function rainExpected(expectedMm: number, probability: number): Reason {
  return reason("rain-expected", `${mm(expectedMm)} of rain are expected, to ${Math.round(100 * probability)} %.`);
}

function waiting(...reasons: readonly Reason[]): Recommendation {
  return { verdict: "wait", reasons, days: undefined };
}

function reason(code: ReasonCode, text: string): Reason {
  return { code, text };
}

function mm(value: number): string {
  return `${value.toFixed(1)} mm`;
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
