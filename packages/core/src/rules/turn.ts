import type { RuleTurn } from "./rule.ts";

/** One evaluation of a rule, as its nodes see it. A rule has one, and uses it again and again: it allocates only to remember. */
export class Turn {
  timeMicros = 0;
  readings: readonly number[] = [];
  news: readonly number[] = [];
  memory: readonly number[] = [];
  /** Whether an unknown condition would change anything: only then it matters when a reading becomes stale. */
  isTiming = false;
  private own: number[] | undefined;

  begin(memory: readonly number[], { timeMicros, readings, news }: RuleTurn): void {
    this.timeMicros = timeMicros;
    this.readings = readings;
    this.news = news;
    this.memory = memory;
    this.own = undefined;
  }

  /** For a look ahead. */
  look(memory: readonly number[], readings: readonly number[], isTiming: boolean): void {
    this.memory = memory;
    this.readings = readings;
    this.isTiming = isTiming;
  }

  remember(slot: number, value: number): void {
    if (this.memory[slot] === value) return;
    if (this.own === undefined) {
      this.own = [...this.memory];
      this.memory = this.own;
    }
    this.own[slot] = value;
  }

  /** Also before the first reading. */
  isStale(input: number, staleMicros: number): boolean {
    return this.timeMicros - this.readings[2 * input]! > staleMicros;
  }

  staleDue(input: number, staleMicros: number, afterMicros: number): number {
    const due = this.readings[2 * input]! + staleMicros + 1;
    return this.isTiming && due > afterMicros ? due : Number.POSITIVE_INFINITY;
  }
}
