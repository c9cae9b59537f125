import type { CompiledRule } from "./rule.ts";
import type { OnTransition, RuleRun } from "./rule-run.ts";

/** Rules that have to be evaluated together, because one opens or closes a gate of another; most groups are one rule. */
export interface RuleGroup {
  /** What opens a gate comes before what has it. */
  readonly rules: readonly CompiledRule[];
  /** Per rule, per gate: which of `rules` it is about; −1 for one that does not run, and so does not fire. */
  readonly gates: readonly (readonly number[])[];
  /** Whose readings they look at. */
  readonly deviceIds: readonly number[];
}

/** Parts rules into groups. Rules whose gates form a circle are left out: they were refused when they were made. */
export function groupRules(rules: readonly CompiledRule[]): RuleGroup[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const groupOf = new Map<number, CompiledRule[]>(rules.map((rule) => [rule.id, [rule]]));
  for (const rule of rules) {
    for (const gateRuleId of rule.gateRuleIds) {
      if (byId.has(gateRuleId)) merge(groupOf, rule.id, gateRuleId);
    }
  }
  return [...new Set(groupOf.values())].map((members) => groupOfOrdered(inGateOrder(members)));
}

function merge(groupOf: Map<number, CompiledRule[]>, one: number, other: number): void {
  const left = groupOf.get(one)!;
  const right = groupOf.get(other)!;
  if (left === right) return;
  left.push(...right);
  for (const { id } of right) groupOf.set(id, left);
}

function inGateOrder(members: readonly CompiledRule[]): CompiledRule[] {
  const waiting = new Map(members.map((rule) => [rule.id, rule]));
  const ordered: CompiledRule[] = [];
  for (;;) {
    const next = [...waiting.values()].filter((rule) => !rule.gateRuleIds.some((id) => waiting.has(id)));
    if (next.length === 0) return ordered;
    for (const rule of next) {
      waiting.delete(rule.id);
      ordered.push(rule);
    }
  }
}

function groupOfOrdered(rules: readonly CompiledRule[]): RuleGroup {
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]));
  return {
    rules,
    gates: rules.map(({ gateRuleIds }) => gateRuleIds.map((id) => indexOf.get(id) ?? -1)),
    deviceIds: [...new Set(rules.flatMap(({ inputs }) => inputs.map(({ deviceId }) => deviceId)))],
  };
}

/** `runs` are those of the group's rules, in their order. */
export function nextDueOf(runs: readonly RuleRun[], afterMicros: number): number {
  let due = Number.POSITIVE_INFINITY;
  for (const run of runs) due = Math.min(due, run.nextDueMicros(afterMicros));
  return due;
}

/** Evaluates all that is due up to and at a time, each at its own. */
export function advanceGroup(
  group: RuleGroup,
  runs: readonly RuleRun[],
  untilMicros: number,
  onTransition: OnTransition,
): void {
  let after = Number.NEGATIVE_INFINITY;
  for (;;) {
    const due = nextDueOf(runs, after);
    if (due > untilMicros) return;
    evaluateGroup(group, runs, due, onTransition);
    after = due;
  }
}

/** Evaluates every rule at a time, with the news that its run was given; a gate changes in the turn of what moves it. */
export function evaluateGroup(
  { gates }: RuleGroup,
  runs: readonly RuleRun[],
  timeMicros: number,
  onTransition: OnTransition,
): void {
  for (let r = 0; r < runs.length; r++) {
    const run = runs[r]!;
    const sources = gates[r]!;
    for (let g = 0; g < sources.length; g++) run.takeGate(g, sources[g]! >= 0 && runs[sources[g]!]!.isFiring);
    run.evaluate(timeMicros, onTransition);
  }
}
