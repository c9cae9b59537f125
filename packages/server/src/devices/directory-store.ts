import type { MetricLimits } from "@sluice/core/telemetry/validity.ts";
import type { CredentialName } from "./credential-key.ts";
import type { Queryable } from "./registry.ts";
import { noticeText, REGISTRY_CHANNEL } from "./registry-notice.ts";

/** A device as the hot path needs it. */
export interface DirectoryRow {
  readonly id: number;
  readonly uid: string;
  readonly organizationId: number;
  readonly siteId: number;
  readonly profileId: number;
  readonly active: boolean;
  readonly gatewayId: number | null;
}

/** A device, and the credential by which it was found. */
export interface CredentialRow extends DirectoryRow {
  readonly credentialId: string;
  readonly expiresAt: Date | null;
  /** Others end with its first use. */
  readonly endsOthers: boolean;
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

const COLUMNS = `d.id, d.uid, d.organization_id as "organizationId", d.site_id as "siteId", d.profile_id as "profileId",
         d.status = 'active' as active, d.gateway_device_id as "gatewayId"`;
const DEVICE = `select ${COLUMNS} from device d`;

export async function findByCredential(
  db: Queryable,
  { kind, hash }: CredentialName,
): Promise<CredentialRow | undefined> {
  const { rows } = await db.query<CredentialRow>(
    `select ${COLUMNS}, c.id as "credentialId", c.expires_at as "expiresAt",
            exists (select 1 from device_credential o where o.ends_on_use_of = c.id) as "endsOthers"
       from device_credential c
       join device d on d.id = c.device_id
      where c.kind = $1 and c.hash = $2`,
    [kind, hash],
  );
  return rows[0];
}

/** Those of the credentials that have not ended and are an active device's. */
export async function findLiveCredentials(
  db: Queryable,
  names: readonly CredentialName[],
  now: Date,
): Promise<(CredentialName & { readonly expiresAt: Date | null })[]> {
  const { rows } = await db.query<CredentialName & { readonly expiresAt: Date | null }>(
    `select c.kind, c.hash, c.expires_at as "expiresAt"
       from unnest($1::text[], $2::bytea[]) as asked (kind, hash)
       join device_credential c on c.kind = asked.kind and c.hash = asked.hash
       join device d on d.id = c.device_id
      where d.status = 'active' and (c.expires_at is null or c.expires_at > $3)`,
    [names.map(({ kind }) => kind), names.map(({ hash }) => hash), now],
  );
  return rows;
}

/** A new credential is used for the first time: those that were to last until then are gone. */
export async function endReplaced(db: Queryable, credentialId: string, deviceId: number): Promise<void> {
  await db.query(
    `with ended as (delete from device_credential where ends_on_use_of = $1 returning 1)
     select pg_notify($2, $3) where exists (select 1 from ended)`,
    [credentialId, REGISTRY_CHANNEL, noticeText({ kind: "device", id: deviceId })],
  );
}

/** Devices that belong to a gateway. */
export async function countBehindGateway(db: Queryable, gatewayId: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::int as count from device where gateway_device_id = $1",
    [gatewayId],
  );
  return rows[0]!.count;
}

export async function findByUids(
  db: Queryable,
  organizationId: number,
  uids: readonly string[],
): Promise<DirectoryRow[]> {
  const { rows } = await db.query<DirectoryRow>(`${DEVICE} where d.organization_id = $1 and d.uid = any($2::text[])`, [
    organizationId,
    uids,
  ]);
  return rows;
}

export async function findByIds(db: Queryable, ids: readonly number[]): Promise<DirectoryRow[]> {
  const { rows } = await db.query<DirectoryRow>(`${DEVICE} where d.id = any($1::int[])`, [ids]);
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
  gatewayId: number | undefined,
): Promise<void> {
  await db.query(
    `insert into device (organization_id, uid, name, profile_id, site_id, gateway_device_id, gateway_since)
     select $1, uid, uid, p.id, s.id, $4::int, case when $4::int is not null then now() end
       from unnest($3::text[]) as uid,
            device_profile p,
            site s
      where p.organization_id = $1 and p.key = $2
        and s.organization_id = $1 and s.is_default
      order by uid
     on conflict (organization_id, uid) do nothing`,
    [organizationId, profileKey, uids, gatewayId],
  );
}
