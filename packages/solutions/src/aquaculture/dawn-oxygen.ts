import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/**
 * How much oxygen a pond will have at dawn, from two readings of the evening: at night nothing makes oxygen, what lives in the pond
 * goes on using it, and it falls along a straight line.
 *
 * Boyd, C. E., Romaire, R. P. and Johnston, E., "Predicting early morning dissolved oxygen concentrations in channel catfish
 * ponds", Transactions of the American Fisheries Society 107 (1978), 484–492. The first reading is taken at dusk, the second two to
 * three hours later (up to five in extension practice). It leaves out what the air gives back, which counts in wind: Madenjian,
 * C. P., Rogers, G. L. and Fast, A. W., Aquacultural Engineering 6 (1987), 191–225.
 */
export interface OxygenReading {
  readonly timeMicros: number;
  readonly oxygenMgPerLitre: number;
}

export interface DawnForecast {
  /** Not below 0. */
  readonly dawnMgPerLitre: number;
  readonly fallMgPerLitrePerHour: number;
}

export const LEAST_HOURS_BETWEEN_READINGS = 2;
export const MOST_HOURS_BETWEEN_READINGS = 5;

const HOUR_MICROS = 3_600e6;

/** What will be dissolved at dawn. */
export function dawnOxygen(dusk: OxygenReading, later: OxygenReading, dawnMicros: number): Determined<DawnForecast> {
  const hours = (later.timeMicros - dusk.timeMicros) / HOUR_MICROS;
  if (!(hours >= LEAST_HOURS_BETWEEN_READINGS && hours <= MOST_HOURS_BETWEEN_READINGS)) {
    return undetermined("the second reading is not 2 to 5 hours after the first");
  }
  if (!(dawnMicros >= later.timeMicros)) return undetermined("dawn is before the second reading");
  const fall = (dusk.oxygenMgPerLitre - later.oxygenMgPerLitre) / hours;
  if (!(fall >= 0)) return undetermined("oxygen does not fall: something makes it, or a reading is missing");
  const hoursToDawn = (dawnMicros - dusk.timeMicros) / HOUR_MICROS;
  const dawnMgPerLitre = Math.max(0, dusk.oxygenMgPerLitre - fall * hoursToDawn);
  return determined({ dawnMgPerLitre, fallMgPerLitrePerHour: fall });
}

/** When oxygen will have fallen to a limit that the second reading was still above, in microseconds. */
export function oxygenReaches(dusk: OxygenReading, later: OxygenReading, limitMgPerLitre: number): Determined<number> {
  const fall = dusk.oxygenMgPerLitre - later.oxygenMgPerLitre;
  if (!(fall > 0 && later.timeMicros > dusk.timeMicros)) return undetermined("oxygen does not fall");
  if (!(later.oxygenMgPerLitre >= limitMgPerLitre)) return undetermined("oxygen is below the limit already");
  const share = (dusk.oxygenMgPerLitre - limitMgPerLitre) / fall;
  return determined(Math.round(dusk.timeMicros + share * (later.timeMicros - dusk.timeMicros)));
}
