/**
 * Signs that drinking water is contaminated, told by limits and by how fast readings change; pure, over the last readings of one
 * station. What a station's own habits are is learned elsewhere; these signs hold for any.
 *
 * That chlorine, conductivity and turbidity tell is found by Hall, J. and others, "On-line water quality parameters as indicators of
 * distribution system contamination", Journal AWWA 99 (2007), 66–77. Their thresholds depend on the water; the defaults here are
 * ours, but for the residual of chlorine, which is the WHO's (`limit-table.ts`).
 */
export interface WaterSample {
  readonly timeMicros: number;
  readonly chlorine?: number | undefined;
  readonly turbidity?: number | undefined;
  readonly conductivity?: number | undefined;
  readonly ph?: number | undefined;
}

export const CONTAMINATION_SIGNS = ["chlorine-loss", "intrusion", "spill"] as const;
/**
 * - `chlorine-loss`: disinfection is used up or has stopped;
 * - `intrusion`: chlorine falls and the water gets cloudy, or conducts otherwise: untreated water has come in;
 * - `spill`: acidity or conductivity jumps: something has been dissolved.
 */
export type ContaminationSign = (typeof CONTAMINATION_SIGNS)[number];

type Watched = "chlorine" | "turbidity" | "conductivity" | "ph";

export interface Change {
  readonly metric: Watched;
  readonly before: number;
  readonly now: number;
}

export interface FoundSign {
  readonly sign: ContaminationSign;
  readonly because: readonly Change[];
}

export interface SignThresholds {
  readonly recentMs: number;
  readonly baselineMs: number;
  /** Fewer valid readings than this, before or now, say nothing. */
  readonly leastReadings: number;
  readonly leastChlorineMgPerLitre: number;
  /** Of its baseline. */
  readonly chlorineFallShare: number;
  readonly turbidityRiseNtu: number;
  readonly turbidityRiseFactor: number;
  readonly conductivityChangeShare: number;
  readonly phChange: number;
}

export const SIGN_THRESHOLDS: SignThresholds = {
  recentMs: 5 * 60_000,
  baselineMs: 60 * 60_000,
  leastReadings: 3,
  leastChlorineMgPerLitre: 0.2,
  chlorineFallShare: 0.3,
  turbidityRiseNtu: 0.5,
  turbidityRiseFactor: 2,
  conductivityChangeShare: 0.1,
  phChange: 0.5,
};

/**
 * Compares the medians of the last minutes with those of the time before, so that one wild reading is no sign. Samples in the order
 * of time; the last one says what "now" is.
 */
export function contaminationSigns(
  samples: readonly WaterSample[],
  thresholds: SignThresholds = SIGN_THRESHOLDS,
): FoundSign[] {
  const changeOf = (metric: Watched) => changeIn(samples, metric, thresholds);
  const chlorine = changeOf("chlorine");
  const turbidity = changeOf("turbidity");
  const conductivity = changeOf("conductivity");
  const ph = changeOf("ph");
  const fell = isFall(chlorine, thresholds);
  const clouded = isClouding(turbidity, thresholds);
  const conducts = isOtherConductivity(conductivity, thresholds);
  const soured = ph !== undefined && Math.abs(ph.now - ph.before) >= thresholds.phChange;
  const found: FoundSign[] = [];
  if (fell) found.push({ sign: "chlorine-loss", because: [chlorine!] });
  if (fell && (clouded || conducts)) {
    found.push({ sign: "intrusion", because: those([chlorine, true], [turbidity, clouded], [conductivity, conducts]) });
  }
  if (soured || (conducts && !fell)) {
    found.push({ sign: "spill", because: those([ph, soured], [conductivity, conducts]) });
  }
  return found;
}

function isFall(chlorine: Change | undefined, thresholds: SignThresholds): boolean {
  if (chlorine === undefined) return false;
  const isBelow =
    chlorine.now < thresholds.leastChlorineMgPerLitre && chlorine.before >= thresholds.leastChlorineMgPerLitre;
  return isBelow || (chlorine.before > 0 && chlorine.now <= chlorine.before * (1 - thresholds.chlorineFallShare));
}

function isClouding(turbidity: Change | undefined, thresholds: SignThresholds): boolean {
  if (turbidity === undefined) return false;
  const { before, now } = turbidity;
  return now - before >= thresholds.turbidityRiseNtu && now >= before * thresholds.turbidityRiseFactor;
}

function isOtherConductivity(conductivity: Change | undefined, thresholds: SignThresholds): boolean {
  if (conductivity === undefined || !(conductivity.before > 0)) return false;
  return Math.abs(conductivity.now / conductivity.before - 1) >= thresholds.conductivityChangeShare;
}

function changeIn(samples: readonly WaterSample[], metric: Watched, thresholds: SignThresholds): Change | undefined {
  const end = samples.at(-1)?.timeMicros ?? 0;
  const recentFrom = end - thresholds.recentMs * 1000;
  const baselineFrom = recentFrom - thresholds.baselineMs * 1000;
  const before = medianOf(samples, metric, baselineFrom, recentFrom, thresholds.leastReadings);
  const now = medianOf(samples, metric, recentFrom, end, thresholds.leastReadings);
  return before === undefined || now === undefined ? undefined : { metric, before, now };
}

/** Of the readings after `from` and up to `to`. */
function medianOf(
  samples: readonly WaterSample[],
  metric: Watched,
  from: number,
  to: number,
  least: number,
): number | undefined {
  const values = samples
    .filter(({ timeMicros }) => timeMicros > from && timeMicros <= to)
    .map((sample) => sample[metric])
    .filter((value): value is number => value !== undefined && Number.isFinite(value))
    .sort((a, b) => a - b);
  if (values.length < least) return undefined;
  const middle = Math.floor(values.length / 2);
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1]! + values[middle]!) / 2;
}

function those(...some: readonly (readonly [change: Change | undefined, holds: boolean])[]): Change[] {
  return some.flatMap(([change, holds]) => (holds && change !== undefined ? [change] : []));
}
