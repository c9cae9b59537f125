import type { PoolClient } from "pg";
import type { Queryable } from "../../platform/postgres.ts";

/** Who a person is to a provider: its name for them, which it gives to nobody else. */
export interface ExternalIdentity {
  readonly userId: string;
  /** The sign-on made the account, so the provider says which roles it has. */
  readonly isManaged: boolean;
}

/** As its owner sees it. */
export interface OwnIdentity {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

/** Of two sign-ons of a newcomer at once, one makes the account. */
export async function lockExternalIdentity(client: PoolClient, issuer: string, subject: string): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 14))", [issuer, subject]);
}

export async function findExternalIdentity(
  db: Queryable,
  issuer: string,
  subject: string,
): Promise<ExternalIdentity | undefined> {
  const { rows } = await db.query<ExternalIdentity>(
    `select user_id as "userId", is_managed as "isManaged" from external_identity where issuer = $1 and subject = $2`,
    [issuer, subject],
  );
  return rows[0];
}

export async function insertExternalIdentity(
  db: Queryable,
  identity: ExternalIdentity & { readonly issuer: string; readonly subject: string; readonly at: Date },
): Promise<void> {
  await db.query(
    `insert into external_identity (issuer, subject, user_id, is_managed, created_at, last_used_at)
     values ($1, $2, $3, $4, $5, $5)`,
    [identity.issuer, identity.subject, identity.userId, identity.isManaged, identity.at],
  );
}

/** Answers whether there is one. */
export async function touchExternalIdentity(
  db: Queryable,
  issuer: string,
  subject: string,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    "update external_identity set last_used_at = $3 where issuer = $1 and subject = $2",
    [issuer, subject, at],
  );
  return rowCount !== 0;
}

export async function listExternalIdentities(db: Queryable, userId: string): Promise<OwnIdentity[]> {
  const { rows } = await db.query<OwnIdentity>(
    `select id, issuer, subject, created_at as "createdAt", last_used_at as "lastUsedAt"
       from external_identity where user_id = $1 order by created_at, id`,
    [userId],
  );
  return rows;
}

export async function deleteExternalIdentity(
  db: Queryable,
  userId: string,
  id: string,
): Promise<Pick<OwnIdentity, "issuer" | "subject"> | undefined> {
  const { rows } = await db.query<Pick<OwnIdentity, "issuer" | "subject">>(
    "delete from external_identity where user_id = $1 and id = $2 returning issuer, subject",
    [userId, id],
  );
  return rows[0];
}

/** Answers which they were. */
export async function deleteExternalIdentities(
  db: Queryable,
  userId: string,
): Promise<Pick<OwnIdentity, "issuer" | "subject">[]> {
  const { rows } = await db.query<Pick<OwnIdentity, "issuer" | "subject">>(
    "delete from external_identity where user_id = $1 returning issuer, subject",
    [userId],
  );
  return rows;
}
