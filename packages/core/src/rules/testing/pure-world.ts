import { DeviceClock } from "../device-clock.ts";
import type { RuleState } from "../rule.ts";
import type { RuleCatalog } from "../rule-catalog.ts";
import { advanceGroup, evaluateGroup, type RuleGroup, tickLagMicros } from "../rule-group.ts";
import { RuleRun, type RuleTransition } from "../rule-run.ts";
import type { ScenarioMessage } from "./scenario-script.ts";

/** Rules without a pipeline around them: what a scenario's steps do to them. */
export class PureWorld {
  readonly transitions: RuleTransition[] = [];
  private readonly rules: RuleCatalog;
  private readonly groups = new Map<RuleGroup, { runs: readonly RuleRun[]; lagMicros: number }>();
  private readonly plain = new Map<number, RuleState>();
  private readonly clocks = new Map<number, DeviceClock>();

  constructor(rules: RuleCatalog) {
    this.rules = rules;
    for (const id of rules.timedRuleIds()) {
      const group = rules.groupOf(id)!;
      this.groups.set(group, { runs: group.rules.map((rule) => new RuleRun(rule)), lagMicros: 0 });
    }
  }

  say({ deviceId, timeMicros, values }: ScenarioMessage, nowMicros: number): void {
    const clock = this.clocks.get(deviceId) ?? new DeviceClock();
    this.clocks.set(deviceId, clock);
    const arrival = clock.admit(timeMicros, nowMicros);
    if (arrival === "late") return;
    const { plain, groups } = this.rules.rulesOf(deviceId);
    for (const rule of plain) {
      const value = values.get(rule.inputs[0]!.metricNumber) ?? Number.NaN;
      const run = new RuleRun(rule, this.plain.get(rule.id));
      run.take(0, timeMicros, value);
      run.evaluate(timeMicros, (transition) => this.transitions.push(transition));
      this.plain.set(rule.id, run.state);
    }
    for (const { group, taps } of groups) {
      if (!taps.some(({ metricNumber }) => values.has(metricNumber))) continue;
      const open = this.groups.get(group)!;
      if (arrival === "set-back") for (const run of open.runs) run.rewind(timeMicros);
      advanceGroup(group, open.runs, timeMicros, (transition) => this.transitions.push(transition));
      for (const { index, input, metricNumber } of taps) {
        open.runs[index]!.take(input, timeMicros, values.get(metricNumber) ?? Number.NaN);
      }
      evaluateGroup(group, open.runs, timeMicros, (transition) => this.transitions.push(transition));
      open.lagMicros = tickLagMicros(group, timeMicros, nowMicros);
    }
  }

  tick(nowMicros: number): void {
    for (const [group, { runs, lagMicros }] of this.groups) {
      advanceGroup(group, runs, nowMicros - lagMicros, (transition) => this.transitions.push(transition));
    }
  }

  /** Nothing but the states, as text, and the stored readings is left. */
  restart(): void {
    for (const open of this.groups.values()) {
      open.runs = open.runs.map(({ rule, state, readings }) => new RuleRun(rule, throughText(state), [...readings]));
    }
    for (const [id, state] of this.plain) this.plain.set(id, throughText(state));
  }
}

/** JSON knows no −∞. */
function throughText(state: RuleState): RuleState {
  const { sinceMicros, atMicros, ...rest } = JSON.parse(JSON.stringify(state));
  return { ...rest, sinceMicros: sinceMicros ?? state.sinceMicros, atMicros: atMicros ?? state.atMicros };
}
