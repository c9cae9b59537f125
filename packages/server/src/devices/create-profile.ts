import { SluiceError } from "@sluice/core/errors.ts";
import { MAX_KEY_BYTES, MAX_METRICS_PER_PROFILE } from "@sluice/core/telemetry/limits.ts";
import type { PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import { assertActuatorTemplates } from "./assert-actuators.ts";
import {
  allocateMetricNumbers,
  describeMetric,
  insertActuatorTemplates,
  insertProfile,
  type Profile,
  requireProfile,
} from "./profile-store.ts";
import type { ActuatorTemplate, MetricDescription, ProfileTemplate, RuleTemplate } from "./profile-template.ts";
import type { Registry, Requester } from "./registry.ts";

export const MAX_ACTUATORS_PER_PROFILE = 64;
export const MAX_RULES_PER_PROFILE = 64;

export async function createProfile(registry: Registry, by: Requester, template: ProfileTemplate): Promise<Profile> {
  assertProfileTemplate(template);
  return inTransaction(registry.pool, async (client) => {
    const id = await writeProfile(client, by.organizationId, template, false);
    if (id === undefined) {
      throw new SluiceError("conflict", "profile.key_taken", `There is a device profile "${template.key}".`, {
        details: { profile: template.key },
      });
    }
    await registry.recordChange(client, by, { action: "profile.create", subject: `profile:${id}`, after: template });
    return requireProfile(client, by.organizationId, template.key);
  });
}

/** Returns the new profile's number; undefined when the organization has a profile of this key. */
export async function writeProfile(
  client: PoolClient,
  organizationId: number,
  template: ProfileTemplate,
  isBuiltIn: boolean,
): Promise<number | undefined> {
  const id = await insertProfile(client, organizationId, template, isBuiltIn);
  if (id === undefined) return undefined;
  await allocateMetricNumbers(
    client,
    id,
    template.metrics.map((metric) => metric.key),
  );
  for (const metric of template.metrics) await describeMetric(client, id, metric);
  await insertActuatorTemplates(client, id, template.actuators);
  return id;
}

/** What the shape alone cannot say: limits, doubles, and rules that name what the profile has. */
export function assertProfileTemplate({ metrics, actuators, rules }: ProfileTemplate): void {
  if (metrics.length > MAX_METRICS_PER_PROFILE) throw tooMany("metrics", MAX_METRICS_PER_PROFILE);
  if (actuators.length > MAX_ACTUATORS_PER_PROFILE) throw tooMany("actuators", MAX_ACTUATORS_PER_PROFILE);
  if (rules.length > MAX_RULES_PER_PROFILE) throw tooMany("rules", MAX_RULES_PER_PROFILE);
  metrics.forEach(assertMetric);
  const metricKeys = distinct("metric", metrics);
  const actuatorKeys = distinct("actuator", actuators);
  distinct("rule", rules);
  assertActuatorTemplates(actuators);
  for (const rule of rules) {
    if (!metricKeys.has(rule.metric)) throw unknownPart(rule.key, "metric", rule.metric);
    if (!actuatorKeys.has(rule.action.actuator)) throw unknownPart(rule.key, "actuator", rule.action.actuator);
    assertWithinEnvelope(rule, actuators.find(({ key }) => key === rule.action.actuator)!);
  }
}

function assertWithinEnvelope({ key: rule, action }: RuleTemplate, { key, maxRunMs }: ActuatorTemplate): void {
  if (action.kind !== "RUN" || action.durationMs <= maxRunMs) return;
  const message = `Rule "${rule}" runs "${key}" longer than its maximum of ${maxRunMs} ms.`;
  throw new SluiceError("invalid", "profile.rule_beyond_envelope", message, { details: { rule, maxRunMs } });
}

export function assertMetric(metric: MetricDescription): void {
  const bytes = Buffer.byteLength(metric.key);
  if (bytes < 1 || bytes > MAX_KEY_BYTES) {
    throw new SluiceError("invalid", "metric.key_invalid", `A metric's key has 1 to ${MAX_KEY_BYTES} bytes.`, {
      details: { limitBytes: MAX_KEY_BYTES },
    });
  }
  if (typeof metric.minimum === "number" && typeof metric.maximum === "number" && metric.minimum > metric.maximum) {
    throw new SluiceError("invalid", "metric.range_empty", `The range of "${metric.key}" ends before it begins.`);
  }
}

function distinct(what: string, parts: readonly { readonly key: string }[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { key } of parts) {
    if (keys.has(key))
      throw new SluiceError("invalid", "profile.key_doubled", `The ${what} "${key}" stands there twice.`);
    keys.add(key);
  }
  return keys;
}

function tooMany(what: string, limit: number): SluiceError {
  return new SluiceError("invalid", "profile.too_many", `A profile has at most ${limit} ${what}.`, {
    details: { limit },
  });
}

function unknownPart(rule: string, what: string, key: string): SluiceError {
  return new SluiceError("invalid", "profile.rule_unknown_part", `Rule "${rule}" names an unknown ${what} "${key}".`);
}
