import type { Queryable } from "./registry.ts";

/** A code by which a device that has nothing yet is claimed. Its text is nowhere: only its hash is kept. */
export interface Claim {
  readonly id: string;
  readonly profile: string;
  /** Slug of the site. */
  readonly site: string;
  readonly asset: number | null;
  /** Null: the device says it. */
  readonly uid: string | null;
  /** A device of the uid that is registered already gets a new token. */
  readonly mayReplace: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly usedAt: Date | null;
  /** Uid of the device that was claimed. */
  readonly device: string | null;
}

export interface NewClaim {
  readonly organizationId: number;
  readonly codeHash: Buffer;
  readonly profileId: number;
  readonly siteId: number;
  readonly assetId: number | undefined;
  readonly uid: string | undefined;
  readonly mayReplace: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const CLAIM = `
  select c.id, p.key as profile, s.slug as site, c.asset_id as asset, c.uid,
         c.may_replace as "mayReplace", c.created_at as "createdAt",
         c.expires_at as "expiresAt", c.revoked_at as "revokedAt", c.used_at as "usedAt", d.uid as device
    from device_claim c
    join device_profile p on p.id = c.profile_id
    join site s on s.id = c.site_id
    left join device d on d.id = c.device_id`;

export async function insertClaim(db: Queryable, claim: NewClaim): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `insert into device_claim (organization_id, code_hash, profile_id, site_id, asset_id, uid, may_replace, created_by,
                               created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     returning id`,
    [
      claim.organizationId,
      claim.codeHash,
      claim.profileId,
      claim.siteId,
      claim.assetId,
      claim.uid,
      claim.mayReplace,
      claim.createdBy,
      claim.createdAt,
      claim.expiresAt,
    ],
  );
  return rows[0]!.id;
}

export async function findClaim(db: Queryable, organizationId: number, id: string): Promise<Claim | undefined> {
  const { rows } = await db.query<Claim>(`${CLAIM} where c.organization_id = $1 and c.id = $2`, [organizationId, id]);
  return rows[0];
}

/** In the order in which they were made. */
export async function listClaims(
  db: Queryable,
  organizationId: number,
  page: { readonly afterId?: string | undefined; readonly limit: number },
): Promise<Claim[]> {
  const { rows } = await db.query<Claim>(
    `${CLAIM}
      where c.organization_id = $1
        and ($2::uuid is null
             or (c.created_at, c.id) > (select l.created_at, l.id from device_claim l
                                         where l.organization_id = $1 and l.id = $2))
      order by c.created_at, c.id
      limit $3`,
    [organizationId, page.afterId, page.limit],
  );
  return rows;
}

export async function countOpenClaims(db: Queryable, organizationId: number, now: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from device_claim
      where organization_id = $1 and used_at is null and revoked_at is null and expires_at > $2`,
    [organizationId, now],
  );
  return rows[0]!.count;
}

/** What was made before then has ended long since; the audit keeps what became of it. */
export async function sweepClaims(db: Queryable, organizationId: number, madeBefore: Date): Promise<void> {
  await db.query(
    `with old as (
       select id from device_claim where organization_id = $1 and created_at < $2 for update skip locked
     )
     delete from device_claim c using old where c.id = old.id`,
    [organizationId, madeBefore],
  );
}

/** False when it is used or revoked already. */
export async function revokeClaimRow(db: Queryable, organizationId: number, id: string, now: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `update device_claim set revoked_at = $3
      where organization_id = $1 and id = $2 and used_at is null and revoked_at is null`,
    [organizationId, id, now],
  );
  return rowCount === 1;
}

export interface TakenClaim {
  readonly id: string;
  readonly organizationId: number;
}

/** Takes an open claim by its code, for this transaction alone; undefined when there is none, whyever. */
export async function takeClaim(db: Queryable, codeHash: Buffer, now: Date): Promise<TakenClaim | undefined> {
  const { rows } = await db.query<TakenClaim>(
    `update device_claim set used_at = $2
      where code_hash = $1 and used_at is null and revoked_at is null and expires_at > $2
      returning id, organization_id as "organizationId"`,
    [codeHash, now],
  );
  return rows[0];
}

export async function noteClaimedDevice(db: Queryable, id: string, deviceId: number): Promise<void> {
  await db.query("update device_claim set device_id = $2 where id = $1", [id, deviceId]);
}
