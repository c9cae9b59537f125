import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction, isUniqueViolation } from "../../platform/postgres.ts";
import { issueAccountToken, linkInvalid, TOKEN_LIFETIME_MS } from "../account-token.ts";
import { type AccountToken, deleteAccountTokens } from "../account-token-store.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { assertEmail } from "../create-user.ts";
import { enqueueMail, linkTo } from "../mail/enqueue-mail.ts";
import { textsIn } from "../mail/mail-texts.ts";
import { holdOwnPassword, proveOwnPassword } from "../prove-own-password.ts";
import type { Requester } from "../requester.ts";
import { findHomeOrganization, findUser, findUserByEmail, updateEmail } from "../user-store.ts";
import { languageOf } from "./preference-store.ts";

const NEWS_LIFETIME_MS = 24 * 3_600_000;

/**
 * Mails a link to the new address, which changes nothing until it is followed. An address that another account has gets another
 * mail, and the answer is the same. Throws `auth.bad_credentials`, or `mail.unavailable` without a mail service.
 */
export async function requestEmailChange(
  accounts: Accounts,
  by: Requester,
  request: { readonly userId: string; readonly email: string; readonly password: string },
): Promise<void> {
  const email = request.email.trim();
  assertEmail(email);
  if (!accounts.settings.sendsMail) {
    const message = "This installation sends no mail, so that the address cannot be confirmed: set SLUICE_SMTP_URL.";
    throw new SluiceError("unavailable", "mail.unavailable", message, { retryable: false });
  }
  const user = await proveOwnPassword(accounts, by, request.userId, request.password);
  if (!accounts.requestLimits.mayMail("change-email", email)) return;
  await inTransaction(accounts.pool, async (client) => {
    await holdOwnPassword(client, user);
    const texts = textsIn(await languageOf(client, user.id));
    const isTaken = (await findUserByEmail(client, email)) !== undefined;
    const secret = await issueAccountToken(accounts, client, { purpose: "change-email", userId: user.id, email });
    const text = isTaken ? texts.emailInUse() : texts.confirmEmail(linkTo(accounts, "confirm-email", secret));
    await enqueueMail(accounts, client, { to: email, ...text }, TOKEN_LIFETIME_MS["change-email"]);
    const after = { email };
    await recordAuditEvent(client, by, { action: "user.request-email", subject: `user:${user.id}`, after });
  });
}

/** Of the link in that mail. The address before is told. */
export async function confirmEmailChange(
  accounts: Accounts,
  client: PoolClient,
  { userId, email }: AccountToken,
  address: string,
): Promise<void> {
  const user = await findUser(client, userId);
  const organizationId = await findHomeOrganization(client, userId);
  if (!user || organizationId === undefined || email === null) throw linkInvalid();
  await updateEmail(client, userId, email, nowOf(accounts)).catch((error) => {
    throw isUniqueViolation(error, "app_user_email_key") ? linkInvalid() : error;
  });
  // Links that were mailed to the address before: whoever reads it now is perhaps why it was changed.
  await deleteAccountTokens(client, userId);
  const text = textsIn(await languageOf(client, userId)).emailChanged(email);
  await enqueueMail(accounts, client, { to: user.email, ...text }, NEWS_LIFETIME_MS);
  await recordAuditEvent(
    client,
    { organizationId, actor: `user:${userId}`, address },
    { action: "user.change-email", subject: `user:${userId}`, before: { email: user.email }, after: { email } },
  );
}
