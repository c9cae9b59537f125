import type { ChemicalBasis } from "./chemical-basis.ts";

export const AUTHORITIES = ["EPA", "EU", "WHO"] as const;
export type Authority = (typeof AUTHORITIES)[number];

/**
 * What it means to be beyond a limit:
 * - `legal`: the water may not be supplied;
 * - `action`: the supplier has to act (sample on, treat, replace pipes), the water may be supplied meanwhile;
 * - `treatment`: treatment or disinfection does not do its work;
 * - `guideline`: health-based, binding where a country has made it so;
 * - `indicator`: something has changed that has to be looked into;
 * - `aesthetic`: people will see, taste or smell it, and pipes may suffer.
 */
export type LimitMeaning = "legal" | "action" | "treatment" | "guideline" | "indicator" | "aesthetic";

export interface WaterLimit {
  /** A metric's key, where a station of the profile measures it. */
  readonly parameter: string;
  readonly authority: Authority;
  readonly meaning: LimitMeaning;
  readonly minimum?: number;
  readonly maximum?: number;
  /** As the source prints it: "mg/L", "µg/L", "NTU", "pH", "µS/cm", "1/100 mL". */
  readonly unit: string;
  /** What is weighed, where the element or the ion could be meant. */
  readonly as?: ChemicalBasis;
  /** Where a conductivity is told for another temperature than 25 °C. */
  readonly atCelsius?: 20;
  /** The first day on which it holds, and the first on which it no longer does: "2036-01-12". Always, where absent. */
  readonly from?: string;
  readonly until?: string;
  readonly source: string;
  readonly note?: string;
}
