import { setImmediate as nextTurn } from "node:timers/promises";

/** Lets others have their turn in between: long work that is not for a thread of its own. */
export class Turns {
  private done = 0;
  private readonly perTurn: number;

  /** `perTurn`: so much work takes a few milliseconds, in the units in which it is told. */
  constructor(perTurn: number) {
    this.perTurn = perTurn;
  }

  /** True when it is time for `next`. */
  isOver(work: number): boolean {
    this.done += work;
    return this.done >= this.perTurn;
  }

  async next(): Promise<void> {
    this.done = 0;
    await nextTurn();
  }
}
