import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type Accounts, nowOf } from "../accounts.ts";
import { recordAuditEvent } from "../audit-store.ts";
import type { Requester } from "../requester.ts";
import { revokeSessionsThrough } from "../session-store.ts";
import { type Application, insertApplication, markApplicationRevoked } from "./application-store.ts";
import { assertRedirectUri } from "./redirect-uri.ts";

export interface ApplicationDraft {
  readonly name: string;
  readonly redirectUris: readonly string[];
}

export async function createApplication(
  accounts: Accounts,
  by: Requester,
  { name, redirectUris }: ApplicationDraft,
): Promise<Application> {
  for (const uri of redirectUris) assertRedirectUri(uri);
  return inTransaction(accounts.pool, async (connection) => {
    const { organizationId } = by;
    const application = await insertApplication(connection, { organizationId, name, redirectUris });
    if (!application)
      throw new SluiceError("conflict", "application.name_taken", "There is an application of this name.");
    await recordAuditEvent(connection, by, {
      action: "application.create",
      subject: `application:${application.id}`,
      after: { name, redirectUris },
    });
    return application;
  });
}

/** Ends an application and every session that was begun through it, within a second. */
export async function revokeApplication(accounts: Accounts, by: Requester, id: string): Promise<void> {
  await inTransaction(accounts.pool, async (connection) => {
    const before = await markApplicationRevoked(connection, by.organizationId, id);
    if (!before) throw new SluiceError("not-found", "application.unknown", "There is no such application.");
    await revokeSessionsThrough(connection, id, nowOf(accounts));
    await recordAuditEvent(connection, by, { action: "application.revoke", subject: `application:${id}`, before });
  });
}
