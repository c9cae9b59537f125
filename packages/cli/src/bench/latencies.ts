/** Collects durations in milliseconds and answers percentiles of all of them. */
export class Latencies {
  private values = new Float64Array(1024);
  private count = 0;

  add(ms: number): void {
    if (this.count === this.values.length) {
      const longer = new Float64Array(this.count * 2);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.count++] = ms;
  }

  get size(): number {
    return this.count;
  }

  /** Nearest rank; `undefined` when there are none. */
  percentile(percent: number): number | undefined {
    if (this.count === 0) return undefined;
    const sorted = this.values.slice(0, this.count).sort();
    return sorted[Math.max(0, Math.ceil((percent / 100) * this.count) - 1)];
  }
}
