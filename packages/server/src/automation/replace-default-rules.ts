import type { PoolClient } from "pg";
import { actionOf, definitionOf, type RuleDeclaration } from "./create-default-rules.ts";
import { lockRules } from "./rule-check-store.ts";
import { countRulesOfProfile, type DefaultRule, notifyRulesOf, replaceRulesOfProfile } from "./rule-store.ts";

export interface ReplacedRules {
  /** Ids of the devices whose rule is another one now. */
  readonly devices: readonly number[];
  /** Devices whose rule a person has changed. */
  readonly kept: number;
}

/**
 * Gives the devices of a profile another version of a default rule, wherever theirs is still as it was declared: a rule that was
 * changed, disabled or deleted stays so. Its caller answers for `afterRuleChanged`, after the commit.
 */
export async function replaceDefaultRules(
  client: PoolClient,
  profile: { readonly id: number; readonly organizationId: number },
  before: RuleDeclaration,
  after: RuleDeclaration,
): Promise<ReplacedRules> {
  await lockRules(client, profile.organizationId);
  const devices = await replaceRulesOfProfile(client, profile.id, declared(before), declared(after));
  const all = await countRulesOfProfile(client, profile.id, before.key);
  await notifyRulesOf(client, devices);
  return { devices, kept: all - devices.length };
}

function declared(declaration: RuleDeclaration): DefaultRule {
  const { key, name, action, alert, priority = "THRESHOLD" } = declaration;
  return {
    ...{ key, name, alert, priority },
    definition: definitionOf(declaration),
    actuatorKey: action?.actuator,
    action: action && actionOf(action, key),
  };
}
