import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import type { Accounts } from "./accounts.ts";
import type { Requester } from "./requester.ts";
import { findUser, holdPassword, type UserWithPassword } from "./user-store.ts";

/**
 * What needs more than a session asks for the password again. Throws `auth.bad_credentials`, kind "forbidden": the session is
 * still good. Failures are limited as sign-ins are.
 *
 * What the proof is for goes on with `holdOwnPassword`, or replaces just this password: a reset that came in between was perhaps
 * made because of whoever proves it here.
 */
export async function proveOwnPassword(
  accounts: Accounts,
  by: Requester,
  userId: string,
  password: string,
): Promise<UserWithPassword> {
  const user = await findUser(accounts.pool, userId);
  const attempt = { address: by.address ?? "", account: user?.email ?? userId, isKnownThere: true };
  const matches = await accounts.signInLimits.checking(attempt, () =>
    accounts.passwords.verify(user?.passwordHash, password),
  );
  if (!user || !matches) throw wrongPassword();
  return user;
}

/** In the transaction of what the proof is for: throws `auth.bad_credentials` if the password has changed since. */
export async function holdOwnPassword(client: PoolClient, { id, passwordHash }: UserWithPassword): Promise<void> {
  if (!(await holdPassword(client, id, passwordHash))) throw wrongPassword();
}

export function wrongPassword(): SluiceError {
  return new SluiceError("forbidden", "auth.bad_credentials", "The current password is wrong.");
}
