import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Clock, systemClock } from "./clock.ts";

/** What a metric is now: one number, or one for each set of labels. Undefined: it is not known here, and is left out. */
export type Measured = number | undefined | readonly { readonly labels: Labels; readonly value: number }[];
export type Labels = Readonly<Record<string, string>>;
export type Measure = () => Measured | Promise<Measured>;

export interface MetricDescription {
  /** By the conventions of Prometheus: the unit last, and `_total` on what only grows. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** A metric that is not read by then is left out: whoever looks is told of the others. */
export const MEASURED_WITHIN_MS = 1_000;

export interface Timer {
  observe(labels: Labels, seconds: number): void;
}

/** What the process as a whole uses, and the delay of its event loop: one for all servers that run in it. */
let ofProcess: Registry | undefined;

/**
 * The metrics of one server, for Prometheus. Most are read when they are asked for, from what the parts count anyway, so that
 * nothing is spent on them in between; a metric that cannot be read just now is left out and fails nothing.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly descriptions: (MetricDescription & { readonly type: string })[] = [];
  private readonly clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Of all that was added here, in its order. */
  list(): readonly (MetricDescription & { readonly type: string })[] {
    return this.descriptions;
  }

  /** What only grows. */
  counter(description: MetricDescription, measure: Measure): void {
    this.note(description, "counter");
    const counter = new Counter({
      ...this.settings(description),
      collect: async () => {
        for (const { labels, value } of await this.measured(measure, () => clear(counter, description)))
          counter.inc(labels, value);
      },
    });
  }

  gauge(description: MetricDescription, measure: Measure): void {
    this.note(description, "gauge");
    const gauge = new Gauge({
      ...this.settings(description),
      collect: async () => {
        for (const { labels, value } of await this.measured(measure, () => clear(gauge, description)))
          gauge.set(labels, value);
      },
    });
  }

  /** What is timed when it happens. */
  timer(description: MetricDescription, bucketsSeconds: readonly number[]): Timer {
    this.note(description, "histogram");
    return new Histogram({ ...this.settings(description), buckets: [...bucketsSeconds] });
  }

  /** All of them in Prometheus' text format. */
  async text(): Promise<string> {
    if (ofProcess === undefined) {
      ofProcess = new Registry();
      collectDefaultMetrics({ register: ofProcess });
    }
    return `${await this.registry.metrics()}${await ofProcess.metrics()}`;
  }

  private async measured(measure: Measure, reset: () => void) {
    let cancel = () => {};
    const tooLate = new Promise<undefined>((resolve) => {
      cancel = this.clock.after(MEASURED_WITHIN_MS, () => resolve(undefined));
    });
    const reading = Promise.resolve()
      .then(measure)
      .catch(() => undefined);
    const now = await Promise.race([reading, tooLate]);
    cancel();
    reset();
    if (now === undefined) return [];
    return typeof now === "number" ? [{ labels: {}, value: now }] : now;
  }

  private settings({ name, help, labels = [] }: MetricDescription) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }

  private note(description: MetricDescription, type: string): void {
    this.descriptions.push({ ...description, type });
  }
}

/** After a reset alone a metric without labels is 0, which is not what "not known" is. */
function clear(metric: Counter | Gauge, { labels = [] }: MetricDescription): void {
  if (labels.length === 0) metric.remove();
  else metric.reset();
}
