import { type CompiledRule, isFiring, NEVER, type RuleState, type TransitionState, transitionBetween } from "./rule.ts";

/** What others are told of a rule. */
export interface RuleTransition {
  readonly ruleId: number;
  readonly deviceId: number;
  readonly episode: number;
  readonly state: TransitionState;
  /** Of the reading that caused it, or when it was due. */
  readonly timeMicros: number;
  /** That reading's value, or the newest one of the rule's first input; null before there is one. */
  readonly value: number | null;
}

export type OnTransition = (transition: RuleTransition) => void;

/** One rule on its way through time: its state, and the newest reading of each of its inputs. */
export class RuleRun {
  readonly rule: CompiledRule;
  state: RuleState;
  /** Per input, time and value. */
  readonly readings: number[];
  timeMicros = NEVER;
  readonly news: number[];
  private hasNews = false;

  constructor(rule: CompiledRule, state: RuleState = rule.initialState, readings = noReadings(rule)) {
    this.rule = rule;
    this.state = state;
    this.readings = readings;
    this.news = new Array<number>(rule.inputs.length + rule.gateRuleIds.length).fill(Number.NaN);
  }

  /** The rule's own time does not go back. */
  get clockMicros(): number {
    let clock = this.state.atMicros;
    for (let i = 0; i < this.readings.length; i += 2) if (this.readings[i]! > clock) clock = this.readings[i]!;
    return clock;
  }

  nextDueMicros(afterMicros: number): number {
    return this.rule.nextDueMicros(this.state, this.readings, Math.max(afterMicros, this.clockMicros));
  }

  /** Notes a reading for the evaluation that follows. NaN is none. */
  take(input: number, timeMicros: number, value: number): void {
    if (Number.isNaN(value)) return;
    this.readings[2 * input] = timeMicros;
    this.readings[2 * input + 1] = value;
    this.news[input] = value;
    this.hasNews = true;
  }

  /** Notes whether the rule of a gate fires. */
  takeGate(gate: number, isOpenRuleFiring: boolean): void {
    this.news[this.rule.inputs.length + gate] = isOpenRuleFiring ? 1 : 0;
  }

  /** Evaluates at a time, or at the rule's clock if that is ahead. */
  evaluate(timeMicros: number, onTransition: OnTransition): void {
    this.timeMicros = Math.max(timeMicros, this.clockMicros);
    const before = this.state;
    this.state = this.rule.evaluate(before, this);
    const state = transitionBetween(before.phase, this.state.phase);
    if (state !== undefined) {
      const { id: ruleId, deviceId } = this.rule;
      const { episode } = this.state;
      onTransition({ ruleId, deviceId, episode, state, timeMicros: this.timeMicros, value: this.value() });
    }
    this.news.fill(Number.NaN);
    this.hasNews = false;
  }

  get isFiring(): boolean {
    return isFiring(this.state);
  }

  /** The device's clock was set back: what it says from now on is new, and what was later never was. */
  rewind(toMicros: number): void {
    for (let i = 0; i < this.readings.length; i += 2) this.readings[i] = Math.min(this.readings[i]!, toMicros);
    if (this.state.atMicros <= toMicros) return;
    this.state = {
      ...this.state,
      sinceMicros: Math.min(this.state.sinceMicros, toMicros),
      atMicros: toMicros,
    };
  }

  private value(): number | null {
    const said = this.hasNews ? this.news.find((value) => !Number.isNaN(value)) : this.readings[1];
    return said === undefined || Number.isNaN(said) ? null : said;
  }
}

export function noReadings({ inputs }: CompiledRule): number[] {
  return inputs.flatMap(() => [NEVER, Number.NaN]);
}
