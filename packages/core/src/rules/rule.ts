/**
 * A rule watches one metric of one device and knows two phases:
 *
 *   normal → firing   its condition became true: a new *episode* begins
 *   firing → normal   its condition became false (past the hysteresis): the episode ends
 *
 * Episodes count from 1 per rule and device, so (rule, device, episode) names one cause for ever.
 */
export interface RuleState {
  readonly phase: "normal" | "firing";
  readonly episode: number;
}

export const INITIAL_RULE_STATE: RuleState = { phase: "normal", episode: 0 };

/** A rule as the pipeline runs it: pure, and never waiting. */
export interface CompiledRule {
  readonly id: number;
  readonly metricNumber: number;
  /** Returns the state after one reading; the very same object when nothing changed. */
  evaluate(state: RuleState, timeMicros: number, value: number): RuleState;
}
