import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { hashSecretToken, newSecretToken } from "../platform/secret-token.ts";
import type { Accounts } from "./accounts.ts";
import { recordAuditEvent } from "./audit-store.ts";
import { assertClientExpiry, checkedScopes } from "./client-scopes.ts";
import { type ApiClient, type ClientLimits, findClient, insertClient, insertCredential } from "./client-store.ts";
import { requireEntity } from "./entity-store.ts";
import type { Scope } from "./permissions.ts";
import type { Requester } from "./requester.ts";

export interface ClientDraft {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Slug or number of the outside party that it speaks for. */
  readonly entity?: string | number | undefined;
  readonly limits?: ClientLimits | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** Shown once: only their hashes are stored. */
export interface ClientCredentials {
  /** Opens the API by itself. */
  readonly token: string;
  /** With the client's id, good for access tokens (OAuth 2.0, client_credentials). */
  readonly clientSecret: string;
}

export interface CreatedClient extends ClientCredentials {
  readonly client: ApiClient;
}

/** Makes an API client. Its token and its secret are in this answer and nowhere else. */
export async function createClient(accounts: Accounts, by: Requester, draft: ClientDraft): Promise<CreatedClient> {
  const { name, limits = null, expiresAt = null } = draft;
  const scopes = checkedScopes(draft.scopes, draft.entity !== undefined);
  assertClientExpiry(accounts, expiresAt);
  return inTransaction(accounts.pool, async (connection) => {
    const { organizationId } = by;
    const entity =
      draft.entity === undefined
        ? null
        : await requireEntity(connection, organizationId, draft.entity, "for key share");
    const entityId = entity?.id ?? null;
    const id = await insertClient(connection, { organizationId, name, scopes, entityId, limits, expiresAt });
    if (id === undefined) throw nameTaken();
    const credentials = await issueCredentials(accounts, connection, id);
    await recordAuditEvent(connection, by, {
      action: "client.create",
      subject: `client:${id}`,
      after: { name, scopes, entity: entity?.slug, limits, expiresAt },
    });
    return { client: (await findClient(connection, organizationId, id))!, ...credentials };
  });
}

export async function issueCredentials(
  { randomBytes }: Accounts,
  connection: PoolClient,
  clientId: string,
): Promise<ClientCredentials> {
  const token = newSecretToken("slc_", randomBytes);
  const clientSecret = newSecretToken("slx_", randomBytes);
  await insertCredential(connection, { clientId, kind: "token", hash: hashSecretToken(token) });
  await insertCredential(connection, { clientId, kind: "secret", hash: hashSecretToken(clientSecret) });
  return { token, clientSecret };
}

export function nameTaken(): SluiceError {
  return new SluiceError("conflict", "client.name_taken", "There is an API client of this name.");
}
