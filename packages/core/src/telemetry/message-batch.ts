/**
 * A batch of decoded messages in columns: no object a reading, so that a million a second cost no garbage.
 *
 * A *message* is what one device said of one time: up to 256 numeric metrics (by the number its profile gave them) and
 * `extras`, a JSON object of everything that is not a number. Messages keep the order in which they arrived.
 *
 * Shapes: message i has device `deviceIds[i]`, time `timesMicros[i]` (int64 microseconds since 1970, exact in a double
 * until the year 2255) and the values from `valueEnds[i - 1]` (0 for the first) up to `valueEnds[i]`.
 */
export class MessageBatch {
  length = 0;
  valueCount = 0;
  deviceIds: Int32Array;
  timesMicros: Float64Array;
  valueEnds: Int32Array;
  metricNumbers: Uint8Array;
  values: Float64Array;
  /** What is wrong with each value (`validity.ts`); 0 until it is judged, and when it is valid. */
  flags: Uint8Array;
  /** False: all flags are 0. */
  hasFlags = false;
  /** Message index → JSON text of an object; sparse. */
  readonly extras = new Map<number, string>();
  /** Length of all extras together. */
  extrasCharacters = 0;

  constructor(messageCapacity = 1024, valuesPerMessage = 6) {
    this.deviceIds = new Int32Array(messageCapacity);
    this.timesMicros = new Float64Array(messageCapacity);
    this.valueEnds = new Int32Array(messageCapacity);
    this.metricNumbers = new Uint8Array(messageCapacity * valuesPerMessage);
    this.values = new Float64Array(messageCapacity * valuesPerMessage);
    this.flags = new Uint8Array(messageCapacity * valuesPerMessage);
  }

  /** Adds one value to the message that the next `endMessage` closes. */
  addValue(metricNumber: number, value: number): void {
    const at = this.valueCount;
    if (at === this.values.length) this.growValues(at + 1);
    this.metricNumbers[at] = metricNumber;
    this.values[at] = value;
    this.flags[at] = 0;
    this.valueCount = at + 1;
  }

  /** Marks one value, by its place in `values`. */
  setFlags(at: number, flags: number): void {
    this.flags[at] = flags;
    if (flags !== 0) this.hasFlags = true;
  }

  /** Closes the message whose values were added since the last call; returns its index. */
  endMessage(deviceId: number, timeMicros: number, extras?: string): number {
    const at = this.length;
    if (at === this.deviceIds.length) this.growMessages(at + 1);
    this.deviceIds[at] = deviceId;
    this.timesMicros[at] = timeMicros;
    this.valueEnds[at] = this.valueCount;
    if (extras !== undefined) this.setExtras(at, extras);
    this.length = at + 1;
    return at;
  }

  /** Forgets the values added since the last `endMessage`. */
  dropOpenMessage(): void {
    this.valueCount = this.length === 0 ? 0 : this.valueEnds[this.length - 1]!;
  }

  /** Takes back the messages from `length` on, and the values of an open one. */
  truncate(length: number): void {
    for (let i = length; i < this.length; i++) {
      const text = this.extras.get(i);
      if (text === undefined) continue;
      this.extras.delete(i);
      this.extrasCharacters -= text.length;
    }
    this.length = Math.min(length, this.length);
    this.dropOpenMessage();
  }

  /** First value of message `index`; its last is before `valueEnds[index]`. */
  valueStart(index: number): number {
    return index === 0 ? 0 : this.valueEnds[index - 1]!;
  }

  /** Copies messages `from` (inclusive) to `to` (exclusive) of another batch to the end of this one. */
  append(other: MessageBatch, from = 0, to = other.length): void {
    if (to <= from) return;
    const valuesFrom = other.valueStart(from);
    const valuesTo = other.valueEnds[to - 1]!;
    const at = this.length;
    const count = to - from;
    const valuesAt = this.valueCount;
    if (at + count > this.deviceIds.length) this.growMessages(at + count);
    if (valuesAt + valuesTo - valuesFrom > this.values.length) this.growValues(valuesAt + valuesTo - valuesFrom);
    this.deviceIds.set(other.deviceIds.subarray(from, to), at);
    this.timesMicros.set(other.timesMicros.subarray(from, to), at);
    this.metricNumbers.set(other.metricNumbers.subarray(valuesFrom, valuesTo), valuesAt);
    this.values.set(other.values.subarray(valuesFrom, valuesTo), valuesAt);
    this.flags.set(other.flags.subarray(valuesFrom, valuesTo), valuesAt);
    if (other.hasFlags) this.hasFlags = true;
    const shift = valuesAt - valuesFrom;
    for (let i = 0; i < count; i++) this.valueEnds[at + i] = other.valueEnds[from + i]! + shift;
    if (other.extras.size > 0) {
      for (const [index, text] of other.extras) {
        if (index >= from && index < to) this.setExtras(at + index - from, text);
      }
    }
    this.length = at + count;
    this.valueCount = valuesAt + valuesTo - valuesFrom;
  }

  /** Empties the batch and keeps its memory. */
  clear(): void {
    this.length = 0;
    this.valueCount = 0;
    this.extrasCharacters = 0;
    this.hasFlags = false;
    if (this.extras.size > 0) this.extras.clear();
  }

  private setExtras(index: number, text: string): void {
    this.extras.set(index, text);
    this.extrasCharacters += text.length;
  }

  private growMessages(needed: number): void {
    const capacity = Math.max(needed, this.deviceIds.length * 2);
    this.deviceIds = copyOf(new Int32Array(capacity), this.deviceIds);
    this.timesMicros = copyOf(new Float64Array(capacity), this.timesMicros);
    this.valueEnds = copyOf(new Int32Array(capacity), this.valueEnds);
  }

  private growValues(needed: number): void {
    const capacity = Math.max(needed, this.values.length * 2);
    this.metricNumbers = copyOf(new Uint8Array(capacity), this.metricNumbers);
    this.values = copyOf(new Float64Array(capacity), this.values);
    this.flags = copyOf(new Uint8Array(capacity), this.flags);
  }
}

function copyOf<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}
