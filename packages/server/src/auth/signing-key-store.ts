import type { Pool, PoolClient } from "pg";

export interface SigningKeyRow {
  readonly id: string;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

/** Newest first. */
export async function listSigningKeys(db: Pool | PoolClient, algorithm: string): Promise<SigningKeyRow[]> {
  const { rows } = await db.query<SigningKeyRow>(
    `select id, sealed, created_at as "createdAt", retired_at as "retiredAt"
       from signing_key where algorithm = $1 order by created_at desc`,
    [algorithm],
  );
  return rows;
}

/** Lets one process at a time look and insert; readers are not held up. */
export async function lockSigningKeys(client: PoolClient): Promise<void> {
  await client.query("lock table signing_key in share row exclusive mode");
}

/** The key that signs from now on; those before it only verify. */
export async function insertSigningKey(
  client: PoolClient,
  key: { readonly id: string; readonly algorithm: string; readonly sealed: Buffer; readonly createdAt: Date },
): Promise<void> {
  await client.query("update signing_key set retired_at = $1 where retired_at is null", [key.createdAt]);
  await client.query("insert into signing_key (id, algorithm, sealed, created_at) values ($1, $2, $3, $4)", [
    key.id,
    key.algorithm,
    key.sealed,
    key.createdAt,
  ]);
}

export async function deleteKeysRetiredBefore(client: PoolClient, time: Date): Promise<void> {
  await client.query("delete from signing_key where retired_at < $1", [time]);
}
