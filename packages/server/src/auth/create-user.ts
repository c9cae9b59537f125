import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { insertMembership } from "./membership-store.ts";
import { assertNewPassword } from "./password.ts";
import type { Role } from "./principal.ts";
import type { Requester } from "./requester.ts";
import { insertUser, isUsernameTaken } from "./user-store.ts";

export interface UserDraft {
  readonly email: string;
  /** The e-mail address when absent. */
  readonly name?: string | undefined;
  /** Another name to sign in with. */
  readonly username?: string | undefined;
  /** Generated when absent. */
  readonly password?: string | undefined;
  readonly roles: readonly Role[];
}

export interface CreatedUser {
  readonly id: string;
  readonly email: string;
  /** Only when it was generated: shown once. */
  readonly generatedPassword: string | undefined;
}

/** Makes an account with roles in the requester's organization. */
export async function createUser(accounts: Accounts, by: Requester, draft: UserDraft): Promise<CreatedUser> {
  const email = draft.email.trim();
  assertEmail(email);
  const { username, password } = draft;
  if (username !== undefined) assertUsername(username);
  if (password !== undefined) assertNewPassword(password, [email, username, draft.name]);
  const roles = distinctRoles(draft.roles);
  const generatedPassword = password === undefined ? accounts.passwords.generate() : undefined;
  const passwordHash = await accounts.passwords.hash(password ?? generatedPassword!);
  const id = await inTransaction(accounts.pool, async (client) => {
    const userId = await insertUser(client, {
      email,
      username,
      name: draft.name ?? username ?? email.slice(0, MAX_NAME_LENGTH),
      passwordHash,
    });
    if (userId === undefined) throw await takenError(client, username);
    await insertMembership(client, userId, by.organizationId, roles);
    await recordAuditEvent(client, by, {
      action: "user.create",
      subject: `user:${userId}`,
      after: { email, username, roles },
    });
    return userId;
  });
  return { id, email, generatedPassword };
}

const MAX_EMAIL_LENGTH = 320;
const MAX_NAME_LENGTH = 200;

/** One "@" with something on both sides: whether an address works, only a mail to it can tell. */
export function assertEmail(email: string): void {
  if (email.length <= MAX_EMAIL_LENGTH && /^[^\s@]+@[^\s@]+$/.test(email)) return;
  throw new SluiceError("invalid", "user.email_invalid", `"${email.slice(0, 100)}" is no e-mail address.`);
}

/** No "@", so that nobody's user name is another's address. */
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/;

export function assertUsername(username: string): void {
  if (USERNAME.test(username)) return;
  throw new SluiceError(
    "invalid",
    "user.username_invalid",
    "A user name has 2 to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit.",
  );
}

export function distinctRoles(roles: readonly Role[]): readonly Role[] {
  if (roles.length > 0) return [...new Set(roles)];
  throw new SluiceError("invalid", "user.roles_missing", "Name at least one role.");
}

/** Which of the two was not free. */
export async function takenError(db: Pool | PoolClient, username: string | undefined): Promise<SluiceError> {
  if (username !== undefined && (await isUsernameTaken(db, username))) return usernameTaken();
  const message = "There is an account with this e-mail address: invite it instead.";
  return new SluiceError("conflict", "user.email_taken", message);
}

export function usernameTaken(cause?: unknown): SluiceError {
  return new SluiceError("conflict", "user.username_taken", "Somebody has this user name: choose another.", { cause });
}
