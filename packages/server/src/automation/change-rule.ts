import { parseAlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import { parseRuleDefinition } from "@sluice/core/rules/parse-rule-definition.ts";
import { gateRulesOf } from "@sluice/core/rules/rule-definition.ts";
import type { PoolClient } from "pg";
import type { Requester } from "../actuation/index.ts";
import { inTransaction } from "../platform/postgres.ts";
import { assertRule, requireRuleDevice } from "./check-rule.ts";
import { checkAction, type RuleActionDraft } from "./check-rule-action.ts";
import { listGatedRules, lockRule, lockRules, type StoredRule } from "./rule-check-store.ts";
import type { RuleEditing } from "./rule-editing.ts";
import {
  deleteRuleRow,
  listRules,
  type NewRule,
  notifyRules,
  type RulePriority,
  type RuleView,
  updateRule,
} from "./rule-store.ts";

/** What is absent stays; null takes away. A rule stays where it is, and keeps its key. */
export interface RuleChange {
  readonly name?: string | undefined;
  readonly definition?: unknown;
  readonly action?: RuleActionDraft | null | undefined;
  readonly alert?: unknown;
  readonly priority?: RulePriority | undefined;
  readonly enabled?: boolean | undefined;
}

/** Throws `rule.unknown`, and what `createRule` does. With another definition the rule begins anew. */
export async function changeRule(
  editing: RuleEditing,
  by: Requester,
  id: number,
  change: RuleChange,
): Promise<RuleView> {
  const { rule, deviceId } = await inTransaction(editing.pool, async (client) => {
    await lockRules(client, by.organizationId);
    const before = await requireRule(client, by, id);
    const [seenBefore] = await listRules(client, by.organizationId, { ids: [id], limit: 1 });
    by.assertSeen?.(seenBefore);
    await updateRule(client, id, await contentAfter(client, by, before, change));
    await notifyRules(client, before.deviceId);
    const [after] = await listRules(client, by.organizationId, { ids: [id], limit: 1 });
    const said = { action: "rule.update", subject: `rule:${id}`, before: seenBefore, after };
    await editing.recordChange(client, by, said);
    return { rule: after!, deviceId: before.deviceId };
  });
  await editing.afterRuleChanged(deviceId);
  return rule;
}

/** What it had begun ends. Throws `rule.unknown`, and `rule.in_use` while a gate of another goes by it. */
export async function deleteRule(editing: RuleEditing, by: Requester, id: number): Promise<void> {
  const deviceId = await inTransaction(editing.pool, async (client) => {
    await lockRules(client, by.organizationId);
    const before = await requireRule(client, by, id);
    const [seen] = await listRules(client, by.organizationId, { ids: [id], limit: 1 });
    by.assertSeen?.(seen);
    await assertUnused(client, by, id);
    await deleteRuleRow(client, id);
    await notifyRules(client, before.deviceId);
    await editing.recordChange(client, by, { action: "rule.delete", subject: `rule:${id}`, before: seen });
    return before.deviceId;
  });
  await editing.afterRuleChanged(deviceId);
}

async function requireRule(client: PoolClient, { organizationId }: Requester, id: number): Promise<StoredRule> {
  const rule = await lockRule(client, organizationId, id);
  if (rule !== undefined) return rule;
  throw ruleUnknown(id);
}

export function ruleUnknown(id: number): SluiceError {
  return new SluiceError("not-found", "rule.unknown", "There is no rule with this id.", { details: { rule: id } });
}

type RuleContent = Parameters<typeof updateRule>[2];

async function contentAfter(
  client: PoolClient,
  { organizationId }: Requester,
  before: StoredRule,
  { name = before.name, definition, action, alert, priority = before.priority, enabled }: RuleChange,
): Promise<RuleContent> {
  const content = { ...before, name, priority, isEnabled: enabled ?? before.isEnabled };
  return {
    ...content,
    ...(definition === undefined
      ? {}
      : { definition: await definitionAfter(client, organizationId, before, definition) }),
    ...(action === undefined ? {} : await actionAfter(client, organizationId, before, action)),
    ...(alert === undefined ? {} : { alert: alert === null ? undefined : parseAlertPolicy(alert) }),
  };
}

async function definitionAfter(
  client: PoolClient,
  organizationId: number,
  before: StoredRule,
  given: unknown,
): Promise<NewRule["definition"]> {
  const definition = parseRuleDefinition(given);
  const home = await requireRuleDevice(client, organizationId, before.device);
  await assertRule(client, organizationId, home, definition, before.id);
  return definition;
}

async function actionAfter(
  client: PoolClient,
  organizationId: number,
  { key }: StoredRule,
  draft: RuleActionDraft | null,
): Promise<Pick<RuleContent, "action" | "actuatorId">> {
  if (draft === null) return { action: undefined, actuatorId: undefined };
  return { action: await checkAction(client, organizationId, draft, key), actuatorId: draft.actuator };
}

async function assertUnused(client: PoolClient, { organizationId }: Requester, id: number): Promise<void> {
  const users = (await listGatedRules(client, organizationId, [])).filter((rule) =>
    gateRulesOf(rule.definition).includes(id),
  );
  if (users.length === 0) return;
  const keys = users.map(({ key }) => `"${key}"`).join(", ");
  const message = `The gates of ${keys} go by this rule: change them first, or disable this one.`;
  throw new SluiceError("conflict", "rule.in_use", message, { details: { rules: users.map((rule) => rule.id) } });
}
