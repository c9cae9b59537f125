import { SluiceError } from "@sluice/core/errors.ts";
import type { Envelope } from "@sluice/core/safety/envelope.ts";
import { MAX_METRICS_PER_PROFILE } from "@sluice/core/telemetry/limits.ts";
import { type Assignments, assignmentClause } from "./assignments.ts";
import type {
  ActuatorTemplate,
  MetricDescription,
  ProfileTemplate,
  RuleTemplate,
  ScheduleTemplate,
} from "./profile-template.ts";
import type { Queryable } from "./registry.ts";

export const DEFAULT_READINGS_PER_SECOND = 1000;
export const DEFAULT_READINGS_BURST = 10_000;

export interface Profile {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly readingsPerSecond: number;
  readonly readingsBurst: number;
  readonly createdAt: Date;
}

export interface Metric extends Required<MetricDescription> {
  /** Names the metric in stored readings; never given to another. */
  readonly number: number;
}

export const PROFILE = `
  select id, key, name, is_built_in as "isBuiltIn", readings_per_second as "readingsPerSecond",
         readings_burst as "readingsBurst", created_at as "createdAt"
    from device_profile`;

export async function listProfiles(
  db: Queryable,
  organizationId: number,
  page: {
    /** Part of the key or the name, in any case. */
    readonly search?: string | undefined;
    readonly afterId?: number | undefined;
    readonly limit: number;
  },
): Promise<Profile[]> {
  const { rows } = await db.query<Profile>(
    `${PROFILE}
      where organization_id = $1
        and id > coalesce($2, 0)
        and ($3::text is null or strpos(key, lower($3)) > 0 or strpos(lower(name), lower($3)) > 0)
      order by id
      limit $4`,
    [organizationId, page.afterId, page.search, page.limit],
  );
  return rows;
}

export async function findProfile(db: Queryable, organizationId: number, key: string): Promise<Profile | undefined> {
  const { rows } = await db.query<Profile>(`${PROFILE} where organization_id = $1 and key = $2`, [organizationId, key]);
  return rows[0];
}

export async function requireProfile(db: Queryable, organizationId: number, key: string): Promise<Profile> {
  const profile = await findProfile(db, organizationId, key);
  if (profile) return profile;
  throw new SluiceError("not-found", "profile.unknown", `There is no device profile "${key}".`, {
    details: { profile: key },
  });
}

/** Makes changes of one profile wait for each other; devices that join it do not wait for this. */
export async function lockProfile(db: Queryable, organizationId: number, key: string): Promise<void> {
  await db.query("select 1 from device_profile where organization_id = $1 and key = $2 for no key update", [
    organizationId,
    key,
  ]);
}

/** Keeps a profile from being changed until the transaction ends; devices that join it together do not wait for each other. */
export async function holdProfile(db: Queryable, organizationId: number, key: string): Promise<void> {
  await db.query("select 1 from device_profile where organization_id = $1 and key = $2 for share", [
    organizationId,
    key,
  ]);
}

export const METRIC_COLUMNS = `
  number, key, kind, unit, quantity, minimum, maximum, precision,
  flatline_ms as "flatlineMs", max_step as "maxStep", step_ms as "stepMs"`;

export async function listMetrics(db: Queryable, profileId: number): Promise<Metric[]> {
  const { rows } = await db.query<Metric>(
    `select ${METRIC_COLUMNS} from profile_metric where profile_id = $1 order by number`,
    [profileId],
  );
  return rows;
}

export async function requireMetric(
  db: Queryable,
  organizationId: number,
  profileKey: string,
  key: string,
): Promise<Metric> {
  const { id } = await requireProfile(db, organizationId, profileKey);
  const metric = (await listMetrics(db, id)).find((known) => known.key === key);
  if (metric) return metric;
  throw new SluiceError("not-found", "metric.unknown", `The profile has no metric "${key}".`, { details: { key } });
}

export async function listActuatorTemplates(db: Queryable, profileId: number): Promise<ActuatorTemplate[]> {
  const { rows } = await db.query<ActuatorTemplate & { readonly envelope: Partial<Envelope> }>(
    `select key, kind, max_run_ms as "maxRunMs", cooldown_ms as "cooldownMs", envelope
       from profile_actuator where profile_id = $1 order by key`,
    [profileId],
  );
  return rows.map(({ envelope, ...actuator }) => ({ ...actuator, ...envelope }));
}

export async function listRuleTemplates(db: Queryable, profileId: number): Promise<RuleTemplate[]> {
  const { rows } = await db.query<{ rules: RuleTemplate[] }>(
    "select default_rules as rules from device_profile where id = $1",
    [profileId],
  );
  return rows[0]?.rules ?? [];
}

export async function listScheduleTemplates(db: Queryable, profileId: number): Promise<ScheduleTemplate[]> {
  const { rows } = await db.query<{ schedules: ScheduleTemplate[] }>(
    "select default_schedules as schedules from device_profile where id = $1",
    [profileId],
  );
  return rows[0]?.schedules ?? [];
}

