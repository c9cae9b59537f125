import type { CropStages } from "./crop-coefficient.ts";

export interface MeanClimate {
  readonly windAt2mMetresPerSecond: number;
  readonly humidityMinPercent: number;
}

/** Of the mid and the late season: what Kc mid and Kc end are adjusted to, FAO-56 (62), (65) and (70). */
export interface StageClimates {
  readonly mid?: MeanClimate | undefined;
  readonly late?: MeanClimate | undefined;
}

/** Means over those days of each stage that the weather, from the day of sowing on, reaches. */
export function stageClimates(stages: CropStages, weather: readonly MeanClimate[]): StageClimates {
  const midFrom = stages.initialDays + stages.developmentDays;
  const lateFrom = midFrom + stages.midDays;
  return {
    mid: meanOf(weather.slice(midFrom, lateFrom)),
    late: meanOf(weather.slice(lateFrom, lateFrom + stages.lateDays)),
  };
}

function meanOf(days: readonly MeanClimate[]): MeanClimate | undefined {
  if (days.length === 0) return undefined;
  const sum = (key: keyof MeanClimate) => days.reduce((total, day) => total + day[key], 0);
  return {
    windAt2mMetresPerSecond: sum("windAt2mMetresPerSecond") / days.length,
    humidityMinPercent: sum("humidityMinPercent") / days.length,
  };
}
