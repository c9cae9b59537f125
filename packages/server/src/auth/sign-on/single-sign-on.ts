import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { placeOf } from "../../platform/address-place.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { setPassword } from "../change-password.ts";
import { assertEmail } from "../create-user.ts";
import { dropEntrances } from "../drop-entrances.ts";
import {
  findRoles,
  insertMembership,
  listMemberships,
  lockMemberships,
  updateMembership,
} from "../membership-store.ts";
import type { SignedIn } from "../oauth/authorization-code.ts";
import type { Role } from "../principal.ts";
import type { Requester } from "../requester.ts";
import { findUser, findUserByEmail, insertUser, markEmailConfirmed, rememberAddress } from "../user-store.ts";
import { isLastAdministrator } from "../users/manage-members.ts";
import { claimedRoles } from "./claimed-roles.ts";
import {
  type ExternalIdentity,
  findExternalIdentity,
  insertExternalIdentity,
  lockExternalIdentity,
  touchExternalIdentity,
} from "./external-identity-store.ts";
import type { IdentityClaims } from "./open-id-provider.ts";

export interface SignOnSettings {
  readonly issuer: string;
  /** Of which newcomers become members. */
  readonly organizationId: number;
  /** Where the provider says who has which role; undefined: everybody whom it lets in has `defaultRole`. */
  readonly rolesClaim: string | undefined;
  /** Undefined: without a role from the provider there is no account. */
  readonly defaultRole: Role | undefined;
}

const MAX_NAME_LENGTH = 200;

/**
 * Finds or makes the account of somebody whom the provider has signed in.
 *
 *   known      linked before: by issuer and subject, whatever their address is by now
 *   existing   an account has the address, and the provider has verified it: linked, and its roles stay what they are here. If
 *              nobody had proven the address before, how the account was entered until now is good no more
 *   newcomer   gets an account, with roles from the provider or the default one; its roles follow the provider from then on
 *
 * Throws `auth.sign_on_refused` with what is missing.
 */
export async function signOn(
  accounts: Accounts,
  settings: SignOnSettings,
  claims: IdentityClaims,
  address?: string,
): Promise<SignedIn> {
  // Before the transaction: it takes a while, and most who sign on for the first time are newcomers.
  const isKnown = (await findExternalIdentity(accounts.pool, settings.issuer, claims.sub)) !== undefined;
  const passwordHash = isKnown ? undefined : await accounts.passwords.hash(accounts.passwords.generate());
  return inTransaction(accounts.pool, async (client) => {
    await lockExternalIdentity(client, settings.issuer, claims.sub);
    const attempt: Attempt = { accounts, client, settings, claims, address, at: nowOf(accounts) };
    const known = await findExternalIdentity(client, settings.issuer, claims.sub);
    const identity =
      known ?? (await linkExisting(attempt, passwordHash)) ?? (await admitNewcomer(attempt, passwordHash));
    if (known) await welcomeBack(attempt, known);
    if (address !== undefined) await rememberAddress(client, identity.userId, placeOf(address), attempt.at);
    return { userId: identity.userId, organizationId: await organizationOf(attempt, identity.userId) };
  });
}

interface Attempt {
  readonly accounts: Accounts;
  readonly client: PoolClient;
  readonly settings: SignOnSettings;
  readonly claims: IdentityClaims;
  readonly address: string | undefined;
  readonly at: Date;
}

async function welcomeBack(attempt: Attempt, known: ExternalIdentity): Promise<void> {
  const { accounts, client, settings, claims, address, at } = attempt;
  const { userId } = known;
  const { issuer, organizationId, rolesClaim } = settings;
  await lockMemberships(client, userId);
  const isStillLinked = await touchExternalIdentity(client, issuer, claims.sub, at);
  if (!isStillLinked) throw refused("This identity has just been taken off its account: begin again.");
  if (!known.isManaged || rolesClaim === undefined) return;
  const roles = rolesFor(settings, claims);
  const before = await findRoles(client, userId, organizationId);
  if (!before || [...before].sort().join() === [...roles].sort().join()) return;
  if (!roles.includes("admin") && (await isLastAdministrator(client, organizationId, userId))) {
    const message = "the provider takes the last administrator's role, who keeps it: name another administrator first";
    accounts.logger?.warn({ user: userId, organization: organizationId }, message);
    return;
  }
  await updateMembership(client, userId, organizationId, { roles });
  await recordAuditEvent(client, byProvider(organizationId, address), {
    action: "user.update-roles",
    subject: `user:${userId}`,
    before: { roles: before },
    after: { roles, issuer },
  });
}