export async function saveDefaults(
  db: Queryable,
  profileId: number,
  rules: readonly RuleTemplate[],
  schedules: readonly ScheduleTemplate[],
): Promise<void> {
  await db.query("update device_profile set default_rules = $2, default_schedules = $3 where id = $1", [
    profileId,
    JSON.stringify(rules),
    JSON.stringify(schedules),
  ]);
}

export async function deleteActuatorTemplate(db: Queryable, profileId: number, key: string): Promise<void> {
  await db.query("delete from profile_actuator where profile_id = $1 and key = $2", [profileId, key]);
}

/** Returns the profile's number; undefined when the key is taken. */
export async function insertProfile(
  db: Queryable,
  organizationId: number,
  template: ProfileTemplate,
  isBuiltIn: boolean,
): Promise<number | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `insert into device_profile
       (organization_id, key, name, is_built_in, readings_per_second, readings_burst, default_rules, default_schedules)
     values ($1, $2, $3, $4, coalesce($5, ${DEFAULT_READINGS_PER_SECOND}), coalesce($6, ${DEFAULT_READINGS_BURST}), $7, $8)
     on conflict (organization_id, key) do nothing
     returning id`,
    [
      organizationId,
      template.key,
      template.name,
      isBuiltIn,
      template.readingsPerSecond,
      template.readingsBurst,
      JSON.stringify(template.rules),
      JSON.stringify(template.schedules ?? []),
    ],
  );
  return rows[0]?.id;
}

export async function insertActuatorTemplates(
  db: Queryable,
  profileId: number,
  actuators: readonly ActuatorTemplate[],
): Promise<void> {
  await db.query(
    `insert into profile_actuator (profile_id, key, kind, max_run_ms, cooldown_ms, envelope)
     select $1, * from unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::jsonb[])`,
    [
      profileId,
      actuators.map(({ key }) => key),
      actuators.map(({ kind }) => kind),
      actuators.map(({ maxRunMs }) => maxRunMs),
      actuators.map(({ cooldownMs }) => cooldownMs),
      actuators.map(({ key, kind, maxRunMs, cooldownMs, ...envelope }) => JSON.stringify(envelope)),
    ],
  );
}

export type ProfileColumn = "name" | "readings_per_second" | "readings_burst";

export async function updateProfileRow(db: Queryable, id: number, columns: Assignments<ProfileColumn>): Promise<void> {
  const set = assignmentClause(columns, 1);
  if (set) await db.query(`update device_profile set ${set.clause} where id = $1`, [id, ...set.values]);
}

export async function markOwn(db: Queryable, id: number): Promise<void> {
  await db.query("update device_profile set is_built_in = false where id = $1", [id]);
}

export async function countProfileDevices(db: Queryable, id: number): Promise<number> {
  await db.query("select 1 from device_profile where id = $1 for update", [id]);
  const { rows } = await db.query<{ devices: number }>(
    "select count(*)::int as devices from device where profile_id = $1",
    [id],
  );
  return rows[0]!.devices;
}

/** False: a legal hold refers to it. The transaction has failed then. */
export async function deleteProfileRow(db: Queryable, id: number): Promise<boolean> {
  try {
    await db.query("delete from device_profile where id = $1", [id]);
    return true;
  } catch (error) {
    if ((error as { constraint?: unknown }).constraint === "retention_hold") return false;
    throw error;
  }
}

/**
 * Gives each key that has none the profile's next metric number, in the order given, while numbers last. The row lock makes
 * two processes that meet the same new keys agree; it does not block devices from joining the profile.
 */
export async function allocateMetricNumbers(db: Queryable, profileId: number, keys: readonly string[]): Promise<void> {
  await db.query("select 1 from device_profile where id = $1 for no key update", [profileId]);
  await db.query(
    `with taken as (
       select key, number from profile_metric where profile_id = $1
     ), fresh as (
       select key, row_number() over (order by position) - 1 as step
         from unnest($2::text[]) with ordinality as asked (key, position)
        where key not in (select key from taken)
     )
     insert into profile_metric (profile_id, number, key)
     select $1, number, key
       from (select key, step + coalesce((select max(number) + 1 from taken), 0) as number from fresh) as numbered
      where number < $3`,
    [profileId, keys, MAX_METRICS_PER_PROFILE],
  );
}

/** Describes a metric that has its number; what is undefined stays as it was. */
export async function describeMetric(db: Queryable, profileId: number, metric: MetricDescription): Promise<void> {
  const { key, kind, unit, quantity, minimum, maximum, precision } = metric;
  const limits = { flatline_ms: metric.flatlineMs, max_step: metric.maxStep, step_ms: metric.stepMs };
  const set = assignmentClause({ kind, unit, quantity, minimum, maximum, precision, ...limits }, 2);
  if (!set) return;
  await db.query(`update profile_metric set ${set.clause} where profile_id = $1 and key = $2`, [
    profileId,
    key,
    ...set.values,
  ]);
}
