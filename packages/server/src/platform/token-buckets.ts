/** Owners remembered at most; at the limit the full buckets go, which lose nothing, or else those that are full soonest. */
export const MAX_BUCKETS = 1_000_000;
const INITIAL_CAPACITY = 1_024;
/** Tokens that doubles may have lost on the way. */
const ROUNDING = 1e-9;

/**
 * Token buckets by owner: `burst` tokens at most, `perSecond` flow in, a message or a request takes some. What takes more than
 * the burst passes when its bucket is full and leaves it in debt, so that a device can deliver a backlog at once and its
 * average still holds.
 */
export class TokenBuckets<Owner extends number | string = number> {
  private readonly maxBuckets: number;
  private readonly slots = new Map<Owner, number>();
  private tokens = new Float64Array(INITIAL_CAPACITY);
  private filledAtMs = new Float64Array(INITIAL_CAPACITY);
  private fullAtMs = new Float64Array(INITIAL_CAPACITY);

  constructor(maxBuckets: number = MAX_BUCKETS) {
    this.maxBuckets = maxBuckets;
  }

  get size(): number {
    return this.slots.size;
  }

  /** Takes tokens for `messages`; 0 when they were there, else the milliseconds until they will be, and nothing is taken. */
  take(owner: Owner, messages: number, perSecond: number, burst: number, nowMs: number): number {
    const waitMs = this.waitMs(owner, messages, perSecond, burst, nowMs);
    if (waitMs === 0) this.spend(owner, messages, perSecond, burst, nowMs);
    return waitMs;
  }

  /** Milliseconds until `messages` may pass; 0 when they may now. */
  waitMs(owner: Owner, messages: number, perSecond: number, burst: number, nowMs: number): number {
    const slot = this.slots.get(owner);
    if (slot === undefined) return 0;
    const missing = Math.min(messages, burst) - this.level(slot, perSecond, burst, nowMs);
    return missing <= ROUNDING ? 0 : Math.ceil(((missing - ROUNDING) * 1000) / perSecond);
  }

  /** Whole tokens that are there now. */
  available(owner: Owner, perSecond: number, burst: number, nowMs: number): number {
    const slot = this.slots.get(owner);
    return slot === undefined ? burst : Math.max(0, Math.floor(this.level(slot, perSecond, burst, nowMs) + ROUNDING));
  }

  /** Takes tokens for messages that were let in already, even into debt. */
  spend(owner: Owner, messages: number, perSecond: number, burst: number, nowMs: number): void {
    let slot = this.slots.get(owner);
    if (slot === undefined) {
      slot = this.newSlot(owner, nowMs);
      this.tokens[slot] = burst;
      this.filledAtMs[slot] = nowMs;
    }
    const tokens = this.level(slot, perSecond, burst, nowMs) - messages;
    this.tokens[slot] = tokens;
    this.filledAtMs[slot] = nowMs;
    this.fullAtMs[slot] = nowMs + ((burst - tokens) * 1000) / perSecond;
  }

  private level(slot: number, perSecond: number, burst: number, nowMs: number): number {
    const flowedIn = ((nowMs - this.filledAtMs[slot]!) * perSecond) / 1000;
    return Math.min(burst, this.tokens[slot]! + flowedIn);
  }

  private newSlot(owner: Owner, nowMs: number): number {
    if (this.slots.size >= this.maxBuckets) this.forget(nowMs);
    const slot = this.slots.size;
    if (slot === this.tokens.length) {
      this.tokens = longer(this.tokens);
      this.filledAtMs = longer(this.filledAtMs);
      this.fullAtMs = longer(this.fullAtMs);
    }
    this.slots.set(owner, slot);
    return slot;
  }

  /** Keeps the buckets that are not full, or of so many those that are full later than the average; slots stay dense. */
  private forget(nowMs: number): void {
    const notFull = [...this.slots].filter(([, slot]) => this.fullAtMs[slot]! > nowMs);
    const kept = notFull.length < this.maxBuckets ? notFull : this.fullLatest(notFull);
    for (const column of [this.tokens, this.filledAtMs, this.fullAtMs]) {
      column.set(kept.map(([, slot]) => column[slot]!));
    }
    this.slots.clear();
    kept.forEach(([owner], slot) => {
      this.slots.set(owner, slot);
    });
  }

  private fullLatest<Entry extends readonly [Owner, number]>(entries: readonly Entry[]): Entry[] {
    const average = entries.reduce((sum, [, slot]) => sum + this.fullAtMs[slot]! / entries.length, 0);
    const latest = entries.filter(([, slot]) => this.fullAtMs[slot]! > average);
    // All equal, the average rounded down.
    return latest.length < entries.length ? latest : [];
  }
}

function longer(from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}
