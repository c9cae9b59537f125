import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { assertNewPassword } from "./password.ts";
import type { Requester } from "./requester.ts";
import { issueTokens, type TokenPair } from "./session.ts";
import { revokeSessionsOf } from "./session-store.ts";
import { findUser, findUserByEmail, updatePasswordHash } from "./user-store.ts";

export interface PasswordChange {
  readonly userId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Changes one's own password. Every session ends, and the answer begins a new one for the person who changed it. Throws
 * `auth.bad_credentials` when the current password is wrong; failures are limited as sign-ins are.
 */
export async function changePassword(accounts: Accounts, by: Requester, change: PasswordChange): Promise<TokenPair> {
  assertNewPassword(change.newPassword);
  const user = await findUser(accounts.pool, change.userId);
  const [address, account] = [by.address ?? "", user?.email ?? change.userId];
  accounts.signInLimits.attempt(address, account);
  if (!user || !(await accounts.passwords.verify(user.passwordHash, change.currentPassword))) {
    throw new SluiceError("forbidden", "auth.bad_credentials", "The current password is wrong.");
  }
  accounts.signInLimits.succeeded(address, account);
  const passwordHash = await accounts.passwords.hash(change.newPassword);
  return inTransaction(accounts.pool, async (client) => {
    await updatePasswordHash(client, user.id, passwordHash);
    await revokeSessionsOf(client, user.id, new Date(accounts.clock.nowMicros() / 1000));
    await recordAuditEvent(client, by, { action: "user.change-password", subject: `user:${user.id}` });
    return issueTokens(accounts, client, { userId: user.id, organizationId: by.organizationId });
  });
}

/** First aid by whoever runs the server: sets a password (generated when none is given) and ends every session. */
export async function resetPassword(
  accounts: Accounts,
  by: Requester,
  email: string,
  newPassword?: string,
): Promise<{ readonly email: string; readonly generatedPassword: string | undefined }> {
  if (newPassword !== undefined) assertNewPassword(newPassword);
  const user = await findUserByEmail(accounts.pool, email);
  if (!user) throw new SluiceError("not-found", "user.unknown", "There is no account with this e-mail address.");
  const generatedPassword = newPassword === undefined ? accounts.passwords.generate() : undefined;
  const passwordHash = await accounts.passwords.hash(newPassword ?? generatedPassword!);
  await inTransaction(accounts.pool, async (client) => {
    await updatePasswordHash(client, user.id, passwordHash);
    await revokeSessionsOf(client, user.id, new Date(accounts.clock.nowMicros() / 1000));
    await recordAuditEvent(client, by, { action: "user.reset-password", subject: `user:${user.id}` });
  });
  return { email: user.email, generatedPassword };
}
