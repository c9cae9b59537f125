import type { Queryable } from "./registry.ts";

export type CredentialKind = "token" | "certificate";

/** What a device proves itself by, without what proves it. */
export interface Credential {
  readonly id: string;
  readonly hash: Buffer;
  /** Of a certificate: whom it names. */
  readonly subject: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** Coarse. */
  readonly lastUsedAt: Date | null;
}

export interface NewCredential {
  readonly deviceId: number;
  readonly kind: CredentialKind;
  /** SHA-256, of a token's text or a certificate's DER. */
  readonly hash: Buffer;
  readonly subject?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** Returns its id; undefined when some device has it already. */
export async function insertCredential(db: Queryable, credential: NewCredential): Promise<string | undefined> {
  const { deviceId, kind, hash, subject, expiresAt } = credential;
  const { rows } = await db.query<{ id: string }>(
    `insert into device_credential (device_id, kind, hash, subject, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (kind, hash) do nothing
     returning id`,
    [deviceId, kind, hash, subject, expiresAt],
  );
  return rows[0]?.id;
}

/** One token for each device. */
export async function insertTokens(
  db: Queryable,
  tokens: readonly { readonly deviceId: number; readonly hash: Buffer }[],
): Promise<void> {
  await db.query(
    `insert into device_credential (device_id, kind, hash)
     select device_id, 'token', hash from unnest($1::int[], $2::bytea[]) as new (device_id, hash)`,
    [tokens.map(({ deviceId }) => deviceId), tokens.map(({ hash }) => hash)],
  );
}

/** Oldest first. */
export async function listCredentials(db: Queryable, deviceId: number, kind: CredentialKind): Promise<Credential[]> {
  const { rows } = await db.query<Credential>(
    `select id, hash, subject, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"
       from device_credential where device_id = $1 and kind = $2 order by created_at, id`,
    [deviceId, kind],
  );
  return rows;
}

export async function deleteTokens(db: Queryable, deviceId: number): Promise<number> {
  const { rowCount } = await db.query("delete from device_credential where device_id = $1 and kind = 'token'", [
    deviceId,
  ]);
  return rowCount ?? 0;
}

export async function deleteCertificate(db: Queryable, deviceId: number, fingerprint: Buffer): Promise<boolean> {
  const { rowCount } = await db.query(
    "delete from device_credential where device_id = $1 and kind = 'certificate' and hash = $2",
    [deviceId, fingerprint],
  );
  return rowCount === 1;
}

/** The token that a device most likely uses: the one used last; of those never used the newest. */
export async function findTokenInUse(db: Queryable, deviceId: number, now: Date): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `select id from device_credential
      where device_id = $1 and kind = 'token' and (expires_at is null or expires_at > $2)
      order by ends_on_use_of is null, last_used_at desc nulls last, created_at desc, id
      limit 1`,
    [deviceId, now],
  );
  return rows[0]?.id;
}

export async function deleteTokensBut(db: Queryable, deviceId: number, kept: readonly string[]): Promise<void> {
  await db.query("delete from device_credential where device_id = $1 and kind = 'token' and id <> all($2::uuid[])", [
    deviceId,
    kept,
  ]);
}

/** An end that was set before is never put off. */
export async function limitToken(
  db: Queryable,
  id: string,
  end: { readonly expiresAt: Date; readonly endsOnUseOf: string | undefined },
): Promise<Date> {
  const { rows } = await db.query<{ expiresAt: Date }>(
    `update device_credential set expires_at = least(expires_at, $2), ends_on_use_of = $3
      where id = $1 returning expires_at as "expiresAt"`,
    [id, end.expiresAt, end.endsOnUseOf],
  );
  return rows[0]!.expiresAt;
}

/** Notes a use, unless one was noted within the hour before. */
export async function touchCredentials(
  db: Queryable,
  used: readonly { readonly kind: CredentialKind; readonly hash: Buffer }[],
  now: Date,
): Promise<void> {
  await db.query(
    `update device_credential c set last_used_at = $3
       from unnest($1::text[], $2::bytea[]) as used (kind, hash)
      where c.kind = used.kind and c.hash = used.hash
        and (c.last_used_at is null or c.last_used_at < $3::timestamptz - interval '1 hour')`,
    [used.map(({ kind }) => kind), used.map(({ hash }) => hash), now],
  );
}
