import type { Clock } from "./clock.ts";

const SAMPLE_MS = 1000;
/** The rate is that of the last so many samples. */
const SAMPLES = 5;

/** Turns a counter that only grows into a rate over the last seconds. */
export class RateMeter {
  private readonly samples: { readonly atMs: number; readonly count: number }[] = [];
  private cancel: () => void = () => undefined;
  private readonly clock: Clock;
  private readonly read: () => number;

  constructor(clock: Clock, read: () => number) {
    this.clock = clock;
    this.read = read;
  }

  start(): void {
    this.sample();
  }

  stop(): void {
    this.cancel();
  }

  perSecond(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
    return ((last.count - first.count) * 1000) / (last.atMs - first.atMs);
  }

  private sample(): void {
    this.samples.push({ atMs: this.clock.monotonicMs(), count: this.read() });
    if (this.samples.length > SAMPLES + 1) this.samples.shift();
    this.cancel = this.clock.after(SAMPLE_MS, () => this.sample());
  }
}
