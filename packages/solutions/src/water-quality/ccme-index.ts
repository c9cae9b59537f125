import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";

/**
 * How water keeps its objectives, from 0 (worst) to 100: how many variables fail, how often, and by how much.
 *
 * Canadian Council of Ministers of the Environment, "CCME Water Quality Index 1.0, User's Manual" (2001), unchanged in the revision
 * of 2017. Values below detection are the limit of detection, as in the authors' own programs (bcgov/wqindex).
 */
export interface WaterTest {
  readonly variable: string;
  readonly value: number;
  /** What lies below it, 0 above all, is taken for it: a 0 where there is a least would be missed infinitely. */
  readonly detectionLimit?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

export type CcmeCategory = "excellent" | "good" | "fair" | "marginal" | "poor";

export interface CcmeIndex {
  readonly index: number;
  readonly category: CcmeCategory;
  /** F1: percent of variables that fail at least once. */
  readonly scope: number;
  /** F2: percent of tests that fail. */
  readonly frequency: number;
  /** F3: 0 to 100, by how much. */
  readonly amplitude: number;
  /** Normalized sum of excursions. */
  readonly nse: number;
  readonly variables: number;
  readonly failedVariables: number;
  readonly tests: number;
  readonly failedTests: number;
}

/** The manual asks for at least these; fewer say nothing. */
export const LEAST_VARIABLES = 4;
export const LEAST_TESTS_OF_A_VARIABLE = 4;

/** The longest vector (100, 100, 100) has this length over 100. */
const SCALE = Math.sqrt(3);

/** Of the tests that have an objective; others neither keep nor fail anything. */
export function ccmeIndex(allTests: readonly WaterTest[]): Determined<CcmeIndex> {
  const tests = allTests.filter(({ minimum, maximum }) => minimum !== undefined || maximum !== undefined);
  const counts = new Map<string, number>();
  for (const { variable } of tests) counts.set(variable, (counts.get(variable) ?? 0) + 1);
  if (counts.size < LEAST_VARIABLES) return undetermined("fewer than 4 variables with an objective were tested");
  if (Math.min(...counts.values()) < LEAST_TESTS_OF_A_VARIABLE) {
    return undetermined("a variable was tested fewer than 4 times");
  }
  const failed = new Set<string>();
  let failedTests = 0;
  let excursions = 0;
  for (const test of tests) {
    const excursion = excursionOf(test);
    if (excursion === 0) continue;
    if (Number.isNaN(excursion)) return undetermined(`a value of ${test.variable} is missing`);
    if (!Number.isFinite(excursion)) {
      return undetermined(`${test.variable} is 0 where there is a least, and nobody says what could be detected`);
    }
    failed.add(test.variable);
    failedTests += 1;
    excursions += excursion;
  }
  const nse = excursions / tests.length;
  const scope = (100 * failed.size) / counts.size;
  const frequency = (100 * failedTests) / tests.length;
  const amplitude = nse / (0.01 * nse + 0.01);
  const index = 100 - Math.hypot(scope, frequency, amplitude) / SCALE;
  return determined({
    index,
    category: ccmeCategory(index),
    scope,
    frequency,
    amplitude,
    nse,
    variables: counts.size,
    failedVariables: failed.size,
    tests: tests.length,
    failedTests,
  });
}

/** Of the manual's table: 95 and above is excellent, 80 good, 65 fair, 45 marginal, less poor. */
export function ccmeCategory(index: number): CcmeCategory {
  if (index >= 95) return "excellent";
  if (index >= 80) return "good";
  if (index >= 65) return "fair";
  return index >= 45 ? "marginal" : "poor";
}

/** 0 where the objective is kept. An objective of 0 is missed by the value itself. */
function excursionOf({ value: measured, detectionLimit = 0, minimum, maximum }: WaterTest): number {
  if (!Number.isFinite(measured)) return Number.NaN;
  const value = Math.max(measured, detectionLimit);
  if (maximum !== undefined && value > maximum) return maximum === 0 ? value : value / maximum - 1;
  if (minimum !== undefined && value < minimum) return value > 0 ? minimum / value - 1 : Number.POSITIVE_INFINITY;
  return 0;
}
