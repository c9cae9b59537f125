/** The conditions that look at readings. Each knows its slots in the rule's memory, and its input among the rule's inputs. */

import { FALSE, TRUE, type Truth, truthOf, UNKNOWN } from "./truth.ts";
import type { Turn } from "./turn.ts";

/** A condition as it runs. */
export interface RuleNode {
  /** Takes the news of this turn in, and says what it holds now. Every node is asked in every turn. */
  evaluate(turn: Turn): Truth;
  /** The first time after `afterMicros` at which that may be something else although nobody says anything. */
  nextDueMicros(turn: Turn, afterMicros: number): number;
}

/** Slot 0: what the last reading said; within the hysteresis it stays. */
export class ThresholdNode implements RuleNode {
  static readonly memory = [UNKNOWN];
  private readonly input: number;
  private readonly slot: number;
  private readonly sign: 1 | -1;
  private readonly value: number;
  private readonly back: number;
  private readonly staleMicros: number;

  constructor(
    at: { readonly input: number; readonly slot: number; readonly staleMicros: number },
    operator: "below" | "above",
    value: number,
    hysteresis: number,
  ) {
    this.input = at.input;
    this.slot = at.slot;
    this.staleMicros = at.staleMicros;
    this.sign = operator === "above" ? 1 : -1;
    this.value = this.sign * value;
    this.back = this.sign * (value - this.sign * hysteresis);
  }

  evaluate(turn: Turn): Truth {
    const reading = this.sign * turn.news[this.input]!;
    if (reading > this.value) turn.remember(this.slot, TRUE);
    else if (reading <= this.back || (reading <= this.value && turn.memory[this.slot] === UNKNOWN))
      turn.remember(this.slot, FALSE);
    return turn.isStale(this.input, this.staleMicros) ? UNKNOWN : (turn.memory[this.slot] as Truth);
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    return turn.staleDue(this.input, this.staleMicros, afterMicros);
  }
}

/** Samples of a window; a fifteenth more makes room for the one that is only partly in it. */
export const RATE_SAMPLES = 16;
const NO_SAMPLE = -1;

/** Slot 0: what the last reading said. Then time and value of each sample, the oldest first. */
export class RateNode implements RuleNode {
  static readonly memory = [UNKNOWN, ...Array.from({ length: 2 * RATE_SAMPLES }, () => NO_SAMPLE)];
  private readonly input: number;
  private readonly slot: number;
  private readonly sign: 1 | -1;
  private readonly by: number;
  private readonly withinMicros: number;
  private readonly staleMicros: number;

  constructor(
    at: { readonly input: number; readonly slot: number; readonly staleMicros: number },
    operator: "rising" | "falling",
    by: number,
    withinMicros: number,
  ) {
    this.input = at.input;
    this.slot = at.slot;
    this.staleMicros = at.staleMicros;
    this.sign = operator === "rising" ? 1 : -1;
    this.by = by;
    this.withinMicros = withinMicros;
  }

  evaluate(turn: Turn): Truth {
    const value = turn.news[this.input]!;
    if (Number.isFinite(value)) this.take(turn, turn.readings[2 * this.input]!, value);
    return turn.isStale(this.input, this.staleMicros) ? UNKNOWN : (turn.memory[this.slot] as Truth);
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    return turn.staleDue(this.input, this.staleMicros, afterMicros);
  }

  private take(turn: Turn, timeMicros: number, value: number): void {
    const { memory } = turn;
    const { slot } = this;
    const end = slot + 1 + 2 * RATE_SAMPLES;
    let from = slot + 1;
    while (from < end && memory[from] !== NO_SAMPLE && memory[from]! < timeMicros - this.withinMicros) from += 2;
    let to = from;
    // A clock that was set back leaves samples of a time to come.
    while (to < end && memory[to] !== NO_SAMPLE && memory[to]! <= timeMicros) to += 2;
    const hasOlder = to > from && memory[from]! < timeMicros;
    const truth = hasOlder ? truthOf(this.sign * (value - memory[from + 1]!) >= this.by) : UNKNOWN;
    const isNew = to === from || this.partOf(memory[to - 2]!) !== this.partOf(timeMicros);
    if (isNew) this.keep(turn, memory.slice(from, to), timeMicros, value);
    turn.remember(slot, truth);
  }

  private keep(turn: Turn, older: readonly number[], timeMicros: number, value: number): void {
    const samples = [...older, timeMicros, value].slice(-2 * RATE_SAMPLES);
    for (let i = 0; i < 2 * RATE_SAMPLES; i++) turn.remember(this.slot + 1 + i, samples[i] ?? NO_SAMPLE);
  }

  private partOf(timeMicros: number): number {
    return Math.floor(timeMicros / (this.withinMicros / (RATE_SAMPLES - 1)));
  }
}

/** Remembers nothing: the time of the newest reading says it all. */
export class NoDataNode implements RuleNode {
  private readonly input: number;
  private readonly afterMicros: number;
  private readonly definedMicros: number;

  constructor(input: number, afterMicros: number, definedMicros: number) {
    this.input = input;
    this.afterMicros = afterMicros;
    this.definedMicros = definedMicros;
  }

  evaluate(turn: Turn): Truth {
    return truthOf(turn.timeMicros >= this.dueMicros(turn));
  }

  nextDueMicros(turn: Turn, afterMicros: number): number {
    // That there was data is known, too, from the beginning.
    if (this.definedMicros > afterMicros) return this.definedMicros;
    const due = this.dueMicros(turn);
    return due > afterMicros ? due : Number.POSITIVE_INFINITY;
  }

  private dueMicros(turn: Turn): number {
    return Math.max(turn.readings[2 * this.input]!, this.definedMicros) + this.afterMicros;
  }
}
