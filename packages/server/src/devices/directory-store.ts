import type { MetricLimits } from "@sluice/core/telemetry/validity.ts";
import type { Queryable } from "./registry.ts";

/** A device as the hot path needs it. */
export interface DirectoryRow {
  readonly id: number;
  readonly uid: string;
  readonly organizationId: number;
  readonly siteId: number;
  readonly profileId: number;
  readonly active: boolean;
}

export interface DirectoryProfileRow {
  readonly id: number;
  readonly organizationId: number;
  readonly key: string;
  readonly readingsPerSecond: number;
  readonly readingsBurst: number;
  /** Keys by metric number, without gaps. */
  readonly metricKeys: readonly string[];
  /** Limits by metric number. */
  readonly metricLimits: readonly MetricLimits[];
}

const DEVICE = `
  select id, uid, organization_id as "organizationId", site_id as "siteId", profile_id as "profileId",
         status = 'active' as active
    from device`;

export async function findByTokenHash(db: Queryable, tokenHash: Buffer): Promise<DirectoryRow | undefined> {
  const { rows } = await db.query<DirectoryRow>(`${DEVICE} where token_hash = $1`, [tokenHash]);
  return rows[0];
}

export async function findByUids(
  db: Queryable,
  organizationId: number,
  uids: readonly string[],
): Promise<DirectoryRow[]> {
  const { rows } = await db.query<DirectoryRow>(`${DEVICE} where organization_id = $1 and uid = any($2::text[])`, [
    organizationId,
    uids,
  ]);
  return rows;
}

export async function findByIds(db: Queryable, ids: readonly number[]): Promise<DirectoryRow[]> {
  const { rows } = await db.query<DirectoryRow>(`${DEVICE} where id = any($1::int[])`, [ids]);
  return rows;
}

export async function findProfiles(db: Queryable, ids: readonly number[]): Promise<DirectoryProfileRow[]> {
  const { rows } = await db.query<DirectoryProfileRow>(
    `select p.id, p.organization_id as "organizationId", p.key, p.readings_per_second as "readingsPerSecond",
            p.readings_burst as "readingsBurst",
            array(select m.key from profile_metric m where m.profile_id = p.id order by m.number) as "metricKeys",
            array(select jsonb_build_object('minimum', m.minimum, 'maximum', m.maximum, 'flatlineMs', m.flatline_ms,
                                            'maxStep', m.max_step, 'stepMs', m.step_ms)
                    from profile_metric m where m.profile_id = p.id order by m.number) as "metricLimits"
       from device_profile p
      where p.id = any($1::int[])`,
    [ids],
  );
  return rows;
}

/**
 * Registers the uids that are free as devices of one profile in the organization's default site. A uid that another process
 * registers at the same moment is left to it.
 */
export async function insertProvisioned(
  db: Queryable,
  organizationId: number,
  profileKey: string,
  uids: readonly string[],
): Promise<void> {
  await db.query(
    `insert into device (organization_id, uid, name, profile_id, site_id)
     select $1, uid, uid, p.id, s.id
       from unnest($3::text[]) as uid,
            device_profile p,
            site s
      where p.organization_id = $1 and p.key = $2
        and s.organization_id = $1 and s.is_default
      order by uid
     on conflict (organization_id, uid) do nothing`,
    [organizationId, profileKey, uids],
  );
}
