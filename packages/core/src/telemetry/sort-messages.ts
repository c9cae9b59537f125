import type { MessageBatch } from "./message-batch.ts";

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DIGIT_MASK = BUCKETS - 1;

/**
 * Puts the messages of a batch into (device, time, arrival) order without moving them: a radix sort by device, which keeps
 * arrivals in order, then each device's own messages by time, which nearly always are in order already. Holds its memory
 * between calls.
 */
export class MessageSorter {
  private order = new Int32Array(0);
  private spare = new Int32Array(0);
  private readonly counts = new Int32Array(BUCKETS + 1);

  /** Indices of the messages in order; valid until the next call. */
  sort(batch: MessageBatch): Int32Array {
    const count = batch.length;
    if (this.order.length < count) {
      this.order = new Int32Array(count * 2);
      this.spare = new Int32Array(count * 2);
    }
    let largest = 0;
    for (let i = 0; i < count; i++) {
      this.order[i] = i;
      if (batch.deviceIds[i]! > largest) largest = batch.deviceIds[i]!;
    }
    for (let shift = 0; shift === 0 || (shift < 32 && largest >>> shift > 0); shift += DIGIT_BITS) {
      this.sortByDigit(batch.deviceIds, count, shift);
    }
    sortRunsByTime(batch, this.order, count);
    return this.order;
  }

  private sortByDigit(deviceIds: Int32Array, count: number, shift: number): void {
    const { counts, order, spare } = this;
    counts.fill(0);
    for (let i = 0; i < count; i++) counts[((deviceIds[i]! >>> shift) & DIGIT_MASK) + 1]!++;
    for (let digit = 0; digit < BUCKETS; digit++) counts[digit + 1]! += counts[digit]!;
    for (let i = 0; i < count; i++) {
      const message = order[i]!;
      const digit = (deviceIds[message]! >>> shift) & DIGIT_MASK;
      spare[counts[digit]!++] = message;
    }
    this.order = spare;
    this.spare = order;
  }
}

function sortRunsByTime(batch: MessageBatch, order: Int32Array, count: number): void {
  const { deviceIds, timesMicros } = batch;
  for (let from = 0; from < count; ) {
    const device = deviceIds[order[from]!]!;
    let to = from + 1;
    let inOrder = true;
    let before = timesMicros[order[from]!]!;
    while (to < count && deviceIds[order[to]!] === device) {
      const time = timesMicros[order[to]!]!;
      if (time < before) inOrder = false;
      before = time;
      to++;
    }
    if (!inOrder) order.subarray(from, to).sort((a, b) => timesMicros[a]! - timesMicros[b]! || a - b);
    from = to;
  }
}
