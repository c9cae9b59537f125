import type { Clock } from "../platform/clock.ts";
import type { ClockJump, ClockReading } from "./actuation-store.ts";

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
 * processes is not seen; one that the former has seen and kept, the later goes on with.
 */
export class ClockWatch {
  private readonly clock: Pick<Clock, "monotonicMs">;
  private last: Look | undefined;
  private current: ClockJump = { jumpedAtMicros: 0, jumpMs: 0 };
  private noticedMs = 0;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.clock = clock;
  }

  get jump(): ClockJump {
    return this.current;
  }

  /** What was kept counts from here on for as long as what is noticed now; of two jumps, the longer. */
  goOnWith(kept: ClockJump): void {
    if (kept.jumpMs > this.current.jumpMs) this.notice(kept, this.clock.monotonicMs());
  }

  /** `hasJumped`: in either direction, since the last look. */
  async look(readClock: () => Promise<number>): Promise<ClockReading & { readonly hasJumped: boolean }> {
    const askedMs = this.clock.monotonicMs();
    const databaseMicros = await readClock();
    const look = { databaseMicros, askedMs, answeredMs: this.clock.monotonicMs() };
    const hasJumped = this.last !== undefined && this.compare(this.last, look);
    this.last = look;
    if (look.answeredMs - this.noticedMs > LONGEST_RESERVATION_MS) this.current = { ...this.current, jumpMs: 0 };
    return { nowMicros: databaseMicros, ...this.current, hasJumped };
  }

  /** The jump counts at its most, but only where it is certain that there was one. */
  private compare(before: Look, look: Look): boolean {
    const passedMs = (look.databaseMicros - before.databaseMicros) / 1000;
    const leastMs = look.askedMs - before.answeredMs;
    const mostMs = look.answeredMs - before.askedMs;
    const { jumpedAtMicros, jumpMs } = this.current;
    const isForward = passedMs - mostMs > JUMP_TOLERANCE_MS;
    const isBack = leastMs - passedMs > JUMP_TOLERANCE_MS;
    if (isForward) {
      this.notice({ jumpedAtMicros: look.databaseMicros, jumpMs: jumpMs + passedMs - leastMs }, look.answeredMs);
    } else if (isBack) {
      this.current = { jumpedAtMicros, jumpMs: Math.max(0, jumpMs - (leastMs - passedMs)) };
    }
    return isForward || isBack;
  }

  private notice(jump: ClockJump, atMs: number): void {
    this.current = jump;
    this.noticedMs = atMs;
  }
}
