import type { PoolClient } from "pg";
import type { RuleDevice } from "./alert-store.ts";

/** What an alert tells of its rule and of where its device stands; read from tables that other features own. */
export interface RuleContext extends RuleDevice {
  readonly organizationId: number;
  readonly ruleName: string;
  /** As the rule has it; null when it only acts. */
  readonly policy: unknown;
  readonly definition: unknown;
  /** False when the rule or its device is out of service. */
  readonly isActive: boolean;
  readonly deviceUid: string;
  readonly deviceName: string;
  readonly siteId: number;
  readonly siteName: string;
  readonly assetId: number | null;
  readonly assetName: string | null;
  /** Metric key → unit, of the device's profile. */
  readonly units: Readonly<Record<string, string>>;
  /** Of the database. */
  readonly nowMicros: number;
}

/** Rules that are gone are missing. */
export async function readRuleContexts(client: PoolClient, pairs: readonly RuleDevice[]): Promise<RuleContext[]> {
  const { rows } = await client.query<RuleContext>({
    name: "read_rule_contexts",
    text: `
      select p.rule_id as "ruleId", p.device_id as "deviceId", r.organization_id as "organizationId", r.name as "ruleName",
             r.alert as policy, r.definition, r.is_enabled and d.status = 'active' as "isActive", d.uid as "deviceUid",
             d.name as "deviceName", s.id as "siteId", s.name as "siteName", a.id as "assetId", a.name as "assetName",
             (select coalesce(jsonb_object_agg(m.key, m.unit), '{}') from profile_metric m
               where m.profile_id = d.profile_id and m.unit is not null) as units,
             (extract(epoch from clock_timestamp()) * 1000000)::int8 as "nowMicros"
        from unnest($1::int[], $2::int[]) as p (rule_id, device_id)
        join rule r on r.id = p.rule_id
        join device d on d.id = p.device_id and d.organization_id = r.organization_id
        join site s on s.id = d.site_id
        left join asset a on a.id = d.asset_id`,
    values: [pairs.map(({ ruleId }) => ruleId), pairs.map(({ deviceId }) => deviceId)],
  });
  return rows;
}
