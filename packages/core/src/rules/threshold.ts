import { SluiceError } from "../errors.ts";
import type { RuleState } from "./rule.ts";

export type ThresholdOperator = "below" | "above";

/**
 * Fires on a value strictly below (or above) `value`, and resolves once a value is back by `hysteresis`: for "below 10" with
 * hysteresis 2 that is 9.99 → firing, 11.99 → still firing, 12 → normal. Both numbers are in the metric's own unit.
 */
export interface Threshold {
  readonly operator: ThresholdOperator;
  readonly value: number;
  readonly hysteresis: number;
}

/**
 * A threshold without any time: most rules, on the way of every reading, so it allocates only when its phase changes. Throws
 * `rule.threshold_invalid` for one that could never be evaluated.
 */
export function compileThreshold({
  operator,
  value,
  hysteresis,
}: Threshold): (state: RuleState, timeMicros: number, reading: number) => RuleState {
  if (!Number.isFinite(value)) throw invalid("value", value, "a finite number");
  if (!Number.isFinite(hysteresis) || hysteresis < 0) throw invalid("hysteresis", hysteresis, "a number of at least 0");
  if (operator === "below") {
    const back = value + hysteresis;
    return (state, timeMicros, reading) => step(state, timeMicros, reading < value, reading >= back);
  }
  if (operator !== "above") throw invalid("operator", operator, '"below" or "above"');
  const back = value - hysteresis;
  return (state, timeMicros, reading) => step(state, timeMicros, reading > value, reading <= back);
}

/** A NaN is neither breached nor back, so it changes nothing: what is not known neither starts nor ends an episode. */
function step(state: RuleState, timeMicros: number, isBreached: boolean, isBack: boolean): RuleState {
  const { phase, episode, nodes } = state;
  if (phase === "normal") {
    return isBreached
      ? { phase: "firing", episode: episode + 1, sinceMicros: timeMicros, atMicros: timeMicros, nodes }
      : state;
  }
  return isBack ? { phase: "normal", episode, sinceMicros: timeMicros, atMicros: timeMicros, nodes } : state;
}

function invalid(field: string, given: unknown, expected: string): SluiceError {
  return new SluiceError("invalid", "rule.threshold_invalid", `${field} must be ${expected}`, {
    details: { field, given: String(given) },
  });
}
