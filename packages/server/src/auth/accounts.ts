import type { Pool } from "pg";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Sealer } from "../platform/secret.ts";
import type { RandomBytes } from "../platform/secret-token.ts";
import { Authenticator } from "./authenticate.ts";
import { Passwords } from "./password.ts";
import { RequestLimits } from "./request-limits.ts";
import { SignInLimits } from "./sign-in-limits.ts";
import { SigningKeys } from "./signing-keys.ts";

/** What the use cases of accounts work with; made once by `main.ts`. */
export interface Accounts {
  readonly pool: Pool;
  /** For what a STOP asks too: who is it? Nothing else waits for its connections. */
  readonly urgentPool: Pool;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly sealer: Sealer;
  /** Absent on the command line, which prints what there is to say. */
  readonly logger: Logger | undefined;
  readonly settings: AccountSettings;
  readonly passwords: Passwords;
  readonly signingKeys: SigningKeys;
  readonly signInLimits: SignInLimits;
  /** Of second factors, by the person's id: what is tried at the passwords does not slow their codes. */
  readonly codeLimits: SignInLimits;
  readonly requestLimits: RequestLimits;
  readonly authenticator: Authenticator;
}

export interface AccountSettings {
  /** Who may make an account: whoever was invited, or anybody. */
  readonly registration: "closed" | "open";
  /** False: no mail leaves this installation, so links are shown to administrators instead. */
  readonly sendsMail: boolean;
  /** What links in mails begin with, without a slash at its end. */
  readonly publicUrl: string;
}

const DEFAULT_SETTINGS: AccountSettings = {
  registration: "closed",
  sendsMail: false,
  publicUrl: "http://localhost:8080",
};

export interface AccountsOptions {
  readonly pool: Pool;
  /** `pool` when absent. */
  readonly urgentPool?: Pool;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Seals the private part of the signing keys, second factors and mails that wait. */
  readonly sealer: Sealer;
  readonly logger?: Logger;
  readonly settings?: Partial<AccountSettings>;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { pool, urgentPool = pool, clock, randomBytes, sealer, logger } = options;
  const signingKeys = new SigningKeys({ ...options, pool: urgentPool });
  return {
    pool,
    urgentPool,
    clock,
    randomBytes,
    sealer,
    logger,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    passwords: new Passwords(randomBytes),
    signingKeys,
    signInLimits: new SignInLimits(clock),
    codeLimits: new SignInLimits(clock),
    requestLimits: new RequestLimits(clock),
    authenticator: new Authenticator({ pool: urgentPool, clock, signingKeys }),
  };
}

/** Opens the signing keys before the first sign-in; throws `secret.wrong` when they were sealed with another secret. */
export async function prepareAccounts(accounts: Accounts): Promise<void> {
  await Promise.all([accounts.signingKeys.current(), accounts.passwords.prepare()]);
}

/** The time of accounts. */
export function nowOf({ clock }: Pick<Accounts, "clock">): Date {
  return new Date(clock.nowMicros() / 1000);
}
