import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { assertNewPassword } from "./password.ts";
import type { Role } from "./principal.ts";
import type { Requester } from "./requester.ts";
import { insertMembership, insertUser } from "./user-store.ts";

export interface UserDraft {
  readonly email: string;
  /** The e-mail address when absent. */
  readonly name?: string | undefined;
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
  if (draft.password !== undefined) assertNewPassword(draft.password);
  if (draft.roles.length === 0) throw new SluiceError("invalid", "user.roles_missing", "Name at least one role.");
  const generatedPassword = draft.password === undefined ? accounts.passwords.generate() : undefined;
  const passwordHash = await accounts.passwords.hash(draft.password ?? generatedPassword!);
  const id = await inTransaction(accounts.pool, async (client) => {
    const userId = await insertUser(client, { email, name: draft.name ?? email, passwordHash });
    if (userId === undefined) {
      throw new SluiceError("conflict", "user.email_taken", "There is an account with this e-mail address.");
    }
    await insertMembership(client, userId, by.organizationId, draft.roles);
    await recordAuditEvent(client, by, {
      action: "user.create",
      subject: `user:${userId}`,
      after: { email, roles: draft.roles },
    });
    return userId;
  });
  return { id, email, generatedPassword };
}

const MAX_EMAIL_LENGTH = 320;

/** One "@" with something on both sides: whether an address works, only a mail to it can tell. */
export function assertEmail(email: string): void {
  if (email.length <= MAX_EMAIL_LENGTH && /^[^\s@]+@[^\s@]+$/.test(email)) return;
  throw new SluiceError("invalid", "user.email_invalid", `"${email.slice(0, 100)}" is no e-mail address.`);
}
