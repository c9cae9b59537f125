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

/**
 * Turns between two readings. A clock that was not set at first lets decades pass between two of them, with two changes of
 * daylight a day: 41,000 from 1970 until now, a second and a half of computing. This is a hundred days of them.
 */
export const MAX_TURNS_BETWEEN = 200;

/**
 * Evaluates all that is due up to and at a time, each at its own; beyond `MAX_TURNS_BETWEEN` what is left is looked at once,
 * as it is at the end.
 */
export function advanceGroup(
  group: RuleGroup,
  runs: readonly RuleRun[],
  untilMicros: number,
  onTransition: OnTransition,
): void {
  let after = Number.NEGATIVE_INFINITY;
  for (let turns = 0; turns <= MAX_TURNS_BETWEEN; turns++) {
    const due = nextDueOf(runs, after);
    if (due > untilMicros) return;
    after = turns < MAX_TURNS_BETWEEN ? due : untilMicros;
    evaluateGroup(group, runs, after, onTransition);
  }
}

/** In a group over several devices one whose clock is wrong, or that sends what is old, holds up the time of the others so long. */
export const LONGEST_SHARED_LAG_MICROS = 3_600_000_000;

/**
 * How far a group's ticks stay behind the server's clock: as far as its last reading was, so that what is on its way is not
 * overtaken, and silence counts from when the last reading came.
 */
export function tickLagMicros({ deviceIds }: RuleGroup, readingMicros: number, nowMicros: number): number {
  const lagMicros = Math.max(0, nowMicros - readingMicros);
  return deviceIds.length > 1 ? Math.min(lagMicros, LONGEST_SHARED_LAG_MICROS) : lagMicros;
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
