import { SluiceError } from "@sluice/core/errors.ts";
import { compileThreshold } from "@sluice/core/rules/threshold.ts";
import type { PoolClient } from "pg";
import { insertRule, notifyRules } from "./rule-store.ts";

/** A rule as a device profile declares it. */
export interface RuleDeclaration {
  readonly key: string;
  readonly name: string;
  readonly metric: string;
  readonly comparison: "below" | "above";
  readonly threshold: number;
  /** 0 when absent: the rule resolves at its threshold. */
  readonly hysteresis?: number | undefined;
  readonly action:
    | { readonly actuator: string; readonly kind: "RUN"; readonly durationMs: number }
    | { readonly actuator: string; readonly kind: "TRIP" };
}

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
    const { metric, comparison: operator, threshold: value, hysteresis = 0, action } = declaration;
    compileThreshold({ id: 0, metricNumber: 0, operator, value, hysteresis });
    const actuatorId = actuatorIds.get(action.actuator);
    if (actuatorId === undefined) {
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
      definition: { metric, operator, value, hysteresis },
      actuatorId,
      action:
        action.kind === "RUN"
          ? { kind: "RUN", durationMs: action.durationMs }
          : { kind: "TRIP", cause: declaration.key },
    });
  }
  if (declarations.length > 0) await notifyRules(client, device.id);
}
