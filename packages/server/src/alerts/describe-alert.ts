import type { AlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { renderTemplate, type TemplateValues } from "@sluice/core/alerts/message-template.ts";
import type { RuleContext } from "./rule-context-store.ts";

/** A title has room for two names. */
const MAX_TITLE_LENGTH = 300;

/** The words of an alert, made when it fires. */
export function describeAlert(
  context: RuleContext,
  policy: AlertPolicy,
  reading: { readonly value: number | null; readonly readingMicros: number },
): { readonly title: string; readonly message: string } {
  // By characters: half a surrogate pair could not be stored.
  const title = [...`${context.ruleName}: ${context.deviceName}`].slice(0, MAX_TITLE_LENGTH).join("");
  const condition = firstLeaf(context.definition);
  const hasValue = reading.value !== null && condition.metric !== null;
  const template = policy.message ?? (hasValue ? "{device}: {metric} is {value} {unit}" : "{device}: {rule}");
  const values: TemplateValues = {
    rule: context.ruleName,
    device: context.deviceUid,
    deviceName: context.deviceName,
    asset: context.assetName,
    site: context.siteName,
    metric: condition.metric,
    value: reading.value,
    unit: condition.metric === null ? "" : (context.units[condition.metric] ?? ""),
    threshold: condition.threshold,
    severity: policy.severity,
    time: new Date(reading.readingMicros / 1000).toISOString(),
  };
  return { title, message: renderTemplate(template, values).trim() };
}

interface Leaf {
  readonly metric: string | null;
  readonly threshold: number | null;
}

/** The first condition on a metric: the one that a message with `{metric}` and `{threshold}` means. */
function firstLeaf(definition: unknown): Leaf {
  const { metric, value, by, afterMs, condition, conditions } = (definition ?? {}) as Record<string, unknown>;
  const key = typeof metric === "object" && metric !== null && "metric" in metric ? metric.metric : metric;
  if (typeof key === "string") {
    const limit = [value, by, afterMs].find((candidate) => typeof candidate === "number");
    return { metric: key, threshold: typeof limit === "number" ? limit : null };
  }
  const inner = Array.isArray(conditions) ? conditions : condition === undefined ? [] : [condition];
  return inner.length > 0 ? firstLeaf(inner[0]) : { metric: null, threshold: null };
}
