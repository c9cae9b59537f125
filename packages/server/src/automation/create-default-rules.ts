import type { AlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { SluiceError } from "@sluice/core/errors.ts";
import type { RuleDefinition } from "@sluice/core/rules/rule-definition.ts";
import { compileThreshold } from "@sluice/core/rules/threshold.ts";
import type { PoolClient } from "pg";
import { insertRule, notifyRules, type RuleAction } from "./rule-store.ts";

/** A rule as a device profile declares it. */
export interface RuleDeclaration {
  readonly key: string;
  readonly name: string;
  readonly metric: string;
  readonly comparison: "below" | "above";
  readonly threshold: number;
  /** 0 when absent: the rule resolves at its threshold. */
  readonly hysteresis?: number | undefined;
  /** How long it has to be so before the rule fires; at once when absent. */
  readonly forMs?: number | undefined;
  /** THRESHOLD when absent. */
  readonly priority?: "EMERGENCY" | "THRESHOLD" | undefined;
  /** Absent: the rule only alerts. */
  readonly action?: RuleDeclarationAction | undefined;
  /** Absent: the rule only acts. */
  readonly alert?: AlertPolicy | undefined;
}

export type RuleDeclarationAction =
  | { readonly actuator: string; readonly kind: "RUN"; readonly durationMs: number }
  | { readonly actuator: string; readonly kind: "TRIP" };

/**
 * Gives a new device its default rules, in the transaction that registers it. `actuatorIds` is key → id of its actuators.
 * Throws `rule.threshold_invalid`, and `rule.actuator_unknown` for an action without its actuator.
 */
export async function createDefaultRules(
  client: PoolClient,
  device: { readonly id: number; readonly organizationId: number },
  declarations: readonly RuleDeclaration[],
  actuatorIds: ReadonlyMap<string, number>,
): Promise<void> {
  for (const declaration of declarations) {
    const { action, alert, priority } = declaration;
    const actuatorId = action && actuatorIds.get(action.actuator);
    if (action !== undefined && actuatorId === undefined) {
      throw new SluiceError(
        "invalid",
        "rule.actuator_unknown",
        "The rule acts on an actuator that the device does not have.",
        {
          details: { rule: declaration.key, actuator: action.actuator },
        },
      );
    }
    await insertRule(client, {
      organizationId: device.organizationId,
      deviceId: device.id,
      key: declaration.key,
      name: declaration.name,
      definition: definitionOf(declaration),
      actuatorId,
      action: action && actionOf(action, declaration.key),
      alert,
      priority,
    });
  }
  if (declarations.length > 0) await notifyRules(client, device.id);
}

/** Throws `rule.threshold_invalid`. */
export function definitionOf(declaration: RuleDeclaration): RuleDefinition {
  const { metric, comparison: operator, threshold: value, hysteresis = 0, forMs } = declaration;
  compileThreshold({ operator, value, hysteresis });
  return { kind: "threshold", metric, operator, value, hysteresis, ...(forMs !== undefined && { forMs }) };
}

export function actionOf(action: RuleDeclarationAction, rule: string): RuleAction {
  return action.kind === "RUN" ? { kind: "RUN", durationMs: action.durationMs } : { kind: "TRIP", cause: rule };
}
