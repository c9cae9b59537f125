import { SluiceError } from "@sluice/core/errors.ts";
import { placeOf } from "./address-place.ts";
import type { Clock } from "./clock.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** Places remembered at once; past it those are forgotten that may try as much as ever. */
const MAX_PLACES = 100_000;

export interface RefusedTokensOptions {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Refusals of one place (an address, of IPv6 a network /64): so many a second, so many at once. Undefined: no limit. */
  readonly limit: { readonly perSecond: number; readonly burst: number } | undefined;
}

/**
 * Counts tokens that open nothing by where they come from: each costs a question to the database. Past its limit a place is asked
 * to wait with tokens that nobody has seen; those that were good a while ago are looked at as ever, so that nobody locks out
 * their neighbours, or everybody behind the same proxy.
 */
export class RefusedTokens {
  readonly #options: RefusedTokensOptions;
  readonly #buckets = new TokenBuckets<string>(MAX_PLACES);

  constructor(options: RefusedTokensOptions) {
    this.#options = options;
  }

  /** Throws `request.rate_limited`. */
  assertMayTry(address: string): void {
    const { limit, clock } = this.#options;
    if (limit === undefined) return;
    const { perSecond, burst } = limit;
    const retryAfterMs = this.#buckets.waitMs(placeOf(address), 1, perSecond, burst, clock.monotonicMs());
    if (retryAfterMs === 0) return;
    const message = "Too many tokens from this address open nothing; go more slowly.";
    throw new SluiceError("limit", "request.rate_limited", message, { retryable: true, retryAfterMs });
  }

  count(address: string): void {
    const { limit, clock } = this.#options;
    if (limit === undefined) return;
    const { perSecond, burst } = limit;
    this.#buckets.spend(placeOf(address), 1, perSecond, burst, clock.monotonicMs());
  }
}
