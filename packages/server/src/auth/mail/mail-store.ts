import type { Queryable } from "../../platform/postgres.ts";

export interface QueuedMail {
  readonly id: string;
  readonly sealed: Buffer;
  /** This one included. */
  readonly attempts: number;
}

export async function insertMail(
  db: Queryable,
  mail: { readonly sealed: Buffer; readonly createdAt: Date; readonly expiresAt: Date },
): Promise<void> {
  await db.query("insert into account_mail (sealed, created_at, expires_at, due_at) values ($1, $2, $3, $2)", [
    mail.sealed,
    mail.createdAt,
    mail.expiresAt,
  ]);
}

/** The one that is due longest; nobody else takes it until `leaseUntil`. */
export async function claimMail(db: Queryable, at: Date, leaseUntil: Date): Promise<QueuedMail | undefined> {
  const { rows } = await db.query<QueuedMail>(
    `update account_mail set attempts = attempts + 1, due_at = $2
      where id = (
        select id from account_mail where due_at <= $1 and expires_at > $1
         order by due_at limit 1 for update skip locked)
     returning id, sealed, attempts`,
    [at, leaseUntil],
  );
  return rows[0];
}

export async function deleteMail(db: Queryable, id: string): Promise<void> {
  await db.query("delete from account_mail where id = $1", [id]);
}

export async function postponeMail(db: Queryable, id: string, dueAt: Date, error: string): Promise<void> {
  await db.query("update account_mail set due_at = $2, last_error = $3 where id = $1", [id, dueAt, error]);
}

/** Answers how many were dropped unsent. */
export async function deleteExpiredMails(db: Queryable, at: Date): Promise<number> {
  const { rowCount } = await db.query("delete from account_mail where expires_at <= $1", [at]);
  return rowCount ?? 0;
}
