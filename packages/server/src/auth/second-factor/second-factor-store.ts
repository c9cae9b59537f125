import type { PoolClient } from "pg";
import type { Queryable } from "../../platform/postgres.ts";

export interface SecondFactor {
  readonly sealedSecret: Buffer;
  readonly confirmedAt: Date | null;
  /** Codes of this time step and of those before it are not taken any more. */
  readonly lastStep: number;
}

/** Locks it, so that a code that comes twice at once is taken once. */
export async function lockSecondFactor(client: PoolClient, userId: string): Promise<SecondFactor | undefined> {
  const { rows } = await client.query<SecondFactor>(
    `select secret as "sealedSecret", confirmed_at as "confirmedAt", last_step as "lastStep"
       from second_factor where user_id = $1 for update`,
    [userId],
  );
  return rows[0];
}

/** Replaces one that is not confirmed; answers false when there is one that is. */
export async function putUnconfirmed(db: Queryable, userId: string, sealedSecret: Buffer, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into second_factor (user_id, secret, created_at) values ($1, $2, $3)
     on conflict (user_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_step = 0
      where second_factor.confirmed_at is null`,
    [userId, sealedSecret, at],
  );
  return rowCount !== 0;
}

export async function markConfirmed(db: Queryable, userId: string, at: Date): Promise<void> {
  await db.query("update second_factor set confirmed_at = $2 where user_id = $1", [userId, at]);
}

export async function markStep(db: Queryable, userId: string, step: number): Promise<void> {
  await db.query("update second_factor set last_step = $2 where user_id = $1", [userId, step]);
}

export async function replaceRecoveryCodes(db: Queryable, userId: string, hashes: readonly Buffer[]): Promise<void> {
  await db.query("delete from recovery_code where user_id = $1", [userId]);
  await db.query("insert into recovery_code (user_id, code_hash) select $1, unnest($2::bytea[])", [userId, hashes]);
}

/** Answers whether there was such a code, which is gone now. */
export async function takeRecoveryCode(db: Queryable, userId: string, hash: Buffer): Promise<boolean> {
  const { rowCount } = await db.query("delete from recovery_code where user_id = $1 and code_hash = $2", [
    userId,
    hash,
  ]);
  return rowCount !== 0;
}

export async function countRecoveryCodes(db: Queryable, userId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from recovery_code where user_id = $1",
    [userId],
  );
  return rows[0]!.count;
}

/** Also one that asks nothing yet. */
export async function deleteAnySecondFactor(db: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await db.query("delete from second_factor where user_id = $1", [userId]);
  return rowCount !== 0;
}

/** Answers whether there was one in use. */
export async function deleteSecondFactor(db: Queryable, userId: string): Promise<boolean> {
  const { rowCount } = await db.query("delete from second_factor where user_id = $1 and confirmed_at is not null", [
    userId,
  ]);
  return rowCount !== 0;
}

/** Undefined when there is none that is in use. */
export async function findConfirmedAt(db: Queryable, userId: string): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date }>(
    `select confirmed_at as at from second_factor where user_id = $1 and confirmed_at is not null`,
    [userId],
  );
  return rows[0]?.at;
}
