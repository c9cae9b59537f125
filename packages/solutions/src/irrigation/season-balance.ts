import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { stageClimates } from "./stage-climates.ts";
import { type Zone, type ZoneDay, type ZoneFluxes, type ZoneOutcome, type ZoneState, zoneDay } from "./zone-balance.ts";

export type SeasonWeather = Omit<ZoneDay, "seasonDay" | "irrigationMm" | "stageClimates">;

/** What irrigation of a morning is decided by. */
export interface Morning {
  readonly seasonDay: number;
  readonly state: ZoneState;
  /** Of the day before; on the first one there is none. */
  readonly previous: ZoneOutcome | undefined;
}

export interface SeasonTotals extends ZoneFluxes {
  readonly rainMm: number;
  readonly irrigationMm: number;
  /** How much more is missing in the root zone than at the start. */
  readonly depletionRiseMm: number;
}

export interface Season {
  readonly days: readonly ZoneOutcome[];
  readonly totals: SeasonTotals;
}

/** A season longer than this is a mistake of the dates. */
export const MOST_SEASON_DAYS = 10_000;

/** Day after day from a state; `irrigate` says what reaches the ground in a morning. A day without its weather ends it. */
export function seasonBalance(
  zone: Zone,
  initial: ZoneState,
  weather: readonly SeasonWeather[],
  irrigate: (morning: Morning) => number,
): Determined<Season> {
  if (weather.length > MOST_SEASON_DAYS) return undetermined(`a season has at most ${MOST_SEASON_DAYS} days`);
  const days: ZoneOutcome[] = [];
  const totals = emptyTotals();
  const climates = stageClimates(zone.crop.stages, weather);
  let state = initial;
  for (const [index, one] of weather.entries()) {
    const seasonDay = index + 1;
    const missing = missingOf(one);
    if (missing !== undefined) return undetermined(`${missing} of day ${seasonDay} is missing`);
    const irrigationMm = irrigate({ seasonDay, state, previous: days.at(-1) });
    const outcome = zoneDay(zone, state, { ...one, seasonDay, irrigationMm, stageClimates: climates });
    totals.rainMm += one.rainMm;
    totals.irrigationMm += irrigationMm;
    for (const flux of FLUXES) totals[flux] += outcome.fluxes[flux];
    state = outcome.state;
    days.push(outcome);
  }
  return determined({ days, totals: { ...totals, depletionRiseMm: state.depletionMm - initial.depletionMm } });
}

/** What came in, less what went out and what the soil lost: 0, but for the last bits of the numbers. */
export function imbalanceMm(totals: SeasonTotals): number {
  const gone = FLUXES.filter((flux) => flux !== "infiltratedRainMm").reduce((sum, flux) => sum + totals[flux], 0);
  return totals.rainMm + totals.irrigationMm + totals.depletionRiseMm - gone;
}

const FLUXES = [
  "runoffMm",
  "interceptedMm",
  "infiltratedRainMm",
  "percolationMm",
  "transpirationMm",
  "evaporationMm",
] as const satisfies readonly (keyof ZoneFluxes)[];

function emptyTotals(): { -readonly [K in keyof SeasonTotals]: number } {
  return {
    rainMm: 0,
    irrigationMm: 0,
    runoffMm: 0,
    interceptedMm: 0,
    infiltratedRainMm: 0,
    percolationMm: 0,
    transpirationMm: 0,
    evaporationMm: 0,
    depletionRiseMm: 0,
  };
}

function missingOf(day: SeasonWeather): string | undefined {
  if (!Number.isFinite(day.referenceMm)) return "the reference evapotranspiration";
  if (!Number.isFinite(day.rainMm)) return "the rain";
  if (!Number.isFinite(day.windAt2mMetresPerSecond)) return "the wind";
  return Number.isFinite(day.humidityMinPercent) ? undefined : "the humidity";
}
