import { SluiceError } from "@sluice/core/errors.ts";
import { placeOf } from "../platform/address-place.ts";
import type { Clock } from "../platform/clock.ts";
import { RateCells } from "./rate-cells.ts";

/** Failures in a row of one network and account that cost nothing; after that one attempt each `ATTEMPT_INTERVAL_MS`. */
export const FREE_ATTEMPTS = 5;
export const ATTEMPT_INTERVAL_MS = 30_000;
/** Failures from one network under names that never signed in from there: whoever tries one password on all accounts. */
export const FREE_ATTEMPTS_OF_NETWORK = 50;
export const NETWORK_INTERVAL_MS = 10_000;
/** Failures of one account from all networks that it never signed in from: whoever guesses from many machines. */
export const FREE_ATTEMPTS_OF_ACCOUNT = 20;
export const ACCOUNT_INTERVAL_MS = 60_000;
/** Each of the three remembers this many; to be forgotten one must fail this often elsewhere, and the network's own limit holds. */
const MAX_KEYS = 10_000;

/** Of whom, from where, and whether they have signed in from there before. */
export interface Attempt {
  readonly address: string;
  readonly account: string;
  readonly isKnownThere: boolean;
}

/**
 * Limits failed sign-ins so that guessing is slow and nobody can lock somebody else out:
 *
 *   network and account  always. It slows whoever fails there, and nobody who is elsewhere.
 *   network              only accounts that have not signed in from it. Otherwise one who fails on purpose would lock out
 *                        everybody in the same office.
 *   account              only networks that it has not signed in from. Otherwise an attacker with many machines would lock
 *                        out its owner, who is at one of the usual places. An owner who is at a new place during such an
 *                        attack waits up to a minute, or resets the password by mail, which makes the place a usual one.
 *
 * Accounts are counted by the name that was typed, whether anybody has it or not: that somebody is slowed does not tell which
 * names belong together. One who can type two names of an account has twice the attempts. That somebody is *not* slowed tells
 * one thing: within a network that has used up its attempts, which accounts usually sign in from there. Counts are of one
 * process and end with it.
 */
export class SignInLimits {
  readonly #pairs: RateCells;
  readonly #networks: RateCells;
  readonly #accounts: RateCells;

  constructor(clock: Clock) {
    const cells = (free: number, intervalMs: number) => new RateCells(clock, { free, intervalMs, maxKeys: MAX_KEYS });
    this.#pairs = cells(FREE_ATTEMPTS, ATTEMPT_INTERVAL_MS);
    this.#networks = cells(FREE_ATTEMPTS_OF_NETWORK, NETWORK_INTERVAL_MS);
    this.#accounts = cells(FREE_ATTEMPTS_OF_ACCOUNT, ACCOUNT_INTERVAL_MS);
  }

  /**
   * Runs `check` as an attempt; undefined or false: it failed. Counted before it runs, so that many at once count too. A success
   * forgives what the pair failed before; a check that throws has told nothing and does not count. Throws
   * `auth.too_many_attempts`.
   */
  async checking<T>({ address, account, isKnownThere }: Attempt, check: () => Promise<T>): Promise<T> {
    const keys = keysOf(address, account);
    this.#take(keys, isKnownThere);
    try {
      const answer = await check();
      if (answer === undefined || answer === false) return answer;
      this.#pairs.forget(keys.pair);
      if (!isKnownThere) this.#giveBackShared(keys);
      return answer;
    } catch (error) {
      this.#pairs.giveBack(keys.pair);
      if (!isKnownThere) this.#giveBackShared(keys);
      throw error;
    }
  }

  #take({ pair, network, name }: Keys, isKnownThere: boolean): void {
    refuseUnlessNow(this.#pairs.take(pair), "Too many failed sign-ins from this address.");
    if (isKnownThere) return;
    const networkWaitMs = this.#networks.take(network);
    if (networkWaitMs > 0) this.#pairs.giveBack(pair);
    refuseUnlessNow(networkWaitMs, "Too many failed sign-ins from this address.");
    const accountWaitMs = this.#accounts.take(name);
    if (accountWaitMs > 0) {
      this.#pairs.giveBack(pair);
      this.#networks.giveBack(network);
    }
    refuseUnlessNow(accountWaitMs, "Too many failed sign-ins of this account from addresses that are new to it.");
  }

  #giveBackShared({ network, name }: Keys): void {
    this.#networks.giveBack(network);
    this.#accounts.giveBack(name);
  }
}

interface Keys {
  readonly network: string;
  readonly name: string;
  readonly pair: string;
}

function keysOf(address: string, account: string): Keys {
  const network = placeOf(address);
  const name = account.slice(0, 320).toLowerCase();
  return { network, name, pair: `${network} ${name}` };
}

function refuseUnlessNow(retryAfterMs: number, message: string): void {
  if (retryAfterMs === 0) return;
  throw new SluiceError("limit", "auth.too_many_attempts", message, { retryable: true, retryAfterMs });
}
