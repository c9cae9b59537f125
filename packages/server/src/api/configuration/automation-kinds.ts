import { parseAlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import { compileSchedule } from "@sluice/core/schedules/schedule.ts";
import { Type } from "typebox";
import { changeActuator, type EnvelopeChange as EnvelopeChanges } from "../../actuation/index.ts";
import {
  changeRule,
  createRule,
  createSchedule,
  deleteRule,
  deleteSchedule,
  type RuleDraft,
  type ScheduleDraft,
  timingOf,
  updateSchedule,
} from "../../automation/index.ts";
import { EnvelopeChange } from "../rest/envelope-schema.ts";
import { RuleBody } from "../rest/rules.ts";
import { ScheduleBody } from "../rest/schedules.ts";
import { Body } from "../schemas.ts";
import type { ConfiguredKind, Item } from "./configured-kind.ts";
import {
  type AssetName,
  actuatorIdOf,
  actuatorNameOf,
  assetIdOf,
  type PartName,
  ruleIdOf,
  ruleNameOf,
  textOf,
} from "./names.ts";
import type { Configured } from "./read-configured.ts";

/** Their devices bring them: what they may do is configured, their mode is operated. */
export const actuators: ConfiguredKind = {
  nameOf: ({ device, key }) => textOf(device, key),
  existing: ({ actuators: all }) =>
    all.map(({ id, device, key, envelope, unfenced }) => ({
      item: { device, key, envelope, unfenced },
      id,
      isGiven: true,
    })),
  body: Body({ envelope: Type.Optional(EnvelopeChange), unfenced: Type.Optional(Type.Boolean()) }),
  bodyOf: ({ device, key, ...item }, configured) => {
    actuatorIdOf(configured, { device, key } as PartName);
    return item;
  },
  async update({ parts: { actuation }, by }, id, item, changed) {
    await changeActuator(actuation, by, Number(id), {
      ...(changed.has("envelope") ? { envelope: item.envelope as EnvelopeChanges } : {}),
      ...(changed.has("unfenced") ? { unfenced: item.unfenced as boolean } : {}),
    });
  },
};

/** Where its site is, is asked when a schedule is made. */
const ANYWHERE = { latitude: 0, longitude: 0 };

interface Gate {
  readonly kind: string;
  readonly rule?: unknown;
}

export const rules: ConfiguredKind = {
  nameOf: ({ device, asset, key }) => textOf(device ?? null, asset ?? null, key),
  existing: (configured) =>
    configured.rules.map(({ id, name, definition, action, alert, priority, enabled }) => ({
      item: {
        ...ruleNameOf(configured, id),
        ...{
          name,
          definition: withGates(definition as unknown as Item, (rule) => ruleNameOf(configured, rule as number)),
        },
        action: action && namedAction(configured, action),
        ...{ alert, priority, enabled },
      },
      id,
    })),
  whole: (item) => ({ ...item, ...wholeDefinition(item), ...wholeAlert(item) }),
  body: RuleBody,
  bodyOf({ asset, ...item }, configured) {
    const { action, definition } = item as {
      readonly action?: { readonly actuator: PartName } | null;
      definition: Item;
    };
    return {
      ...item,
      ...(asset === undefined ? {} : { asset: assetIdOf(configured, asset as AssetName) }),
      definition: withGates(definition, (rule) => ruleIdOf(configured, rule as PartName)),
      ...(action ? { action: { ...action, actuator: actuatorIdOf(configured, action.actuator) } } : {}),
    };
  },
  check(body) {
    const { definition, alert } = body as RuleDraft;
    parseRuleDefinition(definition);
    if (alert != null) parseAlertPolicy(alert);
  },
  async create({ parts: { ruleEditing }, by, configured }, item) {
    await createRule(ruleEditing, by, this.bodyOf(item, configured) as RuleDraft);
    return undefined;
  },
  async update({ parts: { ruleEditing }, by, configured }, id, item, changed) {
    const body = Object.entries(this.bodyOf(item, configured) as Item).filter(([field]) => changed.has(field));
    await changeRule(ruleEditing, by, Number(id), Object.fromEntries(body));
  },
  remove: ({ parts: { ruleEditing }, by }, id) => deleteRule(ruleEditing, by, Number(id)),
};

export const schedules: ConfiguredKind = {
  nameOf: ({ key }) => textOf(key),
  existing: (configured) =>
    configured.schedules.map(({ id, key, name, actuator, action, timeZone, isSiteTimeZone, ...schedule }) => {
      const { times, skippedTime, repeatedTime, from, until, missedRuns, latestStartMs } = schedule;
      const item = {
        ...{ key, name, actuator: actuatorNameOf(configured, actuator), action },
        timeZone: isSiteTimeZone ? null : timeZone,
        ...{ times, skippedTime, repeatedTime, from, until, missedRuns, latestStartMs },
      };
      return { item, id };
    }),
  body: ScheduleBody,
  bodyOf: (item, configured) => ({ ...item, actuator: actuatorIdOf(configured, item.actuator as PartName) }),
  check(body) {
    const draft = body as ScheduleDraft;
    compileSchedule({ ...timingOf(draft), timeZone: draft.timeZone ?? "UTC" }, ANYWHERE);
  },
  async create({ parts: { scheduling }, by, configured }, item) {
    await createSchedule(scheduling, by, this.bodyOf(item, configured) as ScheduleDraft);
    return undefined;
  },
  async update({ parts: { scheduling }, by, configured }, id, item, changed) {
    const body = Object.entries(this.bodyOf(item, configured) as Item).filter(([field]) => changed.has(field));
    await updateSchedule(scheduling, by, Number(id), Object.fromEntries(body));
  },
  remove: ({ parts: { scheduling }, by }, id) => deleteSchedule(scheduling, by, Number(id)),
};

function namedAction(
  configured: Configured,
  { actuatorKey: _key, actuator, ...action }: { readonly actuator: number; readonly actuatorKey: string },
) {
  return { ...action, actuator: actuatorNameOf(configured, actuator) };
}

/** A gate may name a rule: by number within, by name in a document. */
function withGates(definition: Item, nameOf: (rule: unknown) => unknown): Item {
  const { gates } = definition as { readonly gates?: readonly Gate[] };
  if (gates === undefined) return definition;
  return {
    ...definition,
    gates: gates.map((gate) => (gate.kind === "rule" ? { ...gate, rule: nameOf(gate.rule) } : gate)),
  };
}

/** As the engine reads it; what it cannot read is told when the rule is made. */
function wholeDefinition({ definition }: Item): Item {
  if (definition === undefined) return {};
  const names: unknown[] = [];
  const numbered = withGates(definition as Item, (rule) => names.push(rule));
  try {
    const parsed = parseRuleDefinition(numbered) as unknown as Item;
    return { definition: withGates(parsed, (rule) => names[(rule as number) - 1]) };
  } catch {
    return {};
  }
}

function wholeAlert({ alert }: Item): Item {
  try {
    return alert == null ? {} : { alert: parseAlertPolicy(alert) };
  } catch {
    return {};
  }
}
