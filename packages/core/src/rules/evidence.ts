import { type Condition, type MetricReference, metricName } from "./rule-definition.ts";
import { not, TRUE, type Truth, UNKNOWN } from "./truth.ts";

/** What is known of a rule's readings at a moment. */
export interface KnownReadings {
  readonly nowMicros: number;
  /** Since when the rule is watched. */
  readonly definedMicros: number;
  /** Time of the newest valid reading of a metric; undefined when there is none. */
  readonly newestMicros: (metric: MetricReference) => number | undefined;
}

/**
 * Of when the newest evidence is that a rule which fires does so rightly: its newest reading, or this very moment while there
 * is silence that alone makes its condition true. A reading that ends a silence is no evidence of it. Undefined: there is none.
 */
export function newestEvidence(condition: Condition, known: KnownReadings): number | undefined {
  if (truthBySilence(condition, known) === TRUE) return known.nowMicros;
  const metrics = new Map(telling(condition, true).map((metric) => [metricName(metric), metric]));
  let newest: number | undefined;
  for (const metric of metrics.values()) {
    const timeMicros = known.newestMicros(metric);
    if (timeMicros !== undefined && timeMicros > (newest ?? Number.NEGATIVE_INFINITY)) newest = timeMicros;
  }
  return newest;
}

/** What holds by silence alone; it takes a reading to end one, so nothing is false by silence but what it negates. */
function truthBySilence(condition: Condition, known: KnownReadings): Truth {
  switch (condition.kind) {
    case "no-data": {
      const { nowMicros, definedMicros, newestMicros } = known;
      const sinceMicros = Math.max(newestMicros(condition.metric) ?? definedMicros, definedMicros);
      return nowMicros >= sinceMicros + condition.afterMs * 1000 ? TRUE : UNKNOWN;
    }
    case "not":
      return not(truthBySilence(condition.condition, known));
    case "all":
      return Math.min(...condition.conditions.map((one) => truthBySilence(one, known))) as Truth;
    case "any":
      return Math.max(...condition.conditions.map((one) => truthBySilence(one, known))) as Truth;
    default:
      return UNKNOWN;
  }
}

/** The metrics whose readings can make a condition true, or (`isTrue` false) false. */
function telling(condition: Condition, isTrue: boolean): MetricReference[] {
  switch (condition.kind) {
    case "threshold":
    case "rate":
      return [condition.metric];
    case "no-data":
      return isTrue ? [] : [condition.metric];
    case "not":
      return telling(condition.condition, !isTrue);
    case "repeated":
      return [...telling(condition.condition, true), ...telling(condition.condition, false)];
    default:
      return condition.conditions.flatMap((one) => telling(one, isTrue));
  }
}
