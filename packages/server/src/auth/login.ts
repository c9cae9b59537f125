import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { placeOf } from "../platform/address-place.ts";
import { type Accounts, nowOf } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { secondFactorRequired } from "./second-factor/challenge.ts";
import { inSigningTransaction, issueTokens, shortUserAgent, type TokenPair } from "./session.ts";
import { findForSignIn, holdPassword, rememberAddress, replacePasswordHash, type SignInUser } from "./user-store.ts";

export interface Credentials {
  /** The e-mail address or the user name. */
  readonly username: string;
  readonly password: string;
  /** Where the request came from: failures are limited per address and account. */
  readonly address: string;
  /** What it was sent with, for the list of one's sessions. */
  readonly userAgent?: string | undefined;
}

/** Networks from which nobody signed in for so long are new again. */
const NETWORK_KNOWN_MS = 90 * 24 * 3600 * 1000;
/** A network that was seen within this is not written again with every sign-in. */
const NETWORK_FRESH_MS = 24 * 3600 * 1000;

/**
 * Begins a session. A name that nobody has takes as long as a wrong password and gets the same answer, so that nobody learns
 * who has an account. Throws `auth.bad_credentials`, `auth.too_many_attempts` or `auth.busy`, and for an account with a second
 * factor `auth.second_factor_required`, whose `details.challenge` goes on with `loginWithSecondFactor`.
 */
export async function login(accounts: Accounts, credentials: Credentials): Promise<TokenPair> {
  return beginSession(accounts, await provePassword(accounts, credentials), credentials);
}

/** Who it is, where that is enough to sign in. Throws as `login` does. */
export async function provePassword(accounts: Accounts, credentials: Credentials): Promise<SigningIn> {
  const user = await checkCredentials(accounts, credentials, mayAct);
  if (user.hasSecondFactor) throw secondFactorRequired(accounts, user);
  return user;
}

export type SigningIn = SignInUser & { readonly organizationId: number };

function mayAct(user: SignInUser): user is SigningIn {
  return user.organizationId !== null;
}

/** Whoever has the name and the password, is not switched off, and passes `mayEnter`. */
export async function checkCredentials<User extends SignInUser>(
  accounts: Accounts,
  { username, password, address }: Omit<Credentials, "userAgent">,
  mayEnter: (user: SignInUser) => user is User,
): Promise<User> {
  const { passwords, signInLimits } = accounts;
  const found = await findSignIn(accounts, username, address);
  const attempt = { address, account: username, isKnownThere: found?.networkSeenAt != null };
  const user = await signInLimits.checking(attempt, async () => {
    const matches = await passwords.verify(found?.passwordHash, password);
    return found && matches && found.isActive && mayEnter(found) ? found : undefined;
  });
  if (!user) throw badCredentials();
  if (passwords.isOutdated(user.passwordHash)) {
    const passwordHash = await passwords.hash(password);
    const isReplaced = await replacePasswordHash(accounts.pool, user.id, user.passwordHash, passwordHash);
    if (isReplaced) return { ...user, passwordHash };
  }
  return user;
}

export function badCredentials(): SluiceError {
  return new SluiceError("unauthenticated", "auth.bad_credentials", "The name or the password is wrong.");
}

export function findSignIn(accounts: Accounts, name: string, address: string): Promise<SignInUser | undefined> {
  const knownSince = new Date(nowOf(accounts).getTime() - NETWORK_KNOWN_MS);
  return findForSignIn(accounts.pool, name, placeOf(address), knownSince);
}

/** What every way to sign in ends with. */
export async function beginSession(
  accounts: Accounts,
  user: Pick<SigningIn, "id" | "organizationId" | "networkSeenAt" | "passwordHash">,
  { address, userAgent }: Pick<Credentials, "address" | "userAgent">,
): Promise<TokenPair> {
  const { id: userId, organizationId } = user;
  const now = nowOf(accounts);
  return inSigningTransaction(accounts, async (client) => {
    // A password that was changed since it was looked at has ended all sessions, and this one would outlive that.
    if (!(await holdPassword(client, userId, user.passwordHash))) throw badCredentials();
    await rememberNetwork(client, user, address, now);
    const by = { organizationId, actor: `user:${userId}`, address };
    const after = { userAgent: shortUserAgent(userAgent) };
    await recordAuditEvent(client, by, { action: "session.begin", subject: `user:${userId}`, after });
    return issueTokens(accounts, client, { userId, organizationId, address, userAgent });
  });
}

/** Others' failures do not slow the sign-ins from a network that a person has signed in from. */
export async function rememberNetwork(
  client: PoolClient,
  { id, networkSeenAt }: Pick<SigningIn, "id" | "networkSeenAt">,
  address: string,
  now: Date,
): Promise<void> {
  const isFresh = networkSeenAt !== null && now.getTime() - networkSeenAt.getTime() <= NETWORK_FRESH_MS;
  if (!isFresh) await rememberAddress(client, id, placeOf(address), now);
}
