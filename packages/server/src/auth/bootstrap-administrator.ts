import { inTransaction } from "../platform/postgres.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { assertEmail } from "./create-user.ts";
import { insertMembership } from "./membership-store.ts";
import type { Requester } from "./requester.ts";
import { hasUsers, insertUser, lockUsers } from "./user-store.ts";

export const DEFAULT_ADMINISTRATOR_EMAIL = "admin@localhost";

export interface AdministratorSettings {
  readonly organizationId: number;
  /** SLUICE_ADMIN_EMAIL. */
  readonly email: string | undefined;
  /** SLUICE_ADMIN_PASSWORD: the operator's choice, of any length. */
  readonly password: string | undefined;
}

export interface Administrator {
  readonly email: string;
  /** Only when it was generated: print it, nobody can read it again. */
  readonly generatedPassword: string | undefined;
}

/** Makes the first account, once, also when two processes start at once. Undefined when there are accounts already. */
export async function bootstrapAdministrator(
  accounts: Accounts,
  settings: AdministratorSettings,
): Promise<Administrator | undefined> {
  if (await hasUsers(accounts.pool)) return undefined;
  const email = settings.email ?? DEFAULT_ADMINISTRATOR_EMAIL;
  assertEmail(email);
  const generatedPassword = settings.password === undefined ? accounts.passwords.generate() : undefined;
  const passwordHash = await accounts.passwords.hash(settings.password ?? generatedPassword!);
  return inTransaction(accounts.pool, async (client) => {
    await lockUsers(client);
    if (await hasUsers(client)) return undefined;
    const userId = await insertUser(client, { email, name: "Administrator", passwordHash });
    await insertMembership(client, userId!, settings.organizationId, ["admin"]);
    const by: Requester = { organizationId: settings.organizationId, actor: "system" };
    await recordAuditEvent(client, by, { action: "user.bootstrap", subject: `user:${userId}`, after: { email } });
    return { email, generatedPassword };
  });
}
