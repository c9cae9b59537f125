import { describe, expect, it } from "vitest";
import { ClockWatch, JUMP_TOLERANCE_MS } from "./clock-watch.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const HOUR_MS = 3_600_000;
const START_MICROS = 1_800_000_000_000_000;

function watched() {
  const clock = new ManualClock();
  const watch = new ClockWatch(clock);
  let databaseMicros = START_MICROS;
  return {
    watch,
    /** So much time passes for both; the database's clock jumps besides. */
    pass(ms: number, jumpMs = 0): void {
      clock.advance(ms);
      databaseMicros += (ms + jumpMs) * 1000;
    },
    look: (answerMs = 0) =>
      watch.look(async () => {
        const micros = databaseMicros;
        clock.advance(answerMs);
        databaseMicros += answerMs * 1000;
        return micros;
      }),
  };
}

describe("a watch over the database's clock", () => {
  it("sees none where both clocks go on together, however long a look or the time between two takes", async () => {
    const { pass, look } = watched();
    for (const [betweenMs, answerMs] of [
      [0, 0],
      [1_000, 0],
      [90_000, 60_000],
      [HOUR_MS, 0],
      [1, 7_000],
      [1, 0],
    ]) {
      pass(betweenMs!);
      expect(await look(answerMs)).toMatchObject({ hasJumped: false, jumpMs: 0 });
    }
  });

  it("leaves a step alone that the grace of evidence covers", async () => {
    const { pass, look } = watched();
    await look();
    pass(1_000, JUMP_TOLERANCE_MS);
    expect(await look()).toMatchObject({ hasJumped: false, jumpMs: 0 });
  });

  it("tells how far it has jumped, and since when, until nothing is reserved from before", async () => {
    const { pass, look } = watched();
    await look();
    pass(1_000, 40_000);
    const jumpedAtMicros = START_MICROS + 41_000_000;
    expect(await look()).toEqual({ nowMicros: jumpedAtMicros, jumpedAtMicros, jumpMs: 40_000, hasJumped: true });
    pass(1_000);
    expect(await look()).toMatchObject({ jumpedAtMicros, jumpMs: 40_000, hasJumped: false });
    pass(25 * HOUR_MS);
    expect(await look()).toMatchObject({ jumpMs: 0 });
  });

  it("counts a jump at its most where the look took long, and adds further ones", async () => {
    const { pass, look } = watched();
    await look(2_000);
    pass(1_000, 40_000);
    expect(await look()).toMatchObject({ jumpMs: 42_000 });
    pass(1_000, HOUR_MS);
    expect(await look()).toMatchObject({ jumpMs: HOUR_MS + 42_000, hasJumped: true });
  });

  it("takes away again what jumps back, and no more", async () => {
    const { pass, look } = watched();
    await look();
    pass(1_000, HOUR_MS);
    await look();
    pass(1_000, 10_000 - HOUR_MS);
    expect(await look()).toMatchObject({ jumpMs: 10_000, hasJumped: true });
    pass(1_000, -HOUR_MS);
    expect(await look()).toMatchObject({ jumpMs: 0, hasJumped: true });
    pass(1_000);
    expect(await look()).toMatchObject({ hasJumped: false });
  });

  it("goes on with what another has kept, unless it has noticed more itself, and as long as with its own", async () => {
    const { watch, pass, look } = watched();
    watch.goOnWith({ jumpedAtMicros: START_MICROS, jumpMs: 40_000 });
    expect(await look()).toMatchObject({ jumpedAtMicros: START_MICROS, jumpMs: 40_000, hasJumped: false });
    pass(1_000, HOUR_MS);
    await look();
    watch.goOnWith({ jumpedAtMicros: START_MICROS, jumpMs: 40_000 });
    expect(watch.jump).toEqual({ jumpedAtMicros: START_MICROS + 1_000_000 + HOUR_MS * 1000, jumpMs: HOUR_MS + 40_000 });
    pass(25 * HOUR_MS + 1);
    expect(await look()).toMatchObject({ jumpMs: 0 });
  });
});
