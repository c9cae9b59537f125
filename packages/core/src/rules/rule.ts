/**
 * A rule watches readings of one or more devices and knows four phases:
 *
 *   normal   → pending    its condition became true, and has to hold for `forMs`: a new *episode* begins
 *   normal   → firing     the same, without a `forMs`
 *   pending  → firing     it was true all the while
 *   pending  → normal     it was false, or unknown, meanwhile: the episode lapses, and the next begins anew
 *   firing   → clearing   its condition became false, and has to stay so for `resolveAfterMs`
 *   clearing → firing     it was true, or unknown, meanwhile
 *   firing, clearing → normal   the episode ends
 *
 * Conditions are true, false or *unknown* (Kleene's three values). A condition on a reading is unknown before the first one
 * and once the newest valid one is older than `staleAfterMs`; what is unknown neither begins nor ends an episode. So a gap
 * between two readings that is longer than that interrupts a `forMs`, even if both would do.
 *
 * Time is that of the readings. Before a reading of a time is looked at, all that was due until then (a `forMs` over, a
 * reading stale, a sunset) is looked at, at the time when it was due. While no reading comes a tick of the server's clock
 * does the same, so a live run and a replay of the same readings go through the same phases. A reading that is older than the
 * rule's clock, because a tick was faster, acts at the rule's clock.
 *
 * Episodes count from 1 per rule and device, so (rule, device, episode) names one cause for ever.
 */
export type RulePhase = "normal" | "pending" | "firing" | "clearing";

/** What a rule remembers. Replaced as a whole, and only when something of it changes: most readings change nothing. */
export interface RuleState {
  readonly phase: RulePhase;
  readonly episode: number;
  /** Since when it is in this phase. */
  readonly sinceMicros: number;
  /** When this state came about: the rule's clock does not go back behind it. */
  readonly atMicros: number;
  /** The memory of its conditions; numbers only, as `compileRule` laid them out. */
  readonly nodes: readonly number[];
}

/** Before every reading. */
export const NEVER = Number.NEGATIVE_INFINITY;

export const INITIAL_RULE_STATE: RuleState = {
  phase: "normal",
  episode: 0,
  sinceMicros: NEVER,
  atMicros: NEVER,
  nodes: [],
};

/** One metric of one device. */
export interface RuleInput {
  readonly deviceId: number;
  readonly metricNumber: number;
}

/** What a rule is evaluated on. */
export interface RuleTurn {
  readonly timeMicros: number;
  /** Per input, time and value of its newest reading; −∞ and NaN before the first. */
  readonly readings: readonly number[];
  /** Per input, what is said now; then per gate of another rule, 1 if that fires and 0 if not. NaN: no news. */
  readonly news: readonly number[];
}

/** A rule as it runs: pure, and never waiting. */
export interface CompiledRule {
  readonly id: number;
  /** The device that its transitions name. */
  readonly deviceId: number;
  /** Of its definition: a state belongs to one revision. */
  readonly revision: number;
  readonly inputs: readonly RuleInput[];
  /** Rules whose firing opens or closes a gate of this one. */
  readonly gateRuleIds: readonly number[];
  readonly initialState: RuleState;
  /** Returns the state after a turn; the very same object when nothing changed. */
  evaluate(state: RuleState, turn: RuleTurn): RuleState;
  /** The first time after `afterMicros` at which its state may change although nobody says anything; ∞ if there is none. */
  nextDueMicros(state: RuleState, readings: readonly number[], afterMicros: number): number;
  /** Of a rule that depends on one input and on no time at all: the whole of it, without a turn. */
  readonly evaluateValue: ((state: RuleState, timeMicros: number, value: number) => RuleState) | undefined;
}

/** What others are told of a rule's phases. */
export type TransitionState = "pending" | "firing" | "resolved";

/** Undefined where a change of phases is the rule's own matter. */
export function transitionBetween(before: RulePhase, after: RulePhase): TransitionState | undefined {
  if (before === after) return undefined;
  if (after === "normal") return "resolved";
  if (after === "pending") return "pending";
  return after === "firing" && before !== "clearing" ? "firing" : undefined;
}

/** Whether a rule counts as firing for others. */
export function isFiring({ phase }: RuleState): boolean {
  return phase === "firing" || phase === "clearing";
}

/** A state without its conditions' memory and outside of any episode; episodes go on counting. */
export function calmState({ initialState }: Pick<CompiledRule, "initialState">, episode: number): RuleState {
  return episode === 0 ? initialState : { ...initialState, episode };
}
