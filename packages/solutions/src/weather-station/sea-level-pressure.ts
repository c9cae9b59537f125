import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/** Kp, in K/gpm: gravity over the gas constant of dry air, and over ln 10. */
const KP = 0.0148275;
/** a: how much colder the air is a metre higher, and so how much warmer the air that is not there, in K/gpm. */
const LAPSE_KELVIN_PER_METRE = 0.0065;
/** Ch: vapour makes the air lighter, in K/hPa. */
const VAPOUR_KELVIN_PER_HPA = 0.12;
const KELVIN = 273.15;

/** Higher than this the column of air that is not there is a fiction that forecasters do without. */
export const HIGHEST_STATION_METRES = 3_000;

/** What air near the ground can be, on this side of the records; outside it a unit or a sensor is wrong. */
const PRESSURES_HPA = [500, 1100] as const;
const TEMPERATURES_CELSIUS = [-80, 60] as const;
/** Of a dew point of 40 °C. */
const MOST_VAPOUR_HPA = 74;
/** Deeper than any shore. */
const LOWEST_STATION_METRES = -500;

export interface StationAir {
  readonly pressureHpa: number;
  readonly temperatureCelsius: number;
  /** Of the air's vapour; 0 costs 0.2 hPa at 300 m on a damp day. */
  readonly vapourPressureHpa?: number | undefined;
  readonly altitudeMetres: number;
}

/**
 * The pressure that a barometer would show at the foot of a column of air down to the sea: World Meteorological Organization,
 * Guide to Instruments and Methods of Observation (WMO-No. 8), volume I, chapter 3, "Reduction of pressure to standard levels",
 * equation for stations below 750 m; further up it is what others use too, with larger errors when the ground is cold.
 */
export function seaLevelPressureHpa(air: StationAir): Determined<number> {
  const { pressureHpa, temperatureCelsius, altitudeMetres, vapourPressureHpa = 0 } = air;
  const wrong = whyNot(air);
  if (wrong !== undefined) return undetermined(wrong);
  const halfway = (LAPSE_KELVIN_PER_METRE * altitudeMetres) / 2;
  const meanKelvin = temperatureCelsius + KELVIN + halfway + VAPOUR_KELVIN_PER_HPA * vapourPressureHpa;
  return determined(pressureHpa * 10 ** ((KP * altitudeMetres) / meanKelvin));
}

function whyNot({
  pressureHpa,
  temperatureCelsius,
  altitudeMetres,
  vapourPressureHpa = 0,
}: StationAir): string | undefined {
  if (!(pressureHpa > 0)) return "the pressure is missing";
  if (!isWithin(PRESSURES_HPA, pressureHpa)) return "the pressure is not between 500 and 1100 hPa";
  if (!Number.isFinite(temperatureCelsius)) return "the temperature is missing";
  if (!isWithin(TEMPERATURES_CELSIUS, temperatureCelsius)) return "the temperature is not between -80 and 60 °C";
  if (!isWithin([0, MOST_VAPOUR_HPA], vapourPressureHpa)) return "the vapour pressure is not between 0 and 74 hPa";
  if (!Number.isFinite(altitudeMetres)) return "the altitude is missing";
  if (altitudeMetres > HIGHEST_STATION_METRES) return `the station is above ${HIGHEST_STATION_METRES} m`;
  return altitudeMetres < LOWEST_STATION_METRES ? `the station is below ${LOWEST_STATION_METRES} m` : undefined;
}

function isWithin([least, most]: readonly [number, number], value: number): boolean {
  return value >= least && value <= most;
}
