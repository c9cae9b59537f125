import type { MetricReference, RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { metricsOf } from "@sluice/core/rules/rule-definition.ts";
import type { Place } from "@sluice/core/schedules/sun.ts";
import type { Pool, PoolClient } from "pg";

/** What the rules that readings are judged by need to know; SQL of `rule` and what stands around it. */
type Queryable = Pool | PoolClient;

interface RuleRow {
  readonly id: number;
  readonly organizationId: number;
  readonly deviceId: number;
  readonly profileId: number;
  readonly revision: number;
  readonly definition: RuleDefinition;
  readonly definedMicros: number;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly isActive: boolean;
}

export interface ActiveRule {
  readonly id: number;
  readonly deviceId: number;
  readonly profileId: number;
  readonly revision: number;
  readonly definition: RuleDefinition;
  readonly definedMicros: number;
  readonly place: Place | undefined;
  /** Its rule is enabled and its home in service; one that is not is not judged. */
  readonly isActive: boolean;
  /** Undefined for a device that is not there, or a metric without a number. */
  readonly inputOf: (
    metric: MetricReference,
  ) => { readonly deviceId: number; readonly metricNumber: number } | undefined;
}

/** All rules, or those whose home is one of some devices. */
export function listActiveRules(db: Queryable, deviceIds: readonly number[] | undefined): Promise<ActiveRule[]> {
  return select(db, "$1::int[] is null or r.device_id = any($1)", deviceIds);
}

/** Some rules; what is missing does not exist. */
export function findActiveRules(db: Queryable, ids: readonly number[]): Promise<ActiveRule[]> {
  return select(db, "r.id = any($1::int[])", ids);
}

async function select(db: Queryable, condition: string, values: readonly number[] | undefined): Promise<ActiveRule[]> {
  const { rows } = await db.query<RuleRow>(
    `select r.id, r.organization_id as "organizationId", r.device_id as "deviceId", d.profile_id as "profileId", r.revision,
            r.definition, (extract(epoch from r.defined_at) * 1000000)::float8 as "definedMicros", s.latitude, s.longitude,
            r.is_enabled and d.status = 'active' as "isActive"
       from rule r
       join device d on d.id = r.device_id
       join site s on s.id = d.site_id
      where ${condition}
      order by r.id`,
    [values ?? null],
  );
  const others = await findOtherDevices(db, rows);
  const profileIds = [...rows, ...others.values()].map(({ profileId }) => profileId);
  const numbers = await metricNumbers(db, [...new Set(profileIds)]);
  return rows.map(({ latitude, longitude, ...rule }) => ({
    ...rule,
    place: latitude === null || longitude === null ? undefined : { latitude, longitude },
    inputOf: (metric) => {
      const device = typeof metric === "string" ? rule : others.get(`${rule.organizationId} ${metric.device}`);
      const key = typeof metric === "string" ? metric : metric.metric;
      const metricNumber = device && numbers.get(`${device.profileId} ${key}`);
      return metricNumber === undefined ? undefined : { deviceId: device!.deviceId, metricNumber };
    },
  }));
}

type OtherDevices = ReadonlyMap<string, { readonly deviceId: number; readonly profileId: number }>;

async function findOtherDevices(db: Queryable, rows: readonly RuleRow[]): Promise<OtherDevices> {
  const named = rows.flatMap(({ organizationId, definition }) =>
    metricsOf(definition).flatMap((metric) =>
      typeof metric === "string" ? [] : { organizationId, uid: metric.device },
    ),
  );
  if (named.length === 0) return new Map();
  const { rows: devices } = await db.query<{ name: string; deviceId: number; profileId: number }>(
    `select d.organization_id || ' ' || d.uid as name, d.id as "deviceId", d.profile_id as "profileId"
       from (select distinct * from unnest($1::int[], $2::text[]) as n (organization_id, uid)) n
       join device d on d.organization_id = n.organization_id and d.uid = n.uid`,
    [named.map(({ organizationId }) => organizationId), named.map(({ uid }) => uid)],
  );
  return new Map(devices.map(({ name, ...device }) => [name, device]));
}

/** By "profile key". */
async function metricNumbers(db: Queryable, profileIds: readonly number[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ name: string; number: number }>(
    "select profile_id || ' ' || key as name, number from profile_metric where profile_id = any($1)",
    [profileIds],
  );
  return new Map(rows.map(({ name, number }) => [name, number]));
}
