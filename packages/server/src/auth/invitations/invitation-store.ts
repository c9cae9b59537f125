import type { Queryable } from "../../platform/postgres.ts";
import type { Role } from "../principal.ts";

export interface Invitation {
  readonly id: string;
  readonly organizationId: number;
  readonly email: string;
  readonly roles: readonly Role[];
  /** "user:<id>". */
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const COLUMNS = `id, organization_id as "organizationId", email, roles, invited_by as "invitedBy",
                 created_at as "createdAt", expires_at as "expiresAt"`;
const OPEN = "accepted_at is null and revoked_at is null";

export async function insertInvitation(
  db: Queryable,
  invitation: Omit<Invitation, "id"> & { readonly tokenHash: Buffer },
): Promise<Invitation> {
  const { rows } = await db.query<Invitation>(
    `insert into invitation (organization_id, email, roles, token_hash, invited_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     returning ${COLUMNS}`,
    [
      invitation.organizationId,
      invitation.email,
      invitation.roles,
      invitation.tokenHash,
      invitation.invitedBy,
      invitation.createdAt,
      invitation.expiresAt,
    ],
  );
  return rows[0]!;
}

/** Open ones, expired ones included: they can be revoked and sent anew. */
export async function listInvitations(
  db: Queryable,
  organizationId: number,
  page: { readonly afterId?: string | undefined; readonly limit: number },
): Promise<Invitation[]> {
  const { rows } = await db.query<Invitation>(
    `select ${COLUMNS} from invitation
      where organization_id = $1 and ${OPEN} and ($2::uuid is null or id > $2)
      order by id limit $3`,
    [organizationId, page.afterId, page.limit],
  );
  return rows;
}

export async function countOpenInvitations(db: Queryable, organizationId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from invitation where organization_id = $1 and ${OPEN}`,
    [organizationId],
  );
  return rows[0]!.count;
}

/** Locks it, so that of two who accept it one does. */
export async function lockInvitation(db: Queryable, hash: Buffer, at: Date): Promise<Invitation | undefined> {
  const { rows } = await db.query<Invitation>(
    `select ${COLUMNS} from invitation where token_hash = $1 and ${OPEN} and expires_at > $2 for update`,
    [hash, at],
  );
  return rows[0];
}

export async function markAccepted(db: Queryable, id: string, at: Date): Promise<void> {
  await db.query("update invitation set accepted_at = $2 where id = $1", [id, at]);
}

export async function revokeOpenInvitation(
  db: Queryable,
  organizationId: number,
  which: { readonly id: string } | { readonly email: string },
  at: Date,
): Promise<Invitation | undefined> {
  const { rows } = await db.query<Invitation>(
    `update invitation set revoked_at = $4
      where organization_id = $1 and ${OPEN} and (id = $2 or lower(email) = lower($3))
     returning ${COLUMNS}`,
    [organizationId, "id" in which ? which.id : null, "email" in which ? which.email : null, at],
  );
  return rows[0];
}

export async function findOrganizationName(db: Queryable, organizationId: number): Promise<string> {
  const { rows } = await db.query<{ name: string }>("select name from organization where id = $1", [organizationId]);
  return rows[0]!.name;
}

/** Those that were closed before, or expired before. */
export async function sweepInvitations(db: Queryable, before: Date): Promise<void> {
  await db.query("delete from invitation where coalesce(accepted_at, revoked_at, expires_at) < $1", [before]);
}
