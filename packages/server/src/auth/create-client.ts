import { SluiceError } from "@sluice/core/errors.ts";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { type ApiClient, insertClient } from "./client-store.ts";
import type { Scope } from "./permissions.ts";
import type { Requester } from "./requester.ts";

export interface ClientDraft {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Makes an API client. Its token is in this answer and nowhere else: only its hash is stored. */
export async function createClient(
  accounts: Accounts,
  by: Requester,
  draft: ClientDraft,
): Promise<{ readonly client: ApiClient; readonly token: string }> {
  const scopes = [...new Set(draft.scopes)];
  if (scopes.length === 0) throw new SluiceError("invalid", "client.scopes_missing", "Name at least one scope.");
  const token = newSecretToken("slc_", accounts.randomBytes);
  const client = await inTransaction(accounts.pool, async (connection) => {
    const created = await insertClient(connection, {
      organizationId: by.organizationId,
      name: draft.name,
      scopes,
      tokenHash: hashSecretToken(token),
    });
    if (!created) {
      throw new SluiceError("conflict", "client.name_taken", "There is an API client of this name.");
    }
    await recordAuditEvent(connection, by, {
      action: "client.create",
      subject: `client:${created.id}`,
      after: { name: created.name, scopes },
    });
    return created;
  });
  return { client, token };
}
