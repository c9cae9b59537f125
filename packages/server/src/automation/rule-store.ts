import type { AlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import type { Pool, PoolClient } from "pg";
import type { RuleAction } from "./rule-action.ts";

/** SQL of the table `rule`. */
type Queryable = Pool | PoolClient;

export type { RuleAction } from "./rule-action.ts";
export { parametersOf } from "./rule-action.ts";

export type RulePriority = "EMERGENCY" | "THRESHOLD";

export interface NewRule {
  readonly organizationId: number;
  readonly deviceId: number;
  /** Of a rule over the devices of an asset. */
  readonly assetId?: number | undefined;
  readonly key: string;
  readonly name: string;
  readonly definition: RuleDefinition;
  /** Both or none. */
  readonly actuatorId: number | undefined;
  readonly action: RuleAction | undefined;
  /** Absent: the rule only acts. */
  readonly alert?: AlertPolicy | undefined;
  /** THRESHOLD when absent. */
  readonly priority?: RulePriority | undefined;
  /** True when absent. */
  readonly isEnabled?: boolean | undefined;
}

export async function insertRule(db: Queryable, rule: NewRule): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into rule (organization_id, device_id, asset_id, key, name, definition, action, actuator_id, alert, priority,
                       is_enabled)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, 'THRESHOLD'), coalesce($11, true))
     returning id`,
    [
      rule.organizationId,
      rule.deviceId,
      rule.assetId,
      rule.key,
      rule.name,
      JSON.stringify(rule.definition),
      jsonOrNull(rule.action),
      rule.actuatorId,
      jsonOrNull(rule.alert),
      rule.priority,
      rule.isEnabled,
    ],
  );
  return rows[0]!.id;
}

/** Everything of a rule that may change. */
export interface RuleContent {
  readonly name: string;
  readonly definition: RuleDefinition;
  readonly actuatorId: number | undefined;
  readonly action: RuleAction | undefined;
  readonly alert: AlertPolicy | undefined;
  readonly priority: RulePriority;
  readonly isEnabled: boolean;
}

export async function updateRule(db: Queryable, id: number, rule: RuleContent): Promise<void> {
  await db.query(
    `update rule set name = $2, definition = $3, action = $4, actuator_id = $5, alert = $6, priority = $7, is_enabled = $8
      where id = $1`,
    [
      id,
      rule.name,
      JSON.stringify(rule.definition),
      jsonOrNull(rule.action),
      rule.actuatorId,
      jsonOrNull(rule.alert),
      rule.priority,
      rule.isEnabled,
    ],
  );
}

export async function deleteRuleRow(db: Queryable, id: number): Promise<void> {
  await db.query("delete from rule where id = $1", [id]);
}

/** A rule as a profile gives it to its devices. */
export interface DefaultRule extends Pick<RuleContent, "name" | "definition" | "action" | "alert" | "priority"> {
  readonly key: string;
  /** Of an actuator of the same device. */
  readonly actuatorKey: string | undefined;
}

/** Changes the rules that are still as given before, on devices that have the actuator. Returns the devices, in their order. */
export async function replaceRulesOfProfile(
  db: Queryable,
  profileId: number,
  before: DefaultRule,
  after: DefaultRule,
): Promise<number[]> {
  const { rows } = await db.query<{ device: number }>(
    `with changed as (
       update rule r
          set name = $8, definition = $9, action = $10, alert = $11, priority = $12, actuator_id = b.id
         from device d
         left join actuator a on a.device_id = d.id and a.key = $7
         left join actuator b on b.device_id = d.id and b.key = $13
        where d.id = r.device_id and d.profile_id = $1 and r.key = $2 and r.asset_id is null and r.is_enabled
          and r.name = $3 and r.definition = $4::jsonb and r.action is not distinct from $5::jsonb
          and r.alert is not distinct from $6::jsonb and r.priority = $14
          and r.actuator_id is not distinct from a.id and ($13::text is null or b.id is not null)
       returning r.device_id
     )
     select device_id as device from changed order by device_id`,
    [
      ...[profileId, before.key, before.name, JSON.stringify(before.definition), jsonOrNull(before.action)],
      ...[jsonOrNull(before.alert), before.actuatorKey],
      ...[after.name, JSON.stringify(after.definition), jsonOrNull(after.action), jsonOrNull(after.alert)],
      ...[after.priority, after.actuatorKey, before.priority],
    ],
  );
  return rows.map(({ device }) => device);
}

export async function countRulesOfProfile(db: Queryable, profileId: number, key: string): Promise<number> {
  const { rows } = await db.query<{ rules: number }>(
    `select count(*)::int as rules from rule r join device d on d.id = r.device_id
      where d.profile_id = $1 and r.key = $2 and r.asset_id is null`,
    [profileId, key],
  );
  return rows[0]!.rules;
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export const RULE_CHANNEL = "sluice_rule";

/** Tells every process, when the transaction commits, that the rules of a device are others now. */
export async function notifyRules(db: Queryable, deviceId: number): Promise<void> {
  await db.query("select pg_notify($1, $2)", [RULE_CHANNEL, String(deviceId)]);
}

/** The same of many devices. */
export async function notifyRulesOf(db: Queryable, deviceIds: readonly number[]): Promise<void> {
  await db.query("select pg_notify($1, device::text) from unnest($2::int[]) as device", [RULE_CHANNEL, deviceIds]);
}

export interface RuleView {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly kind: RuleDefinition["kind"];
  /** Uid of its home. */
  readonly device: string;
  readonly asset: number | null;
  readonly definition: RuleDefinition;
  readonly action: (RuleAction & { readonly actuator: number; readonly actuatorKey: string }) | null;
  readonly alert: AlertPolicy | null;
  readonly priority: RulePriority;
  readonly enabled: boolean;
  readonly createdAt: Date;
  /** What was last folded of it; null before it ever fired. */
  readonly standing: {
    readonly state: "pending" | "firing" | "resolved";
    readonly episode: number;
    readonly value: number | null;
  } | null;
}

export interface RuleFilter {
  /** Uid. */
  readonly device?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly asset?: number | undefined;
  readonly kind?: RuleDefinition["kind"] | undefined;
  readonly enabled?: boolean | undefined;
  /** Part of the key or the name, in any case. */
  readonly search?: string | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

/** In the order in which they were made. */
export async function listRules(db: Queryable, organizationId: number, filter: RuleFilter): Promise<RuleView[]> {
  const { rows } = await db.query<RuleView>(
    `select r.id, r.key, r.name, r.kind, d.uid as device, r.asset_id as asset, r.definition,
            case when r.action is null then null
                 else r.action || jsonb_build_object('actuator', a.id, 'actuatorKey', a.key) end as action,
            r.alert, r.priority, r.is_enabled as enabled, r.created_at as "createdAt",
            case when s.rule_id is null then null
                 else jsonb_build_object('state', s.state, 'episode', s.episode, 'value', s.value) end as standing
       from rule r
       join device d on d.id = r.device_id
       left join actuator a on a.id = r.actuator_id
       left join rule_standing s on s.rule_id = r.id and s.device_id = r.device_id
      where r.organization_id = $1 and ($2::text is null or d.uid = $2) and ($3::int[] is null or r.id = any($3))
        and r.id > coalesce($4, 0)
        and ($6::int is null or r.asset_id = $6) and ($7::text is null or r.kind = $7)
        and ($8::boolean is null or r.is_enabled = $8)
        and ($9::text is null or strpos(lower(r.key), lower($9)) > 0 or strpos(lower(r.name), lower($9)) > 0)
      order by r.id
      limit $5`,
    [
      ...[organizationId, filter.device, filter.ids ?? null, filter.afterId, filter.limit],
      ...[filter.asset, filter.kind, filter.enabled, filter.search],
    ],
  );
  return rows;
}
