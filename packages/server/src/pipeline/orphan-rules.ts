import { type CompiledRule, calmState, INITIAL_RULE_STATE, type RuleState } from "@sluice/core/rules/rule.ts";
import type { RuleTransition } from "@sluice/core/rules/rule-run.ts";
import { NOTHING_PASSED_OVER, type RuleMemory } from "./rule-states.ts";

/** Whether a memory is that of a rule that is gone or switched off, or of an earlier revision of its definition. */
export function isOrphan({ revision, state }: RuleMemory, rule: CompiledRule | undefined): boolean {
  if (rule !== undefined) return rule.revision !== revision;
  return state.phase !== "normal" || state.nodes.length > 0;
}

/** Nothing may fire for ever because nobody looks at it any more: its episode ends. Episodes go on counting. */
export function endOrphan(
  ruleId: number,
  { deviceId, revision, state }: RuleMemory,
  rule: CompiledRule | undefined,
  nowMicros: number,
): { readonly memory: RuleMemory; readonly transition: RuleTransition | undefined } {
  const { episode, phase } = state;
  const calm: RuleState = calmState(rule ?? { initialState: INITIAL_RULE_STATE }, episode);
  const memory: RuleMemory = {
    deviceId: rule?.deviceId ?? deviceId,
    revision: rule?.revision ?? revision,
    state: calm,
    lagMicros: 0,
    storedLagMicros: 0,
    readings: [],
    passedOver: NOTHING_PASSED_OVER,
  };
  if (phase === "normal") return { memory, transition: undefined };
  return { memory, transition: { ruleId, deviceId, episode, state: "resolved", timeMicros: nowMicros, value: null } };
}
