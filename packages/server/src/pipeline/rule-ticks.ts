import type { RuleSource } from "@sluice/core/rules/rule-catalog.ts";
import type { Clock } from "../platform/clock.ts";
import { DueHeap } from "./due-heap.ts";

/** What a flush looks at although nobody said anything. */
export interface TickWork {
  /** Rules that were changed, or are gone. */
  readonly changed: readonly number[];
  readonly due: readonly number[];
}

export const NO_TICKS: TickWork = { changed: [], due: [] };

/** Rules that one flush takes from those that are due; the others are next. */
export const MAX_DUE_PER_FLUSH = 10_000;
/** After a flush with ticks has failed, they come again no sooner. */
export const TICK_RETRY_MS = 1_000;
/** A wall clock may be set: looked at again at least this often. */
const MAX_SLEEP_MS = 60_000;

/**
 * When rules have to be looked at although no reading comes.
 *
 *   waiting   in the heap, at a time that is never after the rule is due. Readings move a rule's due time later all the
 *             time (no data since …): that is noticed when it is taken, so they cost nothing here
 *   taken     by a flush; then settled with the rule's next time, or put back when the flush has failed
 */
export class RuleTicks {
  private readonly heap = new DueHeap();
  private readonly changedIds = new Set<number>();
  private readonly clock: Clock;
  private readonly rules: RuleSource;
  private readonly onDue: () => void;
  private heldUntilMicros = 0;
  private wakeAtMicros = Number.POSITIVE_INFINITY;
  private cancelWake: () => void = () => {};
  private isRunning = false;

  constructor(clock: Clock, rules: RuleSource, onDue: () => void) {
    this.clock = clock;
    this.rules = rules;
    this.onDue = onDue;
  }

  /** Looks at all rules that know time, and at those that had a state when it was stored. */
  start(restored: Iterable<number>): void {
    this.isRunning = true;
    this.heldUntilMicros = 0;
    this.changed(this.rules.timedRuleIds());
    this.changed(restored);
  }

  stop(): void {
    this.isRunning = false;
    this.sleep();
    this.heap.clear();
    this.changedIds.clear();
  }

  changed(ruleIds: Iterable<number>): void {
    if (!this.isRunning) return;
    for (const id of ruleIds) this.changedIds.add(id);
    this.arm();
  }

  /** Whether a flush should begin for it. */
  get isDue(): boolean {
    return this.nextMicros() <= this.clock.nowMicros();
  }

  take(): TickWork {
    const nowMicros = this.clock.nowMicros();
    if (this.nextMicros() > nowMicros) return NO_TICKS;
    const changed = [...this.changedIds];
    this.changedIds.clear();
    return { changed, due: this.heap.take(nowMicros, MAX_DUE_PER_FLUSH) };
  }

  /** What was taken is done; `dues` are the next times of all rules that the flush touched. */
  settle({ changed }: TickWork, dues: ReadonlyMap<number, number>): void {
    for (const id of changed) if (this.rules.groupOf(id) === undefined) this.heap.delete(id);
    for (const [id, dueMicros] of dues) if (dueMicros < this.heap.dueOf(id)) this.heap.set(id, dueMicros);
    this.arm();
  }

  /** What was taken is not done: again, after a pause. */
  putBack({ changed, due }: TickWork): void {
    if (changed.length === 0 && due.length === 0) return;
    const nowMicros = this.clock.nowMicros();
    this.heldUntilMicros = nowMicros + TICK_RETRY_MS * 1000;
    for (const id of due) this.heap.set(id, nowMicros);
    this.changed(changed);
    this.arm();
  }

  /** Makes sure that `onDue` is called in time. */
  arm(): void {
    const nextMicros = this.nextMicros();
    if (!this.isRunning || nextMicros >= this.wakeAtMicros) return;
    this.sleep();
    const delayMs = Math.ceil((nextMicros - this.clock.nowMicros()) / 1000);
    if (delayMs <= 0) {
      this.onDue();
      return;
    }
    this.wakeAtMicros = nextMicros;
    this.cancelWake = this.clock.after(Math.min(delayMs, MAX_SLEEP_MS), () => {
      this.wakeAtMicros = Number.POSITIVE_INFINITY;
      this.onDue();
    });
  }

  private sleep(): void {
    this.cancelWake();
    this.wakeAtMicros = Number.POSITIVE_INFINITY;
  }

  private nextMicros(): number {
    const nextMicros = this.changedIds.size > 0 ? 0 : this.heap.firstMicros;
    return Math.max(nextMicros, this.heldUntilMicros);
  }
}
