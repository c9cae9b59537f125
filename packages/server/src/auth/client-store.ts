import type { PoolClient } from "pg";
import type { Queryable } from "../platform/postgres.ts";
import type { Scope } from "./permissions.ts";

/** Requests of a program: so many a second in the long run, and so many at once. */
export interface ClientLimits {
  readonly perSecond: number;
  readonly burst: number;
}

/** A program that uses the API with credentials of its own. */
export interface ApiClient {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The outside party that it speaks for. */
  readonly entity: { readonly id: number; readonly slug: string } | null;
  /** Null: those of every program. */
  readonly limits: ClientLimits | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/**
 *   token    opens the API by itself, for as long as the client lives
 *   secret   is exchanged for access tokens that live minutes
 */
export type CredentialKind = "token" | "secret";

const CLIENT = `
  select c.id, c.name, c.scopes, c.created_at as "createdAt", c.expires_at as "expiresAt",
         c.last_used_at as "lastUsedAt", c.revoked_at as "revokedAt",
         case when e.id is not null then json_build_object('id', e.id, 'slug', e.slug) end as entity,
         case when c.requests_per_second is not null
              then json_build_object('perSecond', c.requests_per_second, 'burst', c.requests_burst) end as limits
    from api_client c
    left join entity e on e.id = c.entity_id`;

/** Those that are not revoked, by name, which is unique among them. */
export async function listClients(
  db: Queryable,
  organizationId: number,
  page: { readonly afterName?: string | undefined; readonly entityId?: number | undefined; readonly limit: number },
): Promise<ApiClient[]> {
  const { rows } = await db.query<ApiClient>(
    `${CLIENT}
      where c.organization_id = $1 and c.revoked_at is null
        and ($2::text is null or c.name > $2) and ($3::int is null or c.entity_id = $3)
      order by c.name
      limit $4`,
    [organizationId, page.afterName, page.entityId, page.limit],
  );
  return rows;
}

export async function findClient(db: Queryable, organizationId: number, id: string): Promise<ApiClient | undefined> {
  const { rows } = await db.query<ApiClient>(`${CLIENT} where c.organization_id = $1 and c.id = $2`, [
    organizationId,
    id,
  ]);
  return rows[0];
}

/** Makes changes of one client wait for each other; false when there is none that is not revoked. */
export async function lockClient(db: PoolClient, organizationId: number, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "select 1 from api_client where organization_id = $1 and id = $2 and revoked_at is null for no key update",
    [organizationId, id],
  );
  return rowCount === 1;
}

export interface ClientColumns {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly limits: ClientLimits | null;
  readonly expiresAt: Date | null;
}

/** Returns the client's id; undefined when a client that is not revoked has the name. */
export async function insertClient(
  db: Queryable,
  client: ClientColumns & { readonly organizationId: number; readonly entityId: number | null },
): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `insert into api_client (organization_id, name, scopes, entity_id, requests_per_second, requests_burst, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (organization_id, name) where revoked_at is null do nothing
     returning id`,
    [
      client.organizationId,
      client.name,
      client.scopes,
      client.entityId,
      client.limits?.perSecond,
      client.limits?.burst,
      client.expiresAt,
    ],
  );
  return rows[0]?.id;
}

/** Violates `api_client_name` when another client that is not revoked has the name. */
export async function updateClientRow(db: PoolClient, id: string, client: ClientColumns): Promise<void> {
  await db.query(
    `update api_client set name = $2, scopes = $3, requests_per_second = $4, requests_burst = $5, expires_at = $6
      where id = $1`,
    [id, client.name, client.scopes, client.limits?.perSecond, client.limits?.burst, client.expiresAt],
  );
}

/** Returns when it was revoked; undefined when there is none that was not revoked before. */
export async function markRevoked(db: Queryable, organizationId: number, id: string): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date }>(
    `update api_client set revoked_at = now()
      where organization_id = $1 and id = $2 and revoked_at is null
     returning revoked_at as at`,
    [organizationId, id],
  );
  return rows[0]?.at;
}

export async function insertCredential(
  db: Queryable,
  credential: { readonly hash: Buffer; readonly clientId: string; readonly kind: CredentialKind },
): Promise<void> {
  await db.query("insert into client_credential (hash, client_id, kind) values ($1, $2, $3)", [
    credential.hash,
    credential.clientId,
    credential.kind,
  ]);
}

/** What is good now ends at `until`. What was ending already is deleted: there are two of a kind at most. */
export async function endCredentials(db: PoolClient, clientId: string, until: Date): Promise<void> {
  await db.query("delete from client_credential where client_id = $1 and expires_at is not null", [clientId]);
  await db.query("update client_credential set expires_at = $2 where client_id = $1", [clientId, until]);
}

/** What a request of a client needs to know of it. */
export interface ClientAccess {
  readonly id: string;
  readonly organizationId: number;
  readonly scopes: readonly Scope[];
  readonly entity: { readonly id: number; readonly slug: string } | null;
  readonly limits: ClientLimits | null;
}

/** Last use is told to the minute, so that asking seldom writes. */
const ACCESS = `
  used as (
    update api_client set last_used_at = $2
     where id in (select id from found where last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')
  )
  select found.id, found.organization_id as "organizationId", found.scopes,
         case when e.id is not null then json_build_object('id', e.id, 'slug', e.slug) end as entity,
         case when found.requests_per_second is not null
              then json_build_object('perSecond', found.requests_per_second, 'burst', found.requests_burst) end as limits
    from found
    left join entity e on e.id = found.entity_id`;

const LIVE = "c.revoked_at is null and (c.expires_at is null or c.expires_at > $2)";

/** Undefined when the credential, or its client, has ended. */
export async function findClientByCredential(
  db: Queryable,
  kind: CredentialKind,
  hash: Buffer,
  at: Date,
): Promise<ClientAccess | undefined> {
  const { rows } = await db.query<ClientAccess>(
    `with found as (
       select c.* from client_credential k join api_client c on c.id = k.client_id
        where k.hash = $1 and k.kind = $3 and (k.expires_at is null or k.expires_at > $2) and ${LIVE}
     ), ${ACCESS}`,
    [hash, at, kind],
  );
  return rows[0];
}

/** Undefined when the client has ended. */
export async function findClientAccess(db: Queryable, id: string, at: Date): Promise<ClientAccess | undefined> {
  const { rows } = await db.query<ClientAccess>(
    `with found as (select c.* from api_client c where c.id = $1 and ${LIVE}), ${ACCESS}`,
    [id, at],
  );
  return rows[0];
}
