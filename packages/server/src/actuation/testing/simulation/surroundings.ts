import type { FaultRates, WorldPlan } from "./plan.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What everything in one world shares. */
export interface Surroundings {
  readonly plan: WorldPlan;
  /** The plan's, until the world settles. */
  rates: FaultRates;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly tally: Tally;
  readonly clocks: WorldClocks;
  /** Tells what happened, for the trace: who, and what in few words. */
  readonly note: (who: string, what: string) => void;
  /** Something has happened that no world may show, whatever its faults. */
  readonly defect: (where: string, error: unknown) => void;
}

/** How often things have happened. */
export class Tally {
  readonly counts: Record<string, number> = {};

  add(what: string, count = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + count;
  }
}

/** The database's clock against the time of the world: it is right until it steps, and it only steps forward. */
export class WorldClocks {
  private readonly startMicros: number;
  private readonly time: VirtualTime;
  readonly databaseSteps: { readonly atMs: number; readonly offsetMicros: number }[] = [];

  constructor(startMicros: number, time: VirtualTime) {
    this.startMicros = startMicros;
    this.time = time;
  }

  /** Microseconds since 1970 in truth. */
  trueMicros(atMs = this.time.nowMs): number {
    return this.startMicros + atMs * 1000;
  }

  databaseMicros(atMs = this.time.nowMs): number {
    const offset = this.databaseSteps.findLast((step) => step.atMs <= atMs)?.offsetMicros ?? 0;
    return this.trueMicros(atMs) + offset;
  }

  stepDatabase(byMs: number): void {
    const before = this.databaseSteps.at(-1)?.offsetMicros ?? 0;
    this.databaseSteps.push({ atMs: this.time.nowMs, offsetMicros: before + byMs * 1000 });
  }
}
