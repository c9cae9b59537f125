import type { Queryable } from "../platform/postgres.ts";

export type AccountTokenPurpose = "reset-password" | "change-email";

export interface AccountToken {
  readonly userId: string;
  readonly email: string | null;
}

export async function insertAccountToken(
  db: Queryable,
  token: {
    readonly hash: Buffer;
    readonly purpose: AccountTokenPurpose;
    readonly userId: string;
    readonly email?: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await db.query(
    `insert into account_token (token_hash, purpose, user_id, email, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [token.hash, token.purpose, token.userId, token.email, token.createdAt, token.expiresAt],
  );
}

/** Takes it away: of two who come with it one gets it. */
export async function takeAccountToken(
  db: Queryable,
  purpose: AccountTokenPurpose,
  hash: Buffer,
  at: Date,
): Promise<AccountToken | undefined> {
  const { rows } = await db.query<AccountToken>(
    `delete from account_token where token_hash = $1 and purpose = $2 and expires_at > $3
     returning user_id as "userId", email`,
    [hash, purpose, at],
  );
  return rows[0];
}

export async function deleteAccountTokens(db: Queryable, userId: string): Promise<void> {
  await db.query("delete from account_token where user_id = $1", [userId]);
}

/** Keeps the newest of a purpose, so that asking again and again does not fill the table. */
export async function keepNewestTokens(
  db: Queryable,
  userId: string,
  purpose: AccountTokenPurpose,
  count: number,
): Promise<void> {
  await db.query(
    `delete from account_token where token_hash in (
       select token_hash from account_token where user_id = $1 and purpose = $2
        order by created_at desc, token_hash offset $3)`,
    [userId, purpose, count],
  );
}

export async function deleteExpiredAccountTokens(db: Queryable, at: Date): Promise<void> {
  await db.query("delete from account_token where expires_at <= $1", [at]);
}
