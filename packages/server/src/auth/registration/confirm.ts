import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import { hashSecretToken } from "../../platform/secret-token.ts";
import { linkInvalid, redeemAccountToken } from "../account-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { insertMembership } from "../membership-store.ts";
import { confirmEmailChange } from "../profile/change-email.ts";
import type { Requester } from "../requester.ts";
import { insertUser, isUsernameTaken } from "../user-store.ts";
import { type Registration, takeRegistration } from "./registration-store.ts";

/** Of the link in a mail, to a newcomer's address or somebody's new one. Throws `auth.link_invalid`. */
export async function confirmEmail(
  accounts: Accounts,
  { token, address }: { readonly token: string; readonly address: string },
): Promise<void> {
  accounts.requestLimits.request(address);
  await inTransaction(accounts.pool, async (client) => {
    const now = nowOf(accounts);
    const registration = await takeRegistration(client, { tokenHash: hashSecretToken(token) }, now);
    if (registration === undefined) {
      const change = await redeemAccountToken(accounts, client, "change-email", token);
      return confirmEmailChange(accounts, client, change, address);
    }
    const { userId, organizationId } = registration;
    await admit(client, { organizationId, actor: `user:${userId}`, address }, registration, now);
  });
}

/** An administrator vouches for somebody to whom no mail can be sent. Throws `registration.unknown`. */
export async function confirmRegistration(accounts: Accounts, by: Requester, userId: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    await admit(client, by, await takeOrFail(accounts, client, by, userId), undefined);
  });
}

export async function discardRegistration(accounts: Accounts, by: Requester, userId: string): Promise<void> {
  await inTransaction(accounts.pool, async (client) => {
    const { username, email } = await takeOrFail(accounts, client, by, userId);
    const audit = { action: "registration.discard", subject: `registration:${userId}`, before: { username, email } };
    await recordAuditEvent(client, by, audit);
  });
}

/** Makes the account, an operator of the default organization. */
async function admit(
  client: PoolClient,
  by: Requester,
  { userId, organizationId, username, email, passwordHash }: Registration,
  emailConfirmedAt: Date | undefined,
): Promise<void> {
  // Somebody may have taken the name meanwhile. The address signs in as well, and a name can be chosen later.
  const isFree = !(await isUsernameTaken(client, username));
  const inserted = await insertUser(client, {
    id: userId,
    email,
    ...(isFree ? { username } : {}),
    name: username,
    passwordHash,
    ...(emailConfirmedAt && { emailConfirmedAt }),
  });
  if (inserted === undefined) throw linkInvalid();
  await insertMembership(client, userId, organizationId, ["operator"]);
  const after = { email, username, roles: ["operator"] };
  await recordAuditEvent(client, by, { action: "user.register", subject: `user:${userId}`, after });
}

async function takeOrFail(
  accounts: Accounts,
  client: PoolClient,
  by: Requester,
  userId: string,
): Promise<Registration> {
  const which = { userId, organizationId: by.organizationId };
  const registration = await takeRegistration(client, which, nowOf(accounts));
  if (registration) return registration;
  throw new SluiceError("not-found", "registration.unknown", "There is no such registration that waits.");
}
