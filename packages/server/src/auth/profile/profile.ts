import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction, isUniqueViolation } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import { assertUsername, usernameTaken } from "../create-user.ts";
import { listMemberships, lockMemberships, type Membership } from "../membership-store.ts";
import type { Principal } from "../principal.ts";
import type { Requester } from "../requester.ts";
import { countRecoveryCodes, findConfirmedAt } from "../second-factor/second-factor-store.ts";
import { findUser, updateUser } from "../user-store.ts";
import { findPreferences, putPreferences } from "./preference-store.ts";
import { changePreferences, type PreferenceChange, type Preferences } from "./preferences.ts";

export type Person = Extract<Principal, { readonly kind: "user" }>;

/** A person as they see themselves. */
export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly emailConfirmedAt: Date | null;
  readonly username: string | null;
  readonly name: string;
  readonly createdAt: Date;
  /** The organization that the token names. */
  readonly organizationId: number;
  readonly roles: readonly string[];
  readonly memberships: readonly Membership[];
  readonly secondFactor: { readonly confirmedAt: Date; readonly recoveryCodes: number } | null;
  readonly preferences: Preferences;
}

export interface ProfileChange {
  readonly name?: string | undefined;
  /** Null: none. */
  readonly username?: string | null | undefined;
  readonly preferences?: PreferenceChange | undefined;
}

export async function readProfile({ pool }: Accounts, person: Person): Promise<Profile> {
  const { userId, organizationId, roles } = person;
  const [user, memberships, confirmedAt, recoveryCodes, preferences] = await Promise.all([
    findUser(pool, userId),
    listMemberships(pool, userId),
    findConfirmedAt(pool, userId),
    countRecoveryCodes(pool, userId),
    findPreferences(pool, userId),
  ]);
  if (!user) throw new SluiceError("unauthenticated", "auth.session_ended", "The account is gone.");
  const { id, email, emailConfirmedAt, username, name, createdAt } = user;
  const secondFactor = confirmedAt === undefined ? null : { confirmedAt, recoveryCodes };
  return {
    ...{ id, email, emailConfirmedAt, username, name, createdAt },
    organizationId,
    roles: [...roles].sort(),
    memberships,
    secondFactor,
    preferences,
  };
}

/** Throws `user.username_taken`, `user.username_invalid` or `preference.invalid`. */
export async function changeProfile(
  accounts: Accounts,
  by: Requester,
  person: Person,
  change: ProfileChange,
): Promise<Profile> {
  const { name, username, preferences } = change;
  if (username != null) assertUsername(username);
  await inTransaction(accounts.pool, async (client) => {
    await lockMemberships(client, person.userId);
    if (name !== undefined || username !== undefined) await rename(client, by, person.userId, { name, username });
    if (preferences !== undefined) await prefer(accounts, client, by, person.userId, preferences);
  });
  return readProfile(accounts, person);
}

async function rename(
  client: PoolClient,
  by: Requester,
  userId: string,
  change: Pick<ProfileChange, "name" | "username">,
): Promise<void> {
  const before = await findUser(client, userId);
  await updateUser(client, userId, change).catch((error) => {
    throw isUniqueViolation(error, "app_user_username_key") ? usernameTaken(error) : error;
  });
  await recordAuditEvent(client, by, {
    action: "user.update",
    subject: `user:${userId}`,
    before: { name: before?.name, username: before?.username },
    after: change,
  });
}

async function prefer(
  accounts: Accounts,
  client: PoolClient,
  by: Requester,
  userId: string,
  change: PreferenceChange,
): Promise<void> {
  const before = await findPreferences(client, userId);
  const after = changePreferences(before, change);
  await putPreferences(client, userId, after, nowOf(accounts));
  await recordAuditEvent(client, by, { action: "user.prefer", subject: `user:${userId}`, before, after });
}
