import { MM_PER_MJ } from "./atmosphere.ts";

/** What the reference surface is, and how long the period: Cn, in K mm s³/(Mg day or hour), and Cd, in s/m. */
export interface ReferenceSurface {
  readonly numerator: number;
  readonly denominator: number;
}

/** FAO-56 (6): grass of 0.12 m, over a day. */
export const FAO56_DAY: ReferenceSurface = { numerator: 900, denominator: 0.34 };
/** FAO-56 (53), over an hour. */
export const FAO56_HOUR: ReferenceSurface = { numerator: 37, denominator: 0.34 };

/**
 * ASCE-EWRI, "The ASCE standardized reference evapotranspiration equation", 2005, table 1: short is grass of 0.12 m, tall alfalfa
 * of 0.5 m. By night the stomata are shut.
 */
export const ASCE = {
  short: {
    day: { numerator: 900, denominator: 0.34 },
    daylightHour: { numerator: 37, denominator: 0.24 },
    nightHour: { numerator: 37, denominator: 0.96 },
  },
  tall: {
    day: { numerator: 1600, denominator: 0.38 },
    daylightHour: { numerator: 66, denominator: 0.25 },
    nightHour: { numerator: 66, denominator: 1.7 },
  },
} as const satisfies Record<string, Record<string, ReferenceSurface>>;

export interface PenmanMonteithTerms {
  /** Δ. */
  readonly slopeKpaPerCelsius: number;
  /** γ. */
  readonly psychrometricKpaPerCelsius: number;
  /** Rn and G of the period. */
  readonly netRadiationMj: number;
  readonly soilHeatFluxMj: number;
  /** T, the mean of the period. */
  readonly temperatureCelsius: number;
  /** u2. */
  readonly windAt2mMetresPerSecond: number;
  /** es - ea. */
  readonly vapourPressureDeficitKpa: number;
}

/** The share of the energy, and the share of the wind and the dry air. */
export interface Evapotranspiration {
  readonly radiationMm: number;
  readonly aerodynamicMm: number;
  /** Their sum, in millimetres of the period; negative while dew falls. */
  readonly totalMm: number;
}

/** FAO-56 (6) and (53), ASCE-EWRI 2005 equation 1. */
export function penmanMonteith(terms: PenmanMonteithTerms, surface: ReferenceSurface): Evapotranspiration {
  const { slopeKpaPerCelsius: slope, psychrometricKpaPerCelsius: gamma, windAt2mMetresPerSecond: wind } = terms;
  const divisor = slope + gamma * (1 + surface.denominator * wind);
  const radiationMm = (MM_PER_MJ * slope * (terms.netRadiationMj - terms.soilHeatFluxMj)) / divisor;
  const drying = (surface.numerator / (terms.temperatureCelsius + 273)) * wind * terms.vapourPressureDeficitKpa;
  const aerodynamicMm = (gamma * drying) / divisor;
  return { radiationMm, aerodynamicMm, totalMm: radiationMm + aerodynamicMm };
}
