/** Times longer than this are counted as this. */
const LONGEST_MS = 120_000;

/** How long readings wait until they are acknowledged, in whole milliseconds. */
export class AckTimes {
  private readonly counts = new Uint32Array(LONGEST_MS + 1);
  private total = 0;

  add(durationMs: number): void {
    const slot = Math.min(LONGEST_MS, Math.max(0, Math.round(durationMs)));
    this.counts[slot] = this.counts[slot]! + 1;
    this.total += 1;
  }

  /** The least time within which this share was acknowledged; undefined when nothing was. */
  quantileMs(share: number): number | undefined {
    let left = Math.ceil(share * this.total);
    if (left === 0) return undefined;
    for (let slot = 0; slot <= LONGEST_MS; slot++) {
      left -= this.counts[slot]!;
      if (left <= 0) return slot;
    }
    return LONGEST_MS;
  }
}
