import { newestEvidence } from "@sluice/core/rules/evidence.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import { type MetricReference, metricName, metricsOf } from "@sluice/core/rules/rule-definition.ts";
import { type ActiveRule, findActiveRules } from "./active-rule-store.ts";
import type { Automation } from "./automation.ts";
import { firingCausesOf, readNow } from "./fold-store.ts";

/** Of a herd, the freshest evidence of this many of its rules is fresh enough. */
const MAX_RULES_ASKED = 8;

/** Of when the newest evidence is that the rules which caused an execution fire rightly; undefined: there is none. */
export async function readEvidence(automation: Automation, executionId: string): Promise<number | undefined> {
  const { pool } = automation;
  const firing = await firingCausesOf(pool, executionId);
  const asked = firing.slice(0, MAX_RULES_ASKED).map(({ ruleId }) => ruleId);
  if (asked.length === 0) return undefined;
  const [rules, nowMicros] = await Promise.all([findActiveRules(pool, asked), readNow(pool)]);
  const found = await Promise.all(rules.map((rule) => evidenceOf(automation, rule, nowMicros)));
  const known = found.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

async function evidenceOf(
  { latestReadingMicros }: Automation,
  { definition, definedMicros, inputOf }: ActiveRule,
  nowMicros: number,
): Promise<number | undefined> {
  const condition = parseRuleDefinition(definition);
  const newest = new Map<string, number | undefined>();
  await Promise.all(
    metricsOf(condition).map(async (metric) => {
      const input = inputOf(metric);
      if (input !== undefined)
        newest.set(metricName(metric), await latestReadingMicros(input.deviceId, input.metricNumber));
    }),
  );
  const newestMicros = (metric: MetricReference) => newest.get(metricName(metric));
  return newestEvidence(condition, { nowMicros, definedMicros, newestMicros });
}
