import { SluiceError } from "@sluice/core/errors.ts";
import type { Pool, PoolClient } from "pg";
import { type ActuatorView, viewActuator } from "../actuation/index.ts";
import type { RuleAction } from "./rule-action.ts";

/** What a rule is to do, as a person asks for it. */
export type RuleActionDraft = { readonly actuator: number } & (
  | { readonly kind: "RUN"; readonly durationMs: number }
  | {
      readonly kind: "DOSE";
      readonly amount: number;
      readonly unit: string;
      readonly durationMs?: number | undefined;
    }
  | { readonly kind: "SET"; readonly value: number; readonly unit?: string | undefined }
  | { readonly kind: "STOP" }
  | { readonly kind: "TRIP" }
);

/**
 * The action, made whole by what the actuator allows. Throws `rule.actuator_unknown`, also for one of another organization, and
 * `rule.action_impossible` for what the actuator's envelope would refuse every time.
 */
export async function checkAction(
  db: Pool | PoolClient,
  organizationId: number,
  draft: RuleActionDraft,
  ruleKey: string,
): Promise<RuleAction> {
  const actuator = await findActuator(db, organizationId, draft.actuator);
  const { maxRunMs, maxDose } = actuator.envelope;
  switch (draft.kind) {
    case "RUN":
      assertDuration(draft.durationMs, maxRunMs, actuator);
      return { kind: "RUN", durationMs: draft.durationMs };
    case "DOSE": {
      const { kind, amount, unit, durationMs = maxRunMs } = draft;
      assertDuration(durationMs, maxRunMs, actuator);
      if (maxDose == null) throw impossible(actuator, "doses nothing: its envelope has no maxDose");
      if (unit !== maxDose.unit) throw impossible(actuator, `doses in ${maxDose.unit}, not in ${unit}`);
      if (amount > maxDose.amount)
        throw impossible(actuator, `doses at most ${maxDose.amount} ${maxDose.unit} at once`);
      return { kind, amount, unit, durationMs };
    }
    case "SET":
      return { kind: "SET", value: draft.value, ...(draft.unit === undefined ? {} : { unit: draft.unit }) };
    case "STOP":
      return { kind: "STOP" };
    case "TRIP":
      return { kind: "TRIP", cause: ruleKey };
  }
}

async function findActuator(db: Pool | PoolClient, organizationId: number, id: number): Promise<ActuatorView> {
  try {
    return await viewActuator(db, organizationId, id);
  } catch (cause) {
    if (!(cause instanceof SluiceError) || cause.code !== "actuator.unknown") throw cause;
    const message = `The rule would act on actuator ${id}, and your organization has none of that number.`;
    throw new SluiceError("invalid", "rule.actuator_unknown", message, { cause, details: { actuator: id } });
  }
}

function assertDuration(durationMs: number, maxRunMs: number, actuator: ActuatorView): void {
  if (durationMs > maxRunMs) throw impossible(actuator, `runs for at most ${maxRunMs} ms`);
}

function impossible({ id, key }: ActuatorView, why: string): SluiceError {
  const message = `The actuator "${key}" ${why}: the rule's action would be refused every time.`;
  return new SluiceError("invalid", "rule.action_impossible", message, { details: { actuator: id } });
}
