import { parseAlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import type { PoolClient } from "pg";
import type { Requester } from "../actuation/index.ts";
import { requireAsset, slugOf } from "../devices/index.ts";
import { inTransaction, isUniqueViolation } from "../platform/postgres.ts";
import { assertRule, findHome, type RulePlace } from "./check-rule.ts";
import { checkAction, type RuleActionDraft } from "./check-rule-action.ts";
import { countRules, lockRules, type RuleDevice } from "./rule-check-store.ts";
import type { RuleEditing } from "./rule-editing.ts";
import { insertRule, listRules, type NewRule, notifyRules, type RulePriority, type RuleView } from "./rule-store.ts";

/** A rule as a person asks for it: on a device, or over the devices of an asset. */
export interface RuleDraft extends RulePlace {
  readonly name: string;
  /** Made from the name when absent. */
  readonly key?: string | undefined;
  /** See `rule-definition.ts`. */
  readonly definition: unknown;
  readonly action?: RuleActionDraft | null | undefined;
  /** See `alert-policy.ts`. */
  readonly alert?: unknown;
  readonly priority?: RulePriority | undefined;
  readonly enabled?: boolean | undefined;
}

export const MAX_RULES_PER_DEVICE = 100;

/**
 * Throws what `parseRuleDefinition`, `assertRule`, `checkAction` and `parseAlertPolicy` do, and `rule.place_needed`,
 * `rule.key_needed`, `rule.key_taken` and `rule.too_many`.
 */
export async function createRule(editing: RuleEditing, by: Requester, draft: RuleDraft): Promise<RuleView> {
  const definition = parseRuleDefinition(draft.definition);
  assertPlace(draft);
  const key = draft.key ?? slugOf(draft.name);
  if (key === "") {
    const message = "Give a key: the name has no letter or digit of a to z, 0 to 9.";
    throw new SluiceError("invalid", "rule.key_needed", message);
  }
  const { organizationId } = by;
  const { rule, deviceId } = await inTransaction(editing.pool, async (client) => {
    await lockRules(client, organizationId);
    if (draft.asset !== undefined) await requireAsset(client, organizationId, draft.asset);
    const home = await findHome(client, organizationId, draft, definition);
    await assertRoom(client, home);
    await assertRule(client, organizationId, home, definition, undefined);
    const { name, action, alert, priority, enabled: isEnabled, asset: assetId } = draft;
    const id = await insertNew(client, home, {
      ...{ organizationId, deviceId: home.id, assetId, key, name, definition, priority, isEnabled },
      actuatorId: action?.actuator,
      action: action ? await checkAction(client, organizationId, action, key) : undefined,
      alert: alert == null ? undefined : parseAlertPolicy(alert),
    });
    await notifyRules(client, home.id);
    const [created] = await listRules(client, organizationId, { ids: [id], limit: 1 });
    await editing.recordChange(client, by, { action: "rule.create", subject: `rule:${id}`, after: created });
    return { rule: created!, deviceId: home.id };
  });
  await editing.afterRuleChanged(deviceId);
  return rule;
}

function assertPlace({ device, asset }: RulePlace): void {
  if ((device === undefined) !== (asset === undefined)) return;
  const message = "Name the device that the rule is on, or the asset whose devices it is over: one of the two.";
  throw new SluiceError("invalid", "rule.place_needed", message);
}

async function assertRoom(client: PoolClient, home: RuleDevice): Promise<void> {
  if ((await countRules(client, home.id)) < MAX_RULES_PER_DEVICE) return;
  const message = `A device has at most ${MAX_RULES_PER_DEVICE} rules, and "${home.uid}" has them. Delete one first.`;
  throw new SluiceError("conflict", "rule.too_many", message, { details: { limit: MAX_RULES_PER_DEVICE } });
}

async function insertNew(client: PoolClient, home: RuleDevice, rule: NewRule): Promise<number> {
  try {
    return await insertRule(client, rule);
  } catch (cause) {
    if (!isUniqueViolation(cause, "rule_device_id_key_key")) throw cause;
    const { key } = rule;
    const message = `The device "${home.uid}" has a rule with the key "${key}": give another key.`;
    throw new SluiceError("conflict", "rule.key_taken", message, { cause, details: { key } });
  }
}
