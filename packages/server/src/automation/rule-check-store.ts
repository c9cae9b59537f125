import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import type { PoolClient } from "pg";
import type { RuleContent, RulePriority } from "./rule-store.ts";

/** What has to be known of the registry to accept a rule: SQL that reads `rule`, and the places and metrics around it. */

/** Rules of an organization are changed one after the other: else two changes could close a circle of gates together. */
export async function lockRules(client: PoolClient, organizationId: number): Promise<void> {
  await client.query("select 1 from organization where id = $1 for no key update", [organizationId]);
}

export interface RuleDevice {
  readonly id: number;
  readonly uid: string;
  readonly profileId: number;
  /** Key of its profile. */
  readonly profile: string;
  readonly assetId: number | null;
  readonly site: string;
  readonly hasPlace: boolean;
}

const DEVICE = `
  select d.id, d.uid, d.profile_id as "profileId", p.key as profile, d.asset_id as "assetId", s.slug as site,
         s.latitude is not null and s.longitude is not null as "hasPlace"
    from device d
    join device_profile p on p.id = d.profile_id
    join site s on s.id = d.site_id`;

export async function findRuleDevices(
  client: PoolClient,
  organizationId: number,
  uids: readonly string[],
): Promise<RuleDevice[]> {
  const { rows } = await client.query<RuleDevice>(`${DEVICE} where d.organization_id = $1 and d.uid = any($2)`, [
    organizationId,
    uids,
  ]);
  return rows;
}

/** In the order in which they were registered. */
export async function listAssetDevices(
  client: PoolClient,
  organizationId: number,
  assetId: number,
): Promise<RuleDevice[]> {
  const { rows } = await client.query<RuleDevice>(
    `${DEVICE} where d.organization_id = $1 and d.asset_id = $2 order by d.id limit 1000`,
    [organizationId, assetId],
  );
  return rows;
}

export async function metricKeysOf(client: PoolClient, profileId: number): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    "select key from profile_metric where profile_id = $1 order by number",
    [profileId],
  );
  return rows.map(({ key }) => key);
}

export async function countRules(client: PoolClient, deviceId: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int as count from rule where device_id = $1",
    [deviceId],
  );
  return rows[0]!.count;
}

export interface GatedRule {
  readonly id: number;
  readonly key: string;
  readonly deviceId: number;
  /** Of its home, or that it is over. */
  readonly assetId: number | null;
  readonly definition: RuleDefinition;
}

/** The rules of an organization that have gates, and those named. */
export async function listGatedRules(
  client: PoolClient,
  organizationId: number,
  ids: readonly number[],
): Promise<GatedRule[]> {
  const { rows } = await client.query<GatedRule>(
    `select r.id, r.key, r.device_id as "deviceId", coalesce(r.asset_id, d.asset_id) as "assetId", r.definition
       from rule r
       join device d on d.id = r.device_id
      where r.organization_id = $1 and (r.definition ? 'gates' or r.id = any($2))`,
    [organizationId, ids],
  );
  return rows;
}

export interface StoredRule extends RuleContent {
  readonly id: number;
  readonly key: string;
  readonly deviceId: number;
  /** Uid. */
  readonly device: string;
  readonly assetId: number | null;
}

/** Undefined also for one of another organization. */
export async function lockRule(
  client: PoolClient,
  organizationId: number,
  id: number,
): Promise<StoredRule | undefined> {
  const { rows } = await client.query<Nulls<StoredRule> & { priority: RulePriority }>(
    `select r.id, r.key, r.name, r.device_id as "deviceId", d.uid as device, r.asset_id as "assetId", r.definition,
            r.actuator_id as "actuatorId", r.action, r.alert, r.priority, r.is_enabled as "isEnabled"
       from rule r
       join device d on d.id = r.device_id
      where r.organization_id = $1 and r.id = $2
        for no key update of r`,
    [organizationId, id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { actuatorId, action, alert, ...rest } = row;
  return { ...rest, actuatorId: actuatorId ?? undefined, action: action ?? undefined, alert: alert ?? undefined };
}

/** As a row has it: null where it has nothing. */
type Nulls<Row> = {
  readonly [Column in keyof Row]: undefined extends Row[Column] ? Exclude<Row[Column], undefined> | null : Row[Column];
};
