/** Kc and Kcb through a season. FAO-56, chapters 6 and 7. */

export interface CropStages {
  readonly initialDays: number;
  readonly developmentDays: number;
  readonly midDays: number;
  readonly lateDays: number;
}

/** Kc or Kcb of three stages; between them it grows and falls in straight lines. */
export interface CropCoefficients {
  readonly initial: number;
  readonly mid: number;
  readonly end: number;
}

export function seasonDays({ initialDays, developmentDays, midDays, lateDays }: CropStages): number {
  return initialDays + developmentDays + midDays + lateDays;
}

/** (66): on a day of the season, 1 being the first. After its last day it stays what it is at the end. */
export function coefficientOnDay(stages: CropStages, coefficients: CropCoefficients, seasonDay: number): number {
  const { initial, mid, end } = coefficients;
  const developed = stages.initialDays + stages.developmentDays;
  const ripening = developed + stages.midDays;
  if (seasonDay <= stages.initialDays) return initial;
  if (seasonDay <= developed) return between(initial, mid, (seasonDay - stages.initialDays) / stages.developmentDays);
  if (seasonDay <= ripening) return mid;
  return between(mid, end, Math.min(1, (seasonDay - ripening) / stages.lateDays));
}

/** Means of a stage. */
export interface StageClimate {
  readonly windAt2mMetresPerSecond: number;
  readonly humidityMinPercent: number;
  readonly cropHeightMetres: number;
}

/** Up to this the tables' coefficients are of sparse crops, or of such as dry in the field: (65) and (70) leave them. */
const MOST_UNADJUSTED = 0.45;

/** (62), for the single Kc mid: from the tables' climate of 45 % and 2 m/s to another. */
export function adjustMidToClimate(coefficient: number, climate: StageClimate): number {
  return coefficient + climateDifference(ofTabledHeight(climate));
}

/** (65), for the single Kc end. */
export function adjustEndToClimate(coefficient: number, climate: StageClimate): number {
  return adjustBasalToClimate(coefficient, climate);
}

/** (70), for Kcb mid and Kcb end. */
export function adjustBasalToClimate(coefficient: number, climate: StageClimate): number {
  return coefficient <= MOST_UNADJUSTED ? coefficient : coefficient + climateDifference(ofTabledHeight(climate));
}

/** The term of (62), (65), (70) and (72), within the climates for which it holds. */
export function climateDifference(climate: StageClimate): number {
  const wind = within(climate.windAt2mMetresPerSecond, 1, 6);
  const humidity = within(climate.humidityMinPercent, 20, 80);
  return (0.04 * (wind - 2) - 0.004 * (humidity - 45)) * (climate.cropHeightMetres / 3) ** 0.3;
}

/** (62), (65) and (70) hold for crops of 0.1 to 10 m; (72) holds for any. */
function ofTabledHeight(climate: StageClimate): StageClimate {
  return { ...climate, cropHeightMetres: within(climate.cropHeightMetres, 0.1, 10) };
}

function between(from: number, to: number, share: number): number {
  return from + share * (to - from);
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
