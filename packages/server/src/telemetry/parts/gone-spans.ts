/**
 * Times of a device's metric among which the readings are gone. What comes later for those times cannot be told from the same
 * readings sent again, so it does not count.
 */
export class GoneSpans {
  /** Device → metric → first and last time of each span, ascending and apart. */
  private readonly spans = new Map<number, Map<number, number[]>>();

  /** False, and nothing is changed, when a time of the span (both ends inclusive) was taken before. */
  take(deviceId: number, metric: number, firstMicros: number, lastMicros: number): boolean {
    const taken = this.spansOf(deviceId, metric);
    const at = firstEndingFrom(taken, firstMicros);
    if (at < taken.length && taken[at]! <= lastMicros) return false;
    if (at === taken.length) taken.push(firstMicros, lastMicros);
    else taken.splice(at, 0, firstMicros, lastMicros);
    return true;
  }

  overlaps(deviceId: number, metric: number, firstMicros: number, lastMicros: number): boolean {
    const taken = this.spans.get(deviceId)?.get(metric);
    if (taken === undefined) return false;
    const at = firstEndingFrom(taken, firstMicros);
    return at < taken.length && taken[at]! <= lastMicros;
  }

  /** The spans that have a time in this one. */
  *within(deviceId: number, metric: number, firstMicros: number, lastMicros: number): Generator<[number, number]> {
    const taken = this.spans.get(deviceId)?.get(metric) ?? [];
    for (let at = firstEndingFrom(taken, firstMicros); at < taken.length && taken[at]! <= lastMicros; at += 2) {
      yield [taken[at]!, taken[at + 1]!];
    }
  }

  private spansOf(deviceId: number, metric: number): number[] {
    let ofDevice = this.spans.get(deviceId);
    if (ofDevice === undefined) {
      ofDevice = new Map();
      this.spans.set(deviceId, ofDevice);
    }
    let taken = ofDevice.get(metric);
    if (taken === undefined) {
      taken = [];
      ofDevice.set(metric, taken);
    }
    return taken;
  }
}

/** The index of the first span that ends at a time or after it. */
function firstEndingFrom(taken: readonly number[], micros: number): number {
  let low = 0;
  let high = taken.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (taken[middle * 2 + 1]! < micros) low = middle + 1;
    else high = middle;
  }
  return low * 2;
}
