import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../../platform/postgres.ts";
import { hashSecretToken } from "../../platform/secret-token.ts";
import { linkInvalid } from "../account-token.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { takenError } from "../create-user.ts";
import { badCredentials, type Credentials, checkCredentials } from "../login.ts";
import { hasMembership, insertMembership, lockMemberships } from "../membership-store.ts";
import type { Person } from "../profile/profile.ts";
import type { Requester } from "../requester.ts";
import { proveCode } from "../second-factor/login-with-second-factor.ts";
import { findUser, insertUser, markEmailConfirmed, type NewUser, type SignInUser } from "../user-store.ts";
import { assertMayJoin } from "../users/create-organization.ts";
import { type Invitation, lockInvitation, markAccepted } from "./invitation-store.ts";
import { memberAlready } from "./invite.ts";

export interface Joined {
  readonly organizationId: number;
}

/**
 * Of somebody who has an account already, the one with the invited address, and is signed in. Throws `auth.link_invalid`,
 * `invitation.for_another` or `user.member_already`.
 */
export async function acceptInvitation(
  accounts: Accounts,
  by: Requester,
  { userId }: Person,
  secret: string,
): Promise<Joined> {
  return accept(accounts, by, userId, secret);
}

export interface JoinRequest extends Omit<Credentials, "userAgent"> {
  readonly invitation: string;
  /** For an account with a second factor. */
  readonly code?: string | undefined;
}

/**
 * Of somebody who has an account and is not signed in; who has been switched off everywhere else cannot be. Begins no session.
 * Throws what `acceptInvitation` does, `auth.bad_credentials`, `auth.second_factor_required` or `auth.second_factor_wrong`.
 */
export async function joinWithAccount(accounts: Accounts, request: JoinRequest): Promise<Joined> {
  const { invitation: secret, code, address } = request;
  accounts.requestLimits.request(address);
  const { organizationId } = await requireOpen(accounts, accounts.pool, secret);
  const user = await checkCredentials(accounts, request, isAnybody);
  if (user.hasSecondFactor) {
    if (code === undefined) throw codeMissing();
    await proveCode(accounts, { ...user, organizationId }, { code, address });
  }
  const by = { organizationId, actor: `user:${user.id}`, address };
  return accept(accounts, by, user.id, secret, user.passwordHash);
}

function isAnybody(_user: SignInUser): _user is SignInUser {
  return true;
}

/** `passwordHash`: of the password that has proven who it is; it must not have been changed since. */
async function accept(
  accounts: Accounts,
  by: Requester,
  userId: string,
  secret: string,
  passwordHash?: string,
): Promise<Joined> {
  return inTransaction(accounts.pool, async (client) => {
    const invitation = await requireOpen(accounts, client, secret);
    await lockMemberships(client, userId);
    const user = await findUser(client, userId);
    if (passwordHash !== undefined && user?.passwordHash !== passwordHash) throw badCredentials();
    if (user === undefined || !isFor(invitation, user.email)) throw forAnother();
    const { organizationId, roles } = invitation;
    if (await hasMembership(client, userId, organizationId)) throw memberAlready();
    await assertMayJoin(client, userId);
    await insertMembership(client, userId, organizationId, roles);
    await markEmailConfirmed(client, userId, nowOf(accounts));
    await close(accounts, client, { ...by, organizationId }, invitation, userId);
    return { organizationId };
  });
}

/** Of a newcomer: makes the account. The link proves the address. */
export async function joinByInvitation(
  accounts: Accounts,
  secret: string,
  newcomer: NewUser & { readonly address: string },
): Promise<string> {
  return inTransaction(accounts.pool, async (client) => {
    const invitation = await requireOpen(accounts, client, secret);
    if (!isFor(invitation, newcomer.email)) throw forAnother();
    const userId = await insertUser(client, { ...newcomer, emailConfirmedAt: nowOf(accounts) });
    if (userId === undefined) throw await takenOrJoin(client, newcomer);
    const { organizationId, roles } = invitation;
    await insertMembership(client, userId, organizationId, roles);
    await close(
      accounts,
      client,
      { organizationId, actor: `user:${userId}`, address: newcomer.address },
      invitation,
      userId,
    );
    return userId;
  });
}

async function requireOpen(accounts: Accounts, db: Pool | PoolClient, secret: string): Promise<Invitation> {
  const invitation = await lockInvitation(db, hashSecretToken(secret), nowOf(accounts));
  if (invitation) return invitation;
  throw linkInvalid();
}

function isFor(invitation: Invitation, email: string): boolean {
  return invitation.email.toLowerCase() === email.toLowerCase();
}

async function close(
  accounts: Accounts,
  client: PoolClient,
  by: Requester,
  { id, roles }: Invitation,
  userId: string,
): Promise<void> {
  await markAccepted(client, id, nowOf(accounts));
  const audit = { action: "invitation.accept", subject: `invitation:${id}`, after: { user: userId, roles } };
  await recordAuditEvent(client, by, audit);
}

/** Whoever has the link reads the mails of the address, and may know that it has an account. */
async function takenOrJoin(client: PoolClient, { username }: NewUser): Promise<SluiceError> {
  const taken = await takenError(client, username);
  if (taken.code !== "user.email_taken") return taken;
  const message = "This address has an account already: sign in, and accept the invitation there.";
  return new SluiceError("conflict", "user.email_taken", message);
}

function codeMissing(): SluiceError {
  const message = "This account has a second factor: send a code of its app, or a recovery code, as well.";
  return new SluiceError("unauthenticated", "auth.second_factor_required", message);
}

function forAnother(): SluiceError {
  const message = "The invitation is for another e-mail address than this account's.";
  return new SluiceError("forbidden", "invitation.for_another", message);
}
