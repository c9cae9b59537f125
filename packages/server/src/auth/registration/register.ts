import { randomUUID } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../../platform/secret-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { assertEmail, assertUsername, usernameTaken } from "../create-user.ts";
import { joinByInvitation } from "../invitations/accept-invitation.ts";
import { enqueueMail, linkTo } from "../mail/enqueue-mail.ts";
import { textsIn } from "../mail/mail-texts.ts";
import { assertNewPassword } from "../password.ts";
import { findUserByEmail, isUsernameTaken } from "../user-store.ts";
import { defaultOrganizationId, dropOldestRegistrations, insertRegistration } from "./registration-store.ts";

export const REGISTRATION_LIFETIME_MS = 24 * 3_600_000;
/** Waiting to be confirmed; for one more the oldest is dropped, so that nobody closes the registration by filling it. */
export const MAX_REGISTRATIONS = 10_000;

export interface RegistrationRequest {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** The secret of an invitation; without one registration has to be open. */
  readonly invitation?: string | undefined;
  readonly address: string;
}

/**
 * Answers the id of the account to be. By invitation it exists at once; else it is a wish until the link in a mail is followed,
 * or, where no mail is sent, an administrator confirms it.
 *
 * The answer never tells whether the address has an account: nothing is reserved before the confirmation, not even the user
 * name, so that asking twice tells nothing either; whoever owns the address reads in a mail what happened. Throws
 * `auth.registration_closed`, `user.username_taken`, `auth.too_many_requests` and what is wrong with the fields.
 */
export async function register(accounts: Accounts, request: RegistrationRequest): Promise<string> {
  const { username, password, invitation, address } = request;
  const email = request.email.trim();
  if (invitation === undefined && accounts.settings.registration === "closed") throw closed();
  accounts.requestLimits.request(address);
  assertEmail(email);
  assertUsername(username);
  assertNewPassword(password, [email, username]);
  if (await isUsernameTaken(accounts.pool, username)) throw usernameTaken();
  const passwordHash = await accounts.passwords.hash(password);
  const newcomer = { username, name: username, email, passwordHash, address };
  return invitation === undefined ? wish(accounts, newcomer) : joinByInvitation(accounts, invitation, newcomer);
}

interface Newcomer {
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly address: string;
}

async function wish(accounts: Accounts, { address, ...newcomer }: Newcomer): Promise<string> {
  const { username, email, passwordHash } = newcomer;
  const userId = randomUUID();
  const secret = newSecretToken("sla_", accounts.randomBytes);
  const createdAt = nowOf(accounts);
  const mayMail = accounts.requestLimits.mayMail("registration", email);
  await inTransaction(accounts.pool, async (client) => {
    await dropOldestRegistrations(client, MAX_REGISTRATIONS);
    const organizationId = await defaultOrganizationId(client);
    const expiresAt = new Date(createdAt.getTime() + REGISTRATION_LIFETIME_MS);
    const tokenHash = hashSecretToken(secret);
    await insertRegistration(client, {
      ...{ userId, organizationId, username, email, passwordHash },
      ...{ createdAt, expiresAt, tokenHash },
    });
    const texts = textsIn(undefined);
    const isTaken = (await findUserByEmail(client, email)) !== undefined;
    const text = isTaken
      ? texts.registeredAlready()
      : texts.confirmRegistration(linkTo(accounts, "confirm-email", secret));
    if (mayMail) await enqueueMail(accounts, client, { to: email, ...text }, REGISTRATION_LIFETIME_MS);
    await recordAuditEvent(
      client,
      { organizationId, actor: "system", address },
      { action: "registration.create", subject: `registration:${userId}`, after: { username, email } },
    );
  });
  return userId;
}

function closed(): SluiceError {
  const message = "Accounts are made by invitation here: ask an administrator for one.";
  return new SluiceError("forbidden", "auth.registration_closed", message);
}
