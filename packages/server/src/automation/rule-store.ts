import type { Pool, PoolClient } from "pg";

/** SQL of the table `rule`. */
type Queryable = Pool | PoolClient;

/** A threshold on a metric of the rule's own device, in the metric's unit. */
export interface ThresholdSpecification {
  readonly metric: string;
  readonly operator: "below" | "above";
  readonly value: number;
  readonly hysteresis: number;
}

/** What a rule does when it fires. A TRIP latches, and names its rule as the cause. */
export type RuleAction =
  | { readonly kind: "RUN"; readonly durationMs: number }
  | { readonly kind: "TRIP"; readonly cause: string };

/** What the execution of an action is given. */
export function parametersOf(action: RuleAction): Readonly<Record<string, unknown>> {
  return action.kind === "RUN" ? { durationMs: action.durationMs } : { cause: action.cause };
}

export interface NewRule {
  readonly organizationId: number;
  readonly deviceId: number;
  readonly key: string;
  readonly name: string;
  readonly definition: ThresholdSpecification;
  readonly actuatorId: number | undefined;
  readonly action: RuleAction | undefined;
}

export async function insertRule(db: Queryable, rule: NewRule): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `insert into rule (organization_id, device_id, key, name, kind, definition, action, actuator_id)
     values ($1, $2, $3, $4, 'threshold', $5, $6, $7)
     returning id`,
    [
      rule.organizationId,
      rule.deviceId,
      rule.key,
      rule.name,
      JSON.stringify(rule.definition),
      rule.action === undefined ? null : JSON.stringify(rule.action),
      rule.actuatorId,
    ],
  );
  return rows[0]!.id;
}

export const RULE_CHANNEL = "sluice_rule";

/** Tells every process, when the transaction commits, that the rules of a device are others now. */
export async function notifyRules(db: Queryable, deviceId: number): Promise<void> {
  await db.query("select pg_notify($1, $2)", [RULE_CHANNEL, String(deviceId)]);
}

export interface ActiveRule {
  readonly id: number;
  readonly deviceId: number;
  readonly metricNumber: number;
  readonly definition: ThresholdSpecification;
}

/**
 * Rules that readings are to be judged by: enabled, of active devices, on metrics that have a number. All of them, or those of
 * some devices.
 */
export async function listActiveRules(db: Queryable, deviceIds: readonly number[] | undefined): Promise<ActiveRule[]> {
  const { rows } = await db.query<ActiveRule>(
    `select r.id, r.device_id as "deviceId", m.number as "metricNumber", r.definition
       from rule r
       join device d on d.id = r.device_id and d.status = 'active'
       join profile_metric m on m.profile_id = d.profile_id and m.key = r.definition->>'metric'
      where r.is_enabled and ($1::int[] is null or r.device_id = any($1))
      order by r.id`,
    [deviceIds ?? null],
  );
  return rows;
}

export interface RuleView {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly kind: "threshold";
  /** Uid. */
  readonly device: string;
  readonly definition: ThresholdSpecification;
  readonly action: (RuleAction & { readonly actuator: number; readonly actuatorKey: string }) | null;
  readonly priority: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
  /** What was last folded of it; null before it ever fired. */
  readonly standing: {
    readonly state: "firing" | "resolved";
    readonly episode: number;
    readonly value: number | null;
  } | null;
}

export interface RuleFilter {
  /** Uid. */
  readonly device?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly afterId?: number | undefined;
  readonly limit: number;
}

/** In the order in which they were made. */
export async function listRules(db: Queryable, organizationId: number, filter: RuleFilter): Promise<RuleView[]> {
  const { rows } = await db.query<RuleView>(
    `select r.id, r.key, r.name, r.kind, d.uid as device, r.definition,
            case when r.action is null then null
                 else r.action || jsonb_build_object('actuator', a.id, 'actuatorKey', a.key) end as action,
            r.priority, r.is_enabled as enabled, r.created_at as "createdAt",
            case when s.rule_id is null then null
                 else jsonb_build_object('state', s.state, 'episode', s.episode, 'value', s.value) end as standing
       from rule r
       join device d on d.id = r.device_id
       left join actuator a on a.id = r.actuator_id
       left join rule_standing s on s.rule_id = r.id and s.device_id = r.device_id
      where r.organization_id = $1 and ($2::text is null or d.uid = $2) and ($3::int[] is null or r.id = any($3))
        and r.id > coalesce($4, 0)
      order by r.id
      limit $5`,
    [organizationId, filter.device, filter.ids ?? null, filter.afterId, filter.limit],
  );
  return rows;
}
