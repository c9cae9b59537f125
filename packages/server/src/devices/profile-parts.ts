/**
 * A profile as the parts that it is installed and upgraded by: itself, its metrics, actuators, default rules and schedules. The
 * content of a part has one form, whether it is read from a template or from the tables, so that the two can be compared.
 */
import type { PoolClient } from "pg";
import { assertProfileTemplate, writeProfile } from "./create-profile.ts";
import {
  allocateMetricNumbers,
  countProfileDevices,
  DEFAULT_READINGS_BURST,
  DEFAULT_READINGS_PER_SECOND,
  deleteActuatorTemplate,
  deleteProfileRow,
  describeMetric,
  findProfile,
  insertActuatorTemplates,
  listActuatorTemplates,
  listMetrics,
  listRuleTemplates,
  listScheduleTemplates,
  lockProfile,
  markOwn,
  type Profile,
  saveDefaults,
  updateProfileRow,
} from "./profile-store.ts";
import type {
  ActuatorTemplate,
  MetricDescription,
  ProfileTemplate,
  RuleTemplate,
  ScheduleTemplate,
} from "./profile-template.ts";
import type { Queryable } from "./registry.ts";
import { notifyRegistry } from "./registry-notice.ts";

export type PartKind = "profile" | "metric" | "actuator" | "rule" | "schedule";

export interface ProfilePart {
  readonly kind: PartKind;
  /** Key of the profile. */
  readonly profile: string;
  /** Of the part within it; "" is the profile itself. */
  readonly key: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Throws what `assertProfileTemplate` does. */
export function partsOf(template: ProfileTemplate): ProfilePart[] {
  assertProfileTemplate(template);
  return split(template);
}

/** As the organization has them. A metric that nobody has described is none of them. */
export async function readParts(db: Queryable, profile: Profile): Promise<ProfilePart[]> {
  return split({
    ...profile,
    metrics: (await listMetrics(db, profile.id)).filter(isDescribed),
    actuators: await listActuatorTemplates(db, profile.id),
    rules: await listRuleTemplates(db, profile.id),
    schedules: await listScheduleTemplates(db, profile.id),
  });
}

function split(profile: ProfileTemplate): ProfilePart[] {
  const part = (kind: PartKind, key: string, content: object): ProfilePart => ({
    ...{ kind, profile: profile.key, key },
    content: asStored(content),
  });
  return [
    part("profile", "", settingsOf(profile)),
    ...profile.metrics.map((metric) => part("metric", metric.key, descriptionOf(metric))),
    ...profile.actuators.map((actuator) => part("actuator", actuator.key, actuator)),
    ...profile.rules.map((rule) => part("rule", rule.key, rule)),
    ...(profile.schedules ?? []).map((schedule) => part("schedule", schedule.key, schedule)),
  ];
}

function settingsOf(template: ProfileTemplate) {
  const { name, readingsPerSecond = DEFAULT_READINGS_PER_SECOND, readingsBurst = DEFAULT_READINGS_BURST } = template;
  return { name, readingsPerSecond, readingsBurst };
}

const UNDESCRIBED = {
  ...{ kind: "gauge", unit: null, quantity: null, minimum: null, maximum: null },
  ...{ precision: null, flatlineMs: null, maxStep: null, stepMs: null },
} as const;

function descriptionOf(metric: MetricDescription): Required<Omit<MetricDescription, "key">> {
  const fields = Object.keys(UNDESCRIBED) as (keyof typeof UNDESCRIBED)[];
  return Object.fromEntries(fields.map((field) => [field, metric[field] ?? UNDESCRIBED[field]])) as never;
}

function isDescribed(metric: MetricDescription): boolean {
  return Object.entries(UNDESCRIBED).some(([field, value]) => metric[field as keyof typeof UNDESCRIBED] !== value);
}

/** Without what is undefined, as JSON gives it back. */
function asStored(content: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(content));
}

/** Until the transaction ends nobody else changes it. */
export async function lockProfileOf(
  client: PoolClient,
  organizationId: number,
  key: string,
): Promise<Profile | undefined> {
  await lockProfile(client, organizationId, key);
  return findProfile(client, organizationId, key);
}

/** With all of its parts. Undefined: there is a profile of this key. */
export function installProfile(
  client: PoolClient,
  organizationId: number,
  template: ProfileTemplate,
): Promise<number | undefined> {
  return writeProfile(client, organizationId, template, true);
}

/** Adds a part or puts it in the place of the one with its key. The profile is locked. */
export async function writePart(client: PoolClient, profileId: number, part: ProfilePart): Promise<void> {
  const { kind, key, content } = part;
  if (kind === "profile") await writeSettings(client, profileId, content);
  else if (kind === "metric") {
    await allocateMetricNumbers(client, profileId, [key]);
    await describeMetric(client, profileId, { ...content, key });
  } else if (kind === "actuator") {
    await deleteActuatorTemplate(client, profileId, key);
    await insertActuatorTemplates(client, profileId, [content as unknown as ActuatorTemplate]);
  } else await writeDefaults(client, profileId, kind, (defaults) => replaced(defaults, key, content));
  await notifyRegistry(client, { kind: "profile", id: profileId });
}

/** A metric stays: stored readings name it. */
export async function removePart(client: PoolClient, profileId: number, { kind, key }: ProfilePart): Promise<void> {
  if (kind === "actuator") await deleteActuatorTemplate(client, profileId, key);
  else if (kind === "rule" || kind === "schedule") {
    await writeDefaults(client, profileId, kind, (defaults) => defaults.filter((one) => one.key !== key));
  }
}

async function writeSettings(client: PoolClient, profileId: number, content: ProfilePart["content"]): Promise<void> {
  const { name, readingsPerSecond, readingsBurst } = content as ReturnType<typeof settingsOf>;
  const columns = { name, readings_per_second: readingsPerSecond, readings_burst: readingsBurst };
  await updateProfileRow(client, profileId, columns);
}

type Keyed = Readonly<Record<string, unknown>> & { readonly key: string };

async function writeDefaults(
  client: PoolClient,
  profileId: number,
  kind: "rule" | "schedule",
  change: (defaults: readonly Keyed[]) => readonly Keyed[],
): Promise<void> {
  const rules: readonly RuleTemplate[] = await listRuleTemplates(client, profileId);
  const schedules: readonly ScheduleTemplate[] = await listScheduleTemplates(client, profileId);
  const changed = change((kind === "rule" ? rules : schedules) as readonly unknown[] as readonly Keyed[]) as never;
  await saveDefaults(client, profileId, kind === "rule" ? changed : rules, kind === "rule" ? schedules : changed);
}

function replaced(defaults: readonly Keyed[], key: string, content: ProfilePart["content"]): readonly Keyed[] {
  const part = { ...content, key };
  const at = defaults.findIndex((one) => one.key === key);
  return at === -1 ? [...defaults, part] : defaults.with(at, part);
}

/** From now on it is the organization's own, and its people may delete it. */
export async function releaseProfile(client: PoolClient, { id }: Profile): Promise<void> {
  await markOwn(client, id);
}

/** Why a profile cannot go; undefined: it is gone. */
export async function deleteInstalledProfile(
  client: PoolClient,
  { id }: Profile,
): Promise<"devices" | "legal-hold" | undefined> {
  if ((await countProfileDevices(client, id)) > 0) return "devices";
  await client.query("savepoint before_profile");
  if (await deleteProfileRow(client, id)) return undefined;
  await client.query("rollback to savepoint before_profile");
  return "legal-hold";
}
