/** Whether rain, fallen or foretold, makes watering a zone idle. */

export interface RainOutlook {
  /** Fallen since the balance was last brought up to date; undefined where no gauge says. */
  readonly fallenMm: number | undefined;
  /** It rains now. */
  readonly isRaining: boolean;
  /** Of the hours that the soil can wait; undefined without a forecast. */
  readonly expectedMm: number | undefined;
  /** 0 to 1. */
  readonly probability: number | undefined;
}

export interface RainSkipSettings {
  /** Rain less than this makes no difference. */
  readonly leastRainMm: number;
  /** A forecast less sure than this is not waited for; 0 to 1. */
  readonly leastProbability: number;
}

export type RainVerdict =
  | { readonly kind: "none" }
  | { readonly kind: "raining" }
  /** `mm` count against what is missing. */
  | { readonly kind: "fallen"; readonly mm: number }
  | { readonly kind: "expected"; readonly mm: number; readonly probability: number };

/** What lies in the gauge goes before what a forecast promises. */
export function judgeRain(outlook: RainOutlook, settings: RainSkipSettings): RainVerdict {
  if (outlook.isRaining) return { kind: "raining" };
  const fallen = outlook.fallenMm ?? 0;
  if (fallen >= settings.leastRainMm) return { kind: "fallen", mm: fallen };
  const { expectedMm = 0, probability = 0 } = outlook;
  if (expectedMm >= settings.leastRainMm && probability >= settings.leastProbability) {
    return { kind: "expected", mm: expectedMm, probability };
  }
  return { kind: "none" };
}
