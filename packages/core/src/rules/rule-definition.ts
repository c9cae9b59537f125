/**
 * What a rule watches, as it is written and stored. Values are in the metric's own unit, durations in milliseconds.
 * `rule.ts` says what becomes of it.
 */

/** A metric's key on the rule's own device, or on another device (by uid) of the same asset. */
export type MetricReference = string | { readonly device: string; readonly metric: string };

/**
 * True on a value strictly below (or above) `value`, and false once a value is back by `hysteresis`: "below 10" with
 * hysteresis 2 is true at 9.99, stays true at 11.99 and is false at 12.
 */
export interface ThresholdCondition {
  readonly kind: "threshold";
  readonly metric: MetricReference;
  readonly operator: "below" | "above";
  readonly value: number;
  /** 0 when absent. */
  readonly hysteresis?: number;
}

/**
 * True while a value is at least `by` above (or below) the oldest sample of the window that ends with it. Samples are the
 * first readings of each fifteenth of the window. Unknown without an older sample in it.
 */
export interface RateCondition {
  readonly kind: "rate";
  readonly metric: MetricReference;
  readonly operator: "rising" | "falling";
  readonly by: number;
  readonly withinMs: number;
}

/** True once there was no valid reading for this long; before the first one, since the rule was defined. Never unknown. */
export interface NoDataCondition {
  readonly kind: "no-data";
  readonly metric: MetricReference;
  readonly afterMs: number;
}

/** True while the inner condition went from false to true at least `times` times within the window that ends now. */
export interface RepeatedCondition {
  readonly kind: "repeated";
  readonly condition: Condition;
  readonly times: number;
  readonly withinMs: number;
}

export interface CombinedCondition {
  readonly kind: "all" | "any";
  readonly conditions: readonly Condition[];
}

export interface NegatedCondition {
  readonly kind: "not";
  readonly condition: Condition;
}

export type Condition =
  | ThresholdCondition
  | RateCondition
  | NoDataCondition
  | RepeatedCondition
  | CombinedCondition
  | NegatedCondition;

/**
 * Open from sunrise to sunset (or from sunset to sunrise) at the place of the rule's site. The day begins `offsetMs` after
 * sunrise and ends as long before sunset; a negative offset makes it longer.
 */
export interface DaylightGate {
  readonly kind: "daylight";
  readonly is: "day" | "night";
  readonly offsetMs?: number;
}

/** Open while another rule of the same device or asset fires, or does not. */
export interface RuleGate {
  readonly kind: "rule";
  readonly rule: number;
  readonly is: "firing" | "not-firing";
}

export type Gate = DaylightGate | RuleGate;

export interface RuleTiming {
  /** How long the condition has to be true, without a gap, before the rule fires; at once when absent. */
  readonly forMs?: number;
  /** How long it has to be false before the rule is resolved; at once when absent. */
  readonly resolveAfterMs?: number;
  /** A reading older than this says nothing any more; `DEFAULT_STALE_AFTER_MS` when absent. */
  readonly staleAfterMs?: number;
  /** While one of them is closed the condition counts as false. */
  readonly gates?: readonly Gate[];
}

export type RuleDefinition = Condition & RuleTiming;

export const DEFAULT_STALE_AFTER_MS = 15 * 60_000;
/** Of a duration or a window. */
export const MAX_WINDOW_MS = 31 * 86_400_000;
/** A condition within a condition. */
export const MAX_NESTING = 5;
/** Thresholds, rates and no-datas of one rule. */
export const MAX_LEAVES = 16;
/** Metrics that one rule reads. */
export const MAX_INPUTS = 16;
export const MAX_GATES = 8;
/** Of a `repeated`: it remembers the time of each. */
export const MAX_REPETITIONS = 100;
export const MAX_DAYLIGHT_OFFSET_MS = 12 * 3_600_000;

/** The conditions directly within one. */
export function innerConditions(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.conditions;
    case "not":
    case "repeated":
      return [condition.condition];
    default:
      return [];
  }
}

/** Each metric that a condition reads, once. */
export function metricsOf(condition: Condition): MetricReference[] {
  const found = new Map<string, MetricReference>();
  const visit = (one: Condition): void => {
    if ("metric" in one) found.set(metricName(one.metric), one.metric);
    for (const inner of innerConditions(one)) visit(inner);
  };
  visit(condition);
  return [...found.values()];
}

/** As it is told to people, and unique: `moisture`, or `probe-2/moisture`. */
export function metricName(metric: MetricReference): string {
  return typeof metric === "string" ? metric : `${metric.device}/${metric.metric}`;
}

/** The rules that a definition's gates name. */
export function gateRulesOf({ gates = [] }: RuleTiming): number[] {
  return [...new Set(gates.flatMap((gate) => (gate.kind === "rule" ? [gate.rule] : [])))];
}
