import { parseAlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { MAX_KEY_BYTES, MAX_METRICS_PER_PROFILE, MAX_VALIDITY_WINDOW_MS } from "@sluice/core/telemetry/limits.ts";
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
import type {
  ActuatorTemplate,
  MetricDescription,
  ProfileTemplate,
  RuleTemplate,
  RuleTemplateAction,
} from "./profile-template.ts";
import type { Registry, Requester } from "./registry.ts";

export const MAX_ACTUATORS_PER_PROFILE = 64;
export const MAX_RULES_PER_PROFILE = 64;
export const MAX_SCHEDULES_PER_PROFILE = 64;

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
export function assertProfileTemplate({ metrics, actuators, rules, schedules = [] }: ProfileTemplate): void {
  if (metrics.length > MAX_METRICS_PER_PROFILE) throw tooMany("metrics", MAX_METRICS_PER_PROFILE);
  if (actuators.length > MAX_ACTUATORS_PER_PROFILE) throw tooMany("actuators", MAX_ACTUATORS_PER_PROFILE);
  if (rules.length > MAX_RULES_PER_PROFILE) throw tooMany("rules", MAX_RULES_PER_PROFILE);
  if (schedules.length > MAX_SCHEDULES_PER_PROFILE) throw tooMany("schedules", MAX_SCHEDULES_PER_PROFILE);
  metrics.forEach(assertMetric);
  const metricKeys = distinct("metric", metrics);
  const actuatorKeys = distinct("actuator", actuators);
  distinct("rule", rules);
  distinct("schedule", schedules);
  assertActuatorTemplates(actuators);
  for (const rule of rules) {
    if (!metricKeys.has(rule.metric)) throw unknownPart("Rule", rule.key, "metric", rule.metric);
    assertPurpose(rule);
    const { action } = rule;
    if (action === undefined) continue;
    if (!actuatorKeys.has(action.actuator)) throw unknownPart("Rule", rule.key, "actuator", action.actuator);
    assertWithinEnvelope(rule.key, action, actuators.find(({ key }) => key === action.actuator)!);
  }
  for (const { key, actuator } of schedules) {
    if (!actuatorKeys.has(actuator)) throw unknownPart("Schedule", key, "actuator", actuator);
  }
}

/** A rule acts, or alerts, or both; and what it would say to people can be written. */
function assertPurpose({ key, action, alert }: RuleTemplate): void {
  if (alert !== undefined) parseAlertPolicy(alert);
  if (action !== undefined || alert !== undefined) return;
  throw new SluiceError(
    "invalid",
    "profile.rule_without_purpose",
    `Rule "${key}" needs an action, an alert, or both.`,
    {
      details: { rule: key },
    },
  );
}

function assertWithinEnvelope(rule: string, action: RuleTemplateAction, { key, maxRunMs }: ActuatorTemplate): void {
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
  assertWindow(metric.key, "flatlineMs", metric.flatlineMs);
  assertWindow(metric.key, "stepMs", metric.stepMs);
  assertStep(metric);
}

function assertWindow(metric: string, field: "flatlineMs" | "stepMs", ms: number | null | undefined): void {
  if (ms == null || (Number.isInteger(ms) && ms >= 1 && ms <= MAX_VALIDITY_WINDOW_MS)) return;
  const message = `${field} of "${metric}" must be a whole number of milliseconds from 1 to ${MAX_VALIDITY_WINDOW_MS}.`;
  throw new SluiceError("invalid", "metric.window_invalid", message, { details: { metric, field, given: String(ms) } });
}

function assertStep({ key, maxStep, stepMs }: MetricDescription): void {
  if (maxStep != null && !(Number.isFinite(maxStep) && maxStep > 0)) {
    const message = `maxStep of "${key}" must be a number above 0, in the metric's own unit.`;
    throw new SluiceError("invalid", "metric.step_invalid", message, { details: { metric: key } });
  }
  if ((maxStep == null) === (stepMs == null)) return;
  const missing =
    maxStep == null ? "maxStep, the furthest step that is no spike" : "stepMs, the time it is taken within";
  throw new SluiceError("invalid", "metric.step_incomplete", `The step of "${key}" lacks ${missing}.`, {
    details: { metric: key },
  });
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

function unknownPart(kind: "Rule" | "Schedule", name: string, what: string, key: string): SluiceError {
  const code = kind === "Rule" ? "profile.rule_unknown_part" : "profile.schedule_unknown_part";
  return new SluiceError("invalid", code, `${kind} "${name}" names an unknown ${what} "${key}".`);
}
