import { type CompiledRule, NEVER } from "@sluice/core/rules/rule.ts";
import type { RuleGroup } from "@sluice/core/rules/rule-group.ts";
import { RuleRun } from "@sluice/core/rules/rule-run.ts";
import {
  isOtherLag,
  type NewestReading,
  NOTHING_PASSED_OVER,
  type PassedOver,
  type RuleMemory,
  type RuleOverlay,
  type RuleStateChange,
  readingsOf,
  stateOf,
} from "./rule-states.ts";

/** A rule that one flush works on. */
class OpenRule extends RuleRun {
  lagMicros: number;
  passedOver: readonly PassedOver[];
  /** Up to when it was looked at without a reading. */
  tickedMicros = NEVER;
  private readonly before: RuleMemory | undefined;

  constructor(rule: CompiledRule, before: RuleMemory | undefined, newest: NewestReading) {
    super(rule, stateOf(before, rule), readingsOf(before, rule, newest));
    this.before = before;
    this.lagMicros = before?.lagMicros ?? 0;
    this.passedOver = before?.passedOver ?? NOTHING_PASSED_OVER;
  }

  /** By the server's clock. */
  get dueMicros(): number {
    return this.nextDueMicros(this.tickedMicros) + this.lagMicros;
  }

  memory(): RuleMemory {
    const { rule, state, readings, lagMicros, passedOver } = this;
    const { deviceId, revision } = rule;
    const storedLagMicros = this.isChanged ? lagMicros : this.storedLagMicros;
    return { deviceId, revision, state, lagMicros, storedLagMicros, readings, passedOver };
  }

  private get storedLagMicros(): number {
    return this.before?.storedLagMicros ?? 0;
  }

  /** Whether more than the newest readings changed: those are stored anyway. */
  get isChanged(): boolean {
    const { before, rule, state, passedOver } = this;
    if (isOtherLag(this.lagMicros, this.storedLagMicros)) return true;
    if (before === undefined) return state !== rule.initialState || passedOver.length > 0;
    return state !== before.state || passedOver !== before.passedOver || rule.revision !== before.revision;
  }
}

/** The groups of rules that one flush works on: each is copied out of the overlay once, and put back at the end. */
export class OpenRules {
  private readonly groups = new Map<RuleGroup, readonly OpenRule[]>();
  private readonly overlay: RuleOverlay;
  private readonly newest: NewestReading;

  constructor(overlay: RuleOverlay, newest: NewestReading) {
    this.overlay = overlay;
    this.newest = newest;
  }

  runs(group: RuleGroup): readonly RuleRun[] {
    return this.open(group);
  }

  /** A reading that is stored and does not act: a start must not take it for the newest one. */
  passOver(group: RuleGroup, index: number, input: number, timeMicros: number): void {
    const rule = this.open(group)[index]!;
    const actedMicros = rule.readings[2 * input]!;
    const known = rule.passedOver.find((one) => one.input === input);
    if (timeMicros <= Math.max(actedMicros, known?.untilMicros ?? actedMicros)) return;
    const others = rule.passedOver.filter((one) => one.input !== input);
    rule.passedOver = [...others, { input, untilMicros: timeMicros, actedMicros }];
  }

  /** The server's clock was this far ahead of the group's last reading. */
  noteLag(group: RuleGroup, lagMicros: number): void {
    for (const rule of this.open(group)) rule.lagMicros = lagMicros;
  }

  lagOf(group: RuleGroup): number {
    let most = 0;
    for (const { lagMicros } of this.open(group)) most = Math.max(most, lagMicros);
    return most;
  }

  /** The group was looked at up to a time, without a reading. */
  noteTick(group: RuleGroup, untilMicros: number): void {
    for (const rule of this.open(group)) rule.tickedMicros = untilMicros;
  }

  /** Puts everything back; adds what has to be stored to `changes`. */
  close(changes: RuleStateChange[]): void {
    for (const rules of this.groups.values()) {
      for (const rule of rules) {
        const ruleId = rule.rule.id;
        const memory = rule.memory();
        this.overlay.memories.set(ruleId, memory);
        this.overlay.dues.set(ruleId, rule.dueMicros);
        if (rule.isChanged) changes.push({ ruleId, memory });
      }
    }
  }

  private open(group: RuleGroup): readonly OpenRule[] {
    const known = this.groups.get(group);
    if (known !== undefined) return known;
    const rules = group.rules.map((rule) => new OpenRule(rule, this.overlay.memory(rule.id), this.newest));
    this.groups.set(group, rules);
    return rules;
  }
}
