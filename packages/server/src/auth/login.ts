import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { issueTokens, type TokenPair } from "./session.ts";
import { findHomeOrganization, findUserByEmail } from "./user-store.ts";

export interface Credentials {
  /** The e-mail address. */
  readonly username: string;
  readonly password: string;
  /** Where the request came from: failures are limited per address and account. */
  readonly address: string;
}

/**
 * Begins a session. A name that nobody has takes as long as a wrong password and gets the same answer, so that nobody learns
 * who has an account. Throws `auth.bad_credentials`, `auth.too_many_attempts` or `auth.busy`.
 */
export async function login(accounts: Accounts, credentials: Credentials): Promise<TokenPair> {
  const { pool, passwords, signInLimits } = accounts;
  signInLimits.attempt(credentials.address, credentials.username);
  const user = await findUserByEmail(pool, credentials.username);
  const matches = await passwords.verify(user?.passwordHash, credentials.password);
  const organizationId = user && matches && user.isActive ? await findHomeOrganization(pool, user.id) : undefined;
  if (!user || organizationId === undefined) {
    throw new SluiceError("unauthenticated", "auth.bad_credentials", "The name or the password is wrong.");
  }
  signInLimits.succeeded(credentials.address, credentials.username);
  return inTransaction(pool, (client) => issueTokens(accounts, client, { userId: user.id, organizationId }));
}
