import { SPACE } from "./bytes.ts";

/**
 * Series keys, as the bytes that came, → what they resolved to. Open addressing over typed arrays with the keys in one arena:
 * 500,000 series cost some tens of bytes each beside their keys, and none of them is an object to the garbage collector.
 */
export class SeriesCache<T> {
  private readonly maxSeries: number;
  /** Slot → index of the series + 1; 0 is free. */
  private slots = new Int32Array(INITIAL_SLOTS);
  private hashes = new Int32Array(INITIAL_SLOTS / 2);
  private organizations = new Int32Array(INITIAL_SLOTS / 2);
  private keyEnds = new Int32Array(INITIAL_SLOTS / 2);
  private keys = new Uint8Array(INITIAL_SLOTS * 16);
  private entries: T[] = [];

  constructor(maxSeries: number = MAX_SERIES) {
    this.maxSeries = maxSeries;
  }

  get size(): number {
    return this.entries.length;
  }

  /** The entry of the key in `bytes`; equal hashes are told apart by their bytes, equal bytes by their organization. */
  find(bytes: Uint8Array, from: number, to: number, hash: number, organizationId: number): T | undefined {
    const mask = this.slots.length - 1;
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const index = this.slots[slot]! - 1;
      if (index < 0) return undefined;
      if (this.hashes[index] === hash && this.organizations[index] === organizationId) {
        if (this.isKey(index, bytes, from, to)) {
          this.lastIndex = index;
          return this.entries[index];
        }
      }
    }
  }

  /** Index of the entry that `find` or `add` last answered or added. */
  lastIndex = NO_INDEX;

  /**
   * The entry at an index if its key stands in `bytes` at `from` and a space follows it. Comparing with a guess costs a third
   * of hashing the key to look it up, and senders tend to say their series in the same order each time.
   */
  guess(index: number, bytes: Uint8Array, from: number, organizationId: number): T | undefined {
    if (index >= this.entries.length || index < 0 || this.organizations[index] !== organizationId) return undefined;
    const { keys } = this;
    const keyEnd = this.keyEnds[index]!;
    let at = from;
    for (let i = index === 0 ? 0 : this.keyEnds[index - 1]!; i < keyEnd; i++) {
      if (keys[i] !== bytes[at++]) return undefined;
    }
    if (bytes[at] !== SPACE) return undefined;
    this.lastIndex = index;
    return this.entries[index];
  }

  /** Adds a key that `find` did not find. At the limit all are forgotten: they come back one miss each. */
  add(bytes: Uint8Array, from: number, to: number, hash: number, organizationId: number, entry: T): void {
    if (this.entries.length >= this.maxSeries) this.clear();
    const index = this.entries.length;
    const keyStart = index === 0 ? 0 : this.keyEnds[index - 1]!;
    const keyEnd = keyStart + to - from;
    if (keyEnd > MAX_KEY_ARENA_BYTES) {
      this.clear();
      this.add(bytes, from, to, hash, organizationId, entry);
      return;
    }
    if (index === this.hashes.length) this.growSeries();
    if (keyEnd > this.keys.length)
      this.keys = enlarged(this.keys, new Uint8Array(Math.max(keyEnd, this.keys.length * 2)));
    this.keys.set(bytes.subarray(from, to), keyStart);
    this.keyEnds[index] = keyEnd;
    this.hashes[index] = hash;
    this.organizations[index] = organizationId;
    this.entries.push(entry);
    this.lastIndex = index;
    this.occupy(index);
  }

  clear(): void {
    this.entries = [];
    this.slots.fill(0);
  }

  private isKey(index: number, bytes: Uint8Array, from: number, to: number): boolean {
    const { keys } = this;
    let at = index === 0 ? 0 : this.keyEnds[index - 1]!;
    if (this.keyEnds[index]! - at !== to - from) return false;
    for (let i = from; i < to; i++) {
      if (bytes[i] !== keys[at++]) return false;
    }
    return true;
  }

  private occupy(index: number): void {
    const mask = this.slots.length - 1;
    let slot = slotOf(this.hashes[index]!, mask);
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = index + 1;
  }

  /** Doubles everything; slots stay at most half full, so that probing ends after a step or two. */
  private growSeries(): void {
    const capacity = this.hashes.length * 2;
    this.hashes = enlarged(this.hashes, new Int32Array(capacity));
    this.organizations = enlarged(this.organizations, new Int32Array(capacity));
    this.keyEnds = enlarged(this.keyEnds, new Int32Array(capacity));
    this.slots = new Int32Array(capacity * 2);
    for (let index = 0; index < this.entries.length; index++) this.occupy(index);
  }
}

/** No entry: what there is to guess before anything was seen. */
export const NO_INDEX = -1;
const INITIAL_SLOTS = 2_048;
/** Series remembered at most. */
export const MAX_SERIES = 524_288;
/** Bytes of keys remembered at most: 128 each of as many series. */
const MAX_KEY_ARENA_BYTES = 64 * 1024 * 1024;

/** The upper bits decide too: FNV leaves little of the last bytes in the lower ones alone. */
function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}

function enlarged<A extends { set(source: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}
