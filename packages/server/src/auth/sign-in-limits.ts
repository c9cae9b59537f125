import { SluiceError } from "@sluice/core/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** Wrong passwords in a row that cost nothing; after that one attempt each `ATTEMPT_INTERVAL_MS`. */
export const FREE_ATTEMPTS = 5;
export const ATTEMPT_INTERVAL_MS = 30_000;
/**
 * Pairs remembered; past it the oldest is forgotten. Whoever wants to be forgotten must fail this often under other names,
 * and each failure takes the 30 ms of a password check.
 */
const MAX_PAIRS = 10_000;

/**
 * Limits failed sign-ins per pair of address and account: guessing from one place slows down, and nobody can lock out a
 * person who signs in from elsewhere. A success forgives what was before it.
 *
 * The generic cell rate algorithm (ITU-T I.371): one number a pair, the time at which everything tried so far is paid for.
 */
export class SignInLimits {
  readonly #clock: Clock;
  readonly #paidAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an attempt before it is checked, so that many at once count too. Throws `auth.too_many_attempts`. */
  attempt(address: string, account: string): void {
    const pair = pairOf(address, account);
    const now = this.#clock.monotonicMs();
    const paidAt = Math.max(this.#paidAtMs.get(pair) ?? now, now) + ATTEMPT_INTERVAL_MS;
    const retryAfterMs = paidAt - now - FREE_ATTEMPTS * ATTEMPT_INTERVAL_MS;
    if (retryAfterMs > 0) {
      throw new SluiceError("limit", "auth.too_many_attempts", "Too many failed sign-ins from this address.", {
        retryable: true,
        retryAfterMs,
      });
    }
    this.#remember(pair, paidAt);
  }

  succeeded(address: string, account: string): void {
    this.#paidAtMs.delete(pairOf(address, account));
  }

  #remember(pair: string, paidAtMs: number): void {
    this.#paidAtMs.delete(pair);
    if (this.#paidAtMs.size >= MAX_PAIRS) {
      const [oldest] = this.#paidAtMs.keys();
      if (oldest !== undefined) this.#paidAtMs.delete(oldest);
    }
    this.#paidAtMs.set(pair, paidAtMs);
  }
}

/** One household or server has a whole IPv6 /64, so that is one address here. */
function pairOf(address: string, account: string): string {
  const place = address.includes(":") && !address.includes(".") ? networkOf(address) : address;
  return `${place} ${account.slice(0, 320).toLowerCase()}`;
}

function networkOf(address: string): string {
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill("0"), ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
