import type { Clock } from "../platform/clock.ts";
import { countUnsettled, type Queryable } from "../telemetry/index.ts";

/** Closed generations by which settling may fall behind before ingest is slowed down: at full speed a minute of readings. */
export const MAX_UNSETTLED = 16;
/** The pause before each flush grows by this with each generation above the limit… */
const PAUSE_STEP_MS = 100;
/** …up to this: rules and alerts wait for it as well. */
const MAX_PAUSE_MS = 2_000;
/** While ingest is slowed down, the count is looked at again after this. */
const RECOUNT_MS = 1_000;

/**
 * Slows ingest down while settling falls behind, so that readings never come faster for long than they are settled. Flushes
 * wait; what may wait for a flush is bounded, so sockets are not read, and HTTP answers 503.
 *
 * What counts is by how much the backlog has grown above the least that it was since the start: a home that begins with months
 * of generations, as after an upgrade, takes readings in while it settles them.
 */
export class SettlingBacklog {
  private unsettled = 0;
  private least = Number.POSITIVE_INFINITY;
  private countedMs = Number.NEGATIVE_INFINITY;
  private stopped = Promise.withResolvers<void>();
  private readonly db: Queryable;
  private readonly partition: number;
  private readonly clock: Clock;
  private readonly maxUnsettled: number;

  constructor(db: Queryable, partition: number, clock: Clock, maxUnsettled = MAX_UNSETTLED) {
    this.db = db;
    this.partition = partition;
    this.clock = clock;
    this.maxUnsettled = maxUnsettled;
  }

  /** At a start, and whenever a generation was closed. */
  async recount(): Promise<void> {
    this.unsettled = await countUnsettled(this.db, this.partition);
    this.least = Math.min(this.least, this.unsettled);
    this.countedMs = this.clock.monotonicMs();
  }

  get pauseMs(): number {
    const tooMany = this.unsettled - this.least - this.maxUnsettled;
    return tooMany > 0 ? Math.min(MAX_PAUSE_MS, tooMany * PAUSE_STEP_MS) : 0;
  }

  /** Resolves at once unless settling is behind. */
  async slowDown(): Promise<void> {
    if (this.pauseMs === 0) return;
    // A database that does not answer slows flushes down by itself.
    if (this.clock.monotonicMs() - this.countedMs >= RECOUNT_MS) await this.recount().catch(() => {});
    const { pauseMs } = this;
    if (pauseMs === 0) return;
    const over = Promise.withResolvers<void>();
    const cancel = this.clock.after(pauseMs, over.resolve);
    await Promise.race([over.promise, this.stopped.promise]);
    cancel();
  }

  /** Ends a pause that is under way, and has none from then on. */
  stop(): void {
    this.stopped.resolve();
  }
}
