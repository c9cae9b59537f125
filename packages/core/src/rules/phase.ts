import type { RulePhase, RuleState } from "./rule.ts";
import { FALSE, TRUE, type Truth } from "./truth.ts";

export interface PhaseTimes {
  readonly forMicros: number;
  readonly resolveAfterMicros: number;
}

/** The one place where a rule's phase changes; `rule.ts` has the list. */
export function nextPhase(
  { phase, sinceMicros }: RuleState,
  truth: Truth,
  timeMicros: number,
  { forMicros, resolveAfterMicros }: PhaseTimes,
): RulePhase {
  const heldMicros = timeMicros - sinceMicros;
  switch (phase) {
    case "normal":
      if (truth !== TRUE) return "normal";
      return forMicros > 0 ? "pending" : "firing";
    case "pending":
      if (truth !== TRUE) return "normal";
      return heldMicros >= forMicros ? "firing" : "pending";
    case "firing":
      if (truth !== FALSE) return "firing";
      return resolveAfterMicros > 0 ? "clearing" : "normal";
    case "clearing":
      if (truth !== FALSE) return "firing";
      return heldMicros >= resolveAfterMicros ? "normal" : "clearing";
  }
}

/** When a phase ends by itself. */
export function phaseDueMicros(
  { phase, sinceMicros }: RuleState,
  { forMicros, resolveAfterMicros }: PhaseTimes,
): number {
  if (phase === "pending") return sinceMicros + forMicros;
  return phase === "clearing" ? sinceMicros + resolveAfterMicros : Number.POSITIVE_INFINITY;
}
