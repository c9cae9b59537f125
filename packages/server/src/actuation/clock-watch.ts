import type { Clock } from "../platform/clock.ts";
import type { ClockReading } from "./actuation-store.ts";

/** Less than this is the grace of EVIDENCE_GRACE_MS for, in which nothing is closed anyway. */
export const JUMP_TOLERANCE_MS = 5_000;
/** Nothing is reserved for longer: a run of a day, its deadline and its margins. */
const LONGEST_RESERVATION_MS = 25 * 3_600_000;

interface Look {
  readonly databaseMicros: number;
  /** By the process's monotonic clock, the look happened between these. */
  readonly askedMs: number;
  readonly answeredMs: number;
}

/**
 * Compares the database's clock with the monotonic clock of this process from one look to the next. Where the database's has
 * jumped forward, what was reserved before it ends by so much later; a jump back takes that away again. A jump between two
 * processes is not seen.
 */
export class ClockWatch {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private last: Look | undefined;
  private jump = { atMicros: 0, ms: 0, noticedMs: 0 };

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.clock = clock;
  }

  async look(readClock: () => Promise<number>): Promise<ClockReading & { readonly hasJumped: boolean }> {
    const askedMs = this.clock.monotonicMs();
    const databaseMicros = await readClock();
    const look = { databaseMicros, askedMs, answeredMs: this.clock.monotonicMs() };
    const hasJumped = this.last !== undefined && this.compare(this.last, look);
    this.last = look;
    if (look.answeredMs - this.jump.noticedMs > LONGEST_RESERVATION_MS) this.jump = { ...this.jump, ms: 0 };
    return { nowMicros: databaseMicros, jumpedAtMicros: this.jump.atMicros, jumpMs: this.jump.ms, hasJumped };
  }

  /** The jump counts at its most, but only where it is certain that there was one. True: forward. */
  private compare(before: Look, look: Look): boolean {
    const passedMs = (look.databaseMicros - before.databaseMicros) / 1000;
    const leastMs = look.askedMs - before.answeredMs;
    const mostMs = look.answeredMs - before.askedMs;
    const isForward = passedMs - mostMs > JUMP_TOLERANCE_MS;
    if (isForward) {
      const ms = this.jump.ms + passedMs - leastMs;
      this.jump = { atMicros: look.databaseMicros, ms, noticedMs: look.answeredMs };
    } else if (leastMs - passedMs > JUMP_TOLERANCE_MS) {
      this.jump = { ...this.jump, ms: Math.max(0, this.jump.ms - (leastMs - passedMs)) };
    }
    return isForward;
  }
}
