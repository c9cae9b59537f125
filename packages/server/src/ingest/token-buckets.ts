/** Owners remembered at most; at the limit the full buckets go, which lose nothing, and if there is none, all. */
export const MAX_BUCKETS = 1_000_000;
const INITIAL_CAPACITY = 1_024;
/** Tokens that doubles may have lost on the way. */
const ROUNDING = 1e-9;

/**
 * Token buckets by owner's number: `burst` tokens at most, `perSecond` flow in, a message takes one. A request with more
 * messages than the burst passes when its bucket is full and leaves it in debt, so that a device can deliver a backlog at
 * once and its average still holds.
 */
export class TokenBuckets {
  private readonly maxBuckets: number;
  private readonly slots = new Map<number, number>();
  private tokens = new Float64Array(INITIAL_CAPACITY);
  private filledAtMs = new Float64Array(INITIAL_CAPACITY);

  constructor(maxBuckets: number = MAX_BUCKETS) {
    this.maxBuckets = maxBuckets;
  }

  get size(): number {
    return this.slots.size;
  }

  /** Takes tokens for `messages`; 0 when they were there, else the milliseconds until they will be, and nothing is taken. */
  take(owner: number, messages: number, perSecond: number, burst: number, nowMs: number): number {
    const waitMs = this.waitMs(owner, messages, perSecond, burst, nowMs);
    if (waitMs === 0) this.spend(owner, messages, perSecond, burst, nowMs);
    return waitMs;
  }

  /** Milliseconds until `messages` may pass; 0 when they may now. */
  waitMs(owner: number, messages: number, perSecond: number, burst: number, nowMs: number): number {
    const slot = this.slots.get(owner);
    if (slot === undefined) return 0;
    const missing = Math.min(messages, burst) - this.level(slot, perSecond, burst, nowMs);
    return missing <= ROUNDING ? 0 : Math.ceil(((missing - ROUNDING) * 1000) / perSecond);
  }

  /** Takes tokens for messages that were let in already, even into debt. */
  spend(owner: number, messages: number, perSecond: number, burst: number, nowMs: number): void {
    let slot = this.slots.get(owner);
    if (slot === undefined) {
      slot = this.newSlot(owner, nowMs);
      this.tokens[slot] = burst;
      this.filledAtMs[slot] = nowMs;
    }
    this.tokens[slot] = this.level(slot, perSecond, burst, nowMs) - messages;
    this.filledAtMs[slot] = nowMs;
  }

  private level(slot: number, perSecond: number, burst: number, nowMs: number): number {
    const flowedIn = ((nowMs - this.filledAtMs[slot]!) * perSecond) / 1000;
    return Math.min(burst, this.tokens[slot]! + flowedIn);
  }

  private newSlot(owner: number, nowMs: number): number {
    if (this.slots.size >= this.maxBuckets) this.forget(nowMs);
    const slot = this.slots.size;
    if (slot === this.tokens.length) {
      this.tokens = longer(this.tokens);
      this.filledAtMs = longer(this.filledAtMs);
    }
    this.slots.set(owner, slot);
    return slot;
  }

  /** Keeps the buckets that were drawn from in the last second; slots stay dense. */
  private forget(nowMs: number): void {
    const kept = [...this.slots].filter(([, slot]) => nowMs - this.filledAtMs[slot]! < 1000);
    this.slots.clear();
    if (kept.length >= this.maxBuckets) return;
    const tokens = kept.map(([, slot]) => this.tokens[slot]!);
    const filledAtMs = kept.map(([, slot]) => this.filledAtMs[slot]!);
    this.tokens.set(tokens);
    this.filledAtMs.set(filledAtMs);
    kept.forEach(([owner], slot) => {
      this.slots.set(owner, slot);
    });
  }
}

function longer(from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}
