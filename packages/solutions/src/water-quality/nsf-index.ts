import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { interpolate, NSF_CURVES, type NsfVariable } from "./nsf-curves.ts";

/**
 * One figure for a river, from 0 (worst) to 100, that 142 experts' curves and weights make of nine tests.
 *
 * Brown, R. M., McClelland, N. I., Deininger, R. A. and Tozer, R. G., "A water quality index – do we dare?", Water and Sewage Works
 * 117 (1970), 339–343; the weights as in Mitchell, M. K. and Stapp, W. B., "Field Manual for Water Quality Monitoring". Phosphate is
 * weighed as phosphorus and nitrate as the ion, as the City of Boulder's worksheets have it ("mg/L PO4-P", "mg/L NO3"; BASIN, Boulder
 * Creek Water Quality Index, 2000). Sheets that call the same axis PO4 give a third of the phosphorus the same quality.
 */
export const NSF_WEIGHTS: Readonly<Record<NsfVariable, number>> = {
  dissolvedOxygenPercent: 0.17,
  fecalColiformPer100Ml: 0.16,
  ph: 0.11,
  biochemicalOxygenDemandMgPerLitre: 0.11,
  temperatureChangeCelsius: 0.1,
  totalPhosphateMgPerLitreAsP: 0.1,
  nitrateMgPerLitreAsNo3: 0.1,
  turbidityNtu: 0.08,
  totalSolidsMgPerLitre: 0.07,
};

/** What was measured; what is absent was not. Oxygen in percent of saturation. */
export type NsfSample = { readonly [Variable in NsfVariable]?: number | undefined };

export type NsfCategory = "excellent" | "good" | "medium" | "bad" | "very bad";

export interface NsfIndex {
  readonly index: number;
  readonly category: NsfCategory;
  /** 0 to 100 each. */
  readonly quality: { readonly [Variable in NsfVariable]?: number };
  /** The weight of what was measured; 1 when all was. */
  readonly weight: number;
}

/** With less than this weight measured, what is missing decides more than what is known. */
export const LEAST_WEIGHT = 0.5;

const VARIABLES = Object.keys(NSF_WEIGHTS) as NsfVariable[];

/** The weights of what was not measured are shared out among the rest in their proportions. */
export function nsfIndex(sample: NsfSample): Determined<NsfIndex> {
  const quality: { [Variable in NsfVariable]?: number } = {};
  for (const variable of VARIABLES) {
    const value = sample[variable];
    if (value === undefined) continue;
    const q = nsfQuality(variable, value);
    if (q === undefined) return undetermined(`${variable} is no such value: ${value}`);
    quality[variable] = q;
  }
  return nsfIndexOfQualities(quality);
}

/** From quality values that were read off the curves by hand, as worksheets have them. */
export function nsfIndexOfQualities(quality: { readonly [Variable in NsfVariable]?: number }): Determined<NsfIndex> {
  const known = VARIABLES.filter((variable) => quality[variable] !== undefined);
  const wrong = known.find((variable) => !(quality[variable]! >= 0 && quality[variable]! <= 100));
  if (wrong !== undefined) return undetermined(`the quality of ${wrong} is not in 0 to 100`);
  const weight = known.reduce((sum, variable) => sum + NSF_WEIGHTS[variable], 0);
  if (weight < LEAST_WEIGHT) return undetermined("what was measured weighs less than half");
  const index = known.reduce((sum, variable) => sum + NSF_WEIGHTS[variable] * quality[variable]!, 0) / weight;
  return determined({ index, category: nsfCategory(index), quality, weight });
}

/** 0 to 100; undefined for what cannot be: a negative concentration, a pH beyond 14. */
export function nsfQuality(variable: NsfVariable, value: number): number | undefined {
  const { least, most, points, above, below, isLogarithmic } = NSF_CURVES[variable];
  if (!(value >= least && value <= most)) return undefined;
  if (value > points.at(-1)![0]) return above;
  if (value < points[0]![0]) return below;
  return interpolate(points, value, isLogarithmic);
}

export function nsfCategory(index: number): NsfCategory {
  if (index >= 90) return "excellent";
  if (index >= 70) return "good";
  if (index >= 50) return "medium";
  return index >= 25 ? "bad" : "very bad";
}
