export type NsfVariable =
  | "dissolvedOxygenPercent"
  | "fecalColiformPer100Ml"
  | "ph"
  | "biochemicalOxygenDemandMgPerLitre"
  | "temperatureChangeCelsius"
  | "totalPhosphateMgPerLitreAsP"
  | "nitrateMgPerLitreAsNo3"
  | "turbidityNtu"
  | "totalSolidsMgPerLitre";

export type CurvePoint = readonly [value: number, quality: number];

export interface NsfCurve {
  /** What can be measured at all. */
  readonly least: number;
  readonly most: number;
  /** Rising in value. */
  readonly points: readonly CurvePoint[];
  /** Beyond the last point, and before the first. */
  readonly above: number;
  readonly below: number;
  /** Drawn over the logarithm of the value. */
  readonly isLogarithmic: boolean;
}

/**
 * The experts' curves as the tables of points by which they are taught (Johnson, R. L., Holman, S. and Holmquist, D. D., "Water
 * Quality with Vernier", chapter "Water Quality Index", after Mitchell and Stapp), straight between the points. What a hand reads
 * off the printed curves differs from them by a few points.
 */
export const NSF_CURVES: Readonly<Record<NsfVariable, NsfCurve>> = {
  dissolvedOxygenPercent: curve({
    points: [
      [0, 0],
      [10, 8],
      [20, 13],
      [30, 20],
      [40, 30],
      [50, 43],
      [60, 56],
      [70, 77],
      [80, 88],
      [85, 92],
      [90, 95],
      [95, 97.5],
      [100, 99],
      [105, 98],
      [110, 95],
      [120, 90],
      [130, 85],
      [140, 78],
    ],
    above: 50,
  }),
  fecalColiformPer100Ml: curve({
    points: [
      [1, 98],
      [2, 89],
      [5, 80],
      [10, 71],
      [20, 63],
      [50, 53],
      [100, 45],
      [200, 37],
      [500, 27],
      [1_000, 22],
      [2_000, 18],
      [5_000, 13],
      [10_000, 10],
      [20_000, 8],
      [50_000, 5],
      [100_000, 3],
    ],
    below: 98,
    above: 2,
    isLogarithmic: true,
  }),
  ph: curve({
    most: 14,
    points: [
      [2, 2],
      [3, 4],
      [4, 8],
      [5, 24],
      [6, 55],
      [7, 90],
      [7.2, 92],
      [7.5, 93],
      [7.7, 90],
      [8, 82],
      [8.5, 67],
      [9, 47],
      [10, 19],
      [11, 7],
      [12, 2],
    ],
    below: 0,
    above: 0,
  }),
  biochemicalOxygenDemandMgPerLitre: curve({
    points: [
      [0, 96],
      [1, 92],
      [2, 80],
      [2.5, 73],
      [3, 66],
      [4, 58],
      [5, 55],
      [7.5, 44],
      [8, 41],
      [10, 33],
      [12.5, 26],
      [15, 20],
      [17.5, 16],
      [20, 14],
      [22.5, 10],
      [25, 8],
      [27.5, 6],
      [30, 5],
    ],
    above: 2,
  }),
  temperatureChangeCelsius: curve({
    least: -50,
    most: 50,
    points: [
      [-10, 56],
      [-7.5, 63],
      [-5, 73],
      [-2.5, 85],
      [-1, 90],
      [0, 93],
      [1, 89],
      [2.5, 85],
      [5, 72],
      [7.5, 57],
      [10, 44],
      [12.5, 36],
      [15, 28],
      [17.5, 23],
      [20, 21],
      [22.5, 18],
      [25, 15],
      [27.5, 12],
      [30, 10],
    ],
    below: 56,
    above: 10,
  }),
  totalPhosphateMgPerLitreAsP: curve({
    points: [
      [0, 99],
      [0.05, 98],
      [0.1, 97],
      [0.2, 95],
      [0.3, 90],
      [0.4, 78],
      [0.5, 60],
      [0.75, 50],
      [1, 39],
      [1.5, 30],
      [2, 26],
      [3, 21],
      [4, 16],
      [5, 12],
      [6, 10],
      [7, 8],
      [8, 7],
      [9, 6],
      [10, 5],
    ],
    above: 2,
  }),
  nitrateMgPerLitreAsNo3: curve({
    points: [
      [0, 98],
      [0.25, 97],
      [0.5, 96],
      [0.75, 95],
      [1, 94],
      [1.5, 92],
      [2, 90],
      [3, 85],
      [4, 70],
      [5, 65],
      [10, 51],
      [15, 43],
      [20, 37],
      [30, 24],
      [40, 17],
      [50, 7],
      [60, 5],
      [70, 4],
      [80, 3],
      [90, 2],
      [100, 1],
    ],
    above: 1,
  }),
  turbidityNtu: curve({
    points: [
      [0, 97],
      [5, 84],
      [10, 76],
      [15, 68],
      [20, 62],
      [25, 57],
      [30, 53],
      [35, 48],
      [40, 45],
      [50, 39],
      [60, 34],
      [70, 28],
      [80, 25],
      [90, 22],
      [100, 17],
    ],
    above: 5,
  }),
  totalSolidsMgPerLitre: curve({
    points: [
      [0, 80],
      [50, 90],
      [100, 85],
      [150, 78],
      [200, 72],
      [250, 65],
      [300, 60],
      [350, 52],
      [400, 46],
      [450, 40],
      [500, 30],
    ],
    above: 20,
  }),
};

/** The quality at a value that lies between the first and the last point. */
export function interpolate(points: readonly CurvePoint[], value: number, isLogarithmic: boolean): number {
  const along = isLogarithmic ? Math.log : (x: number) => x;
  const next = Math.max(
    1,
    points.findIndex(([x]) => x >= value),
  );
  const [x0, q0] = points[next - 1]!;
  const [x1, q1] = points[next]!;
  return q0 + ((q1 - q0) * (along(value) - along(x0))) / (along(x1) - along(x0));
}

/** Concentrations are not negative, and have no end. */
function curve(some: Partial<NsfCurve> & Pick<NsfCurve, "points" | "above">): NsfCurve {
  return { least: 0, most: Number.POSITIVE_INFINITY, below: some.points[0]![1], isLogarithmic: false, ...some };
}
