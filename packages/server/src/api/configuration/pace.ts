import { setImmediate as nextTurn } from "node:timers/promises";

/** Gone through between two turns of the event loop: a few milliseconds, for which readings and STOP wait. */
const THINGS_A_TURN = 50;

/** Lets others have their turn in between, readings above all. */
export class Pace {
  private done = 0;

  async next(): Promise<void> {
    if (++this.done % THINGS_A_TURN === 0) await nextTurn();
  }
}
