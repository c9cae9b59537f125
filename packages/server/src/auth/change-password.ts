import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { deleteAccountTokens } from "./account-token-store.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { assertNewPassword } from "./password.ts";
import { proveOwnPassword, wrongPassword } from "./prove-own-password.ts";
import type { Requester } from "./requester.ts";
import { inSigningTransaction, issueTokens, type TokenPair } from "./session.ts";
import { revokeSessionsOf } from "./session-store.ts";
import { findUserByEmail, replacePasswordHash, type User, updatePasswordHash } from "./user-store.ts";

export interface PasswordChange {
  readonly userId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly userAgent?: string | undefined;
}

/**
 * Changes one's own password. Every session ends, and the answer begins a new one for the person who changed it. Throws
 * `auth.bad_credentials` when the current password is wrong; failures are limited as sign-ins are.
 */
export async function changePassword(accounts: Accounts, by: Requester, change: PasswordChange): Promise<TokenPair> {
  assertNewPassword(change.newPassword);
  const user = await proveOwnPassword(accounts, by, change.userId, change.currentPassword);
  assertNewPassword(change.newPassword, wordsOf(user));
  const passwordHash = await accounts.passwords.hash(change.newPassword);
  return inSigningTransaction(accounts, async (client) => {
    if (!(await replacePasswordHash(client, user.id, user.passwordHash, passwordHash))) throw wrongPassword();
    await endWhatPasswordBegan(accounts, client, user.id);
    await recordAuditEvent(client, by, { action: "user.change-password", subject: `user:${user.id}` });
    const { address } = by;
    const { userAgent } = change;
    return issueTokens(accounts, client, { userId: user.id, organizationId: by.organizationId, address, userAgent });
  });
}

/** First aid by whoever runs the server: sets a password (generated when none is given) and ends every session. */
export async function resetPassword(
  accounts: Accounts,
  by: Requester,
  email: string,
  newPassword?: string,
): Promise<{ readonly email: string; readonly generatedPassword: string | undefined }> {
  const user = await findUserByEmail(accounts.pool, email);
  if (newPassword !== undefined) assertNewPassword(newPassword, user && wordsOf(user));
  if (!user) throw new SluiceError("not-found", "user.unknown", "There is no account with this e-mail address.");
  const generatedPassword = newPassword === undefined ? accounts.passwords.generate() : undefined;
  const passwordHash = await accounts.passwords.hash(newPassword ?? generatedPassword!);
  await inTransaction(accounts.pool, async (client) => {
    await setPassword(accounts, client, user.id, passwordHash);
    await recordAuditEvent(client, by, { action: "user.reset-password", subject: `user:${user.id}` });
  });
  return { email: user.email, generatedPassword };
}

/** Whatever was begun with the old one ends: sessions, links, and sign-ins that wait for a second factor or for a program. */
export async function setPassword(
  accounts: Accounts,
  client: PoolClient,
  userId: string,
  passwordHash: string,
): Promise<void> {
  await updatePasswordHash(client, userId, passwordHash);
  await endWhatPasswordBegan(accounts, client, userId);
}

async function endWhatPasswordBegan(accounts: Accounts, client: PoolClient, userId: string): Promise<void> {
  await deleteAccountTokens(client, userId);
  await revokeSessionsOf(client, userId, nowOf(accounts));
}

/** What a password must not consist of. */
export function wordsOf({ email, username, name }: Pick<User, "email" | "username" | "name">): readonly string[] {
  return [email, name, ...(username === null ? [] : [username])];
}
