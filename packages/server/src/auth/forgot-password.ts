import type { PoolClient } from "pg";
import { placeOf } from "../platform/address-place.ts";
import { inTransaction } from "../platform/postgres.ts";
import { issueAccountToken, linkInvalid, redeemAccountToken, TOKEN_LIFETIME_MS } from "./account-token.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { setPassword, wordsOf } from "./change-password.ts";
import { dropEntrances } from "./drop-entrances.ts";
import { findSignIn } from "./login.ts";
import { enqueueForgotten, enqueueMail, type ForgottenPassword, linkTo } from "./mail/enqueue-mail.ts";
import { textsIn } from "./mail/mail-texts.ts";
import { assertNewPassword } from "./password.ts";
import { languageOf } from "./profile/preference-store.ts";
import { findHomeOrganization, findUser, markEmailConfirmed, rememberAddress } from "./user-store.ts";

/**
 * Has a link mailed to whoever has the account, and tells the asker nothing: all that happens here happens for a name that
 * nobody has, too, and the worker that sends mails looks later who it is. Throws `auth.too_many_requests`.
 */
export async function forgotPassword(accounts: Accounts, forgotten: ForgottenPassword): Promise<void> {
  accounts.requestLimits.request(forgotten.address);
  const { logger, settings } = accounts;
  if (settings.sendsMail) {
    await inTransaction(accounts.pool, (client) => enqueueForgotten(accounts, client, forgotten));
    return;
  }
  logger?.warn("a password was forgotten; set SLUICE_SMTP_URL to mail links, or run sluice admin reset-password");
}

/** Of the worker: queues the mail with the link, if there is such an account and it has not had enough of them. */
export async function mailResetLink(
  accounts: Accounts,
  client: PoolClient,
  forgotten: ForgottenPassword,
): Promise<void> {
  const user = await findSignIn(accounts, forgotten.username, forgotten.address);
  if (!user?.isActive || !accounts.requestLimits.mayMail("reset-password", user.email)) return;
  const { id: userId, email } = user;
  const organizationId = await findHomeOrganization(client, userId);
  if (organizationId === undefined) return;
  const secret = await issueAccountToken(accounts, client, { purpose: "reset-password", userId });
  const text = textsIn(await languageOf(client, userId)).resetPassword(linkTo(accounts, "reset-password", secret));
  await enqueueMail(accounts, client, { to: email, ...text }, TOKEN_LIFETIME_MS["reset-password"]);
  const by = { organizationId, actor: "system", address: forgotten.address };
  await recordAuditEvent(client, by, { action: "user.forgot-password", subject: `user:${userId}` });
}

/**
 * Sets the password of whoever has the link, and ends every session. One who is switched off can, too, and is no less so: they
 * need it to accept another organization's invitation. Throws `auth.link_invalid`.
 */
export async function resetForgottenPassword(
  accounts: Accounts,
  reset: { readonly token: string; readonly newPassword: string; readonly address: string },
): Promise<void> {
  accounts.requestLimits.request(reset.address);
  assertNewPassword(reset.newPassword);
  const passwordHash = await accounts.passwords.hash(reset.newPassword);
  await inTransaction(accounts.pool, async (client) => {
    const { userId } = await redeemAccountToken(accounts, client, "reset-password", reset.token);
    const user = await findUser(client, userId);
    const organizationId = await findHomeOrganization(client, userId);
    if (!user?.isActive || organizationId === undefined) throw linkInvalid();
    assertNewPassword(reset.newPassword, wordsOf(user));
    await setPassword(accounts, client, userId, passwordHash);
    const now = nowOf(accounts);
    const by = { organizationId, actor: `user:${userId}`, address: reset.address };
    if (await markEmailConfirmed(client, userId, now)) await dropEntrances(client, by, userId);
    // Whoever reads the mail is at home here, even while others guess.
    await rememberAddress(client, userId, placeOf(reset.address), now);
    await recordAuditEvent(client, by, { action: "user.reset-password", subject: `user:${userId}` });
  });
}