async function linkExisting(
  { accounts, client, settings, claims, address, at }: Attempt,
  passwordHash: string | undefined,
): Promise<ExternalIdentity | undefined> {
  const email = emailIn(claims);
  const user = email === undefined ? undefined : await findUserByEmail(client, email);
  if (!user) return undefined;
  if (claims.email_verified !== true) {
    throw refused(`There is an account with the address ${email}, and the provider has not verified that it is yours.`);
  }
  const { issuer } = settings;
  const organizationId = await homeOf(client, user.id, settings.organizationId);
  const by = byProvider(organizationId ?? settings.organizationId, address);
  if (await markEmailConfirmed(client, user.id, at)) {
    await setPassword(accounts, client, user.id, passwordHash!);
    await dropEntrances(client, by, user.id);
  }
  const identity = { userId: user.id, isManaged: false };
  await insertExternalIdentity(client, { ...identity, issuer, subject: claims.sub, at });
  await recordAuditEvent(client, by, {
    action: "user.link-identity",
    subject: `user:${user.id}`,
    after: { issuer, subject: claims.sub },
  });
  return identity;
}

async function admitNewcomer(
  { client, settings, claims, address, at }: Attempt,
  passwordHash: string | undefined,
): Promise<ExternalIdentity> {
  const { issuer, organizationId } = settings;
  const email = emailIn(claims);
  if (email === undefined) throw refused("The provider tells no e-mail address of yours.");
  if (claims.email_verified === false) throw refused("The provider has not verified your e-mail address.");
  assertEmail(email);
  const roles = rolesFor(settings, claims);
  const name = typeof claims.name === "string" ? claims.name.trim().slice(0, MAX_NAME_LENGTH) : "";
  const userId = await insertUser(client, {
    email,
    name: name === "" ? email.slice(0, MAX_NAME_LENGTH) : name,
    passwordHash: passwordHash!,
    ...(claims.email_verified === true ? { emailConfirmedAt: at } : {}),
  });
  if (userId === undefined) throw refused("Somebody has just taken this e-mail address: begin again.");
  await insertMembership(client, userId, organizationId, roles);
  const identity = { userId, isManaged: true };
  await insertExternalIdentity(client, { ...identity, issuer, subject: claims.sub, at });
  await recordAuditEvent(client, byProvider(organizationId, address), {
    action: "user.create",
    subject: `user:${userId}`,
    after: { email, roles, issuer, subject: claims.sub },
  });
  return identity;
}

/** Throws `auth.sign_on_refused` when nothing gives a role. */
function rolesFor({ rolesClaim, defaultRole }: SignOnSettings, claims: IdentityClaims): readonly Role[] {
  const claimed = rolesClaim === undefined ? [] : claimedRoles(claims, rolesClaim);
  if (claimed.length > 0) return claimed;
  if (defaultRole !== undefined) return [defaultRole];
  throw refused("The provider gives you no role here: ask your administrator for one.");
}

async function organizationOf({ client, settings }: Attempt, userId: string): Promise<number> {
  const user = await findUser(client, userId);
  const organizationId = user?.isActive ? await homeOf(client, userId, settings.organizationId) : undefined;
  if (organizationId !== undefined) return organizationId;
  throw refused("Your account here has been switched off: ask your administrator.");
}

/** The provider's organization if they may act for it, else the one that they are longest in. */
async function homeOf(client: PoolClient, userId: string, preferred: number): Promise<number | undefined> {
  const ids = (await listMemberships(client, userId)).map(({ organization }) => organization.id);
  return ids.includes(preferred) ? preferred : ids[0];
}

function emailIn({ email }: IdentityClaims): string | undefined {
  return typeof email === "string" && email.trim() !== "" ? email.trim() : undefined;
}

function byProvider(organizationId: number, address: string | undefined): Requester {
  return { organizationId, actor: "system", address };
}

function refused(reason: string): SluiceError {
  return new SluiceError("forbidden", "auth.sign_on_refused", reason);
}
