import type { Pool, PoolClient } from "pg";
import type { Scope } from "./permissions.ts";

type Queryable = Pool | PoolClient;

/** A program that uses the API with a long-lived token of its own. */
export interface ApiClient {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

const CLIENT = `select id, name, scopes, created_at as "createdAt", revoked_at as "revokedAt" from api_client`;

/** Those that are not revoked, by name, which is unique among them. */
export async function listClients(
  db: Queryable,
  organizationId: number,
  page: { readonly afterName?: string | undefined; readonly limit: number },
): Promise<ApiClient[]> {
  const { rows } = await db.query<ApiClient>(
    `${CLIENT}
      where organization_id = $1 and revoked_at is null and ($2::text is null or name > $2)
      order by name
      limit $3`,
    [organizationId, page.afterName, page.limit],
  );
  return rows;
}

/** Undefined when a client that is not revoked has the name. */
export async function insertClient(
  db: Queryable,
  client: {
    readonly organizationId: number;
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly tokenHash: Buffer;
  },
): Promise<ApiClient | undefined> {
  const { rows } = await db.query<ApiClient>(
    `insert into api_client (organization_id, name, scopes, token_hash)
     values ($1, $2, $3, $4)
     on conflict (organization_id, name) where revoked_at is null do nothing
     returning id, name, scopes, created_at as "createdAt", revoked_at as "revokedAt"`,
    [client.organizationId, client.name, client.scopes, client.tokenHash],
  );
  return rows[0];
}

/** Returns the client as it is now; undefined when there is none that was not revoked before. */
export async function markRevoked(db: Queryable, organizationId: number, id: string): Promise<ApiClient | undefined> {
  const { rows } = await db.query<ApiClient>(
    `update api_client set revoked_at = now()
      where organization_id = $1 and id = $2 and revoked_at is null
     returning id, name, scopes, created_at as "createdAt", revoked_at as "revokedAt"`,
    [organizationId, id],
  );
  return rows[0];
}

export async function findClientByTokenHash(
  db: Queryable,
  tokenHash: Buffer,
): Promise<{ id: string; organizationId: number; scopes: readonly Scope[] } | undefined> {
  const { rows } = await db.query<{ id: string; organizationId: number; scopes: readonly Scope[] }>(
    `select id, organization_id as "organizationId", scopes from api_client where token_hash = $1 and revoked_at is null`,
    [tokenHash],
  );
  return rows[0];
}
