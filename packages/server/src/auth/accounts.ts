import type { Pool } from "pg";
import type { Clock } from "../platform/clock.ts";
import type { Sealer } from "../platform/secret.ts";
import type { RandomBytes } from "../platform/secret-token.ts";
import { Authenticator } from "./authenticate.ts";
import { Passwords } from "./password.ts";
import { SignInLimits } from "./sign-in-limits.ts";
import { SigningKeys } from "./signing-keys.ts";

/** What the use cases of accounts work with; made once by `main.ts`. */
export interface Accounts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly passwords: Passwords;
  readonly signingKeys: SigningKeys;
  readonly signInLimits: SignInLimits;
  readonly authenticator: Authenticator;
}

export interface AccountsOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Seals the private part of the signing keys. */
  readonly sealer: Sealer;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { pool, clock, randomBytes } = options;
  const signingKeys = new SigningKeys(options);
  return {
    pool,
    clock,
    randomBytes,
    passwords: new Passwords(randomBytes),
    signingKeys,
    signInLimits: new SignInLimits(clock),
    authenticator: new Authenticator({ pool, clock, signingKeys }),
  };
}

/** Opens the signing keys before the first sign-in; throws `secret.wrong` when they were sealed with another secret. */
export async function prepareAccounts(accounts: Accounts): Promise<void> {
  await Promise.all([accounts.signingKeys.current(), accounts.passwords.prepare()]);
}
