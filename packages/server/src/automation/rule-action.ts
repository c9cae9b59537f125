/** What a rule does when it fires. A TRIP latches, and names its rule as the cause. */
export type RuleAction =
  | { readonly kind: "RUN"; readonly durationMs: number }
  | {
      readonly kind: "DOSE";
      readonly amount: number;
      readonly unit: string;
      /** The longest that it may take; the actuator's longest run when absent. */
      readonly durationMs?: number;
    }
  | { readonly kind: "SET"; readonly value: number; readonly unit?: string }
  | { readonly kind: "STOP" }
  | { readonly kind: "TRIP"; readonly cause: string };

/** What the execution of an action is given. */
export function parametersOf(action: RuleAction): Readonly<Record<string, unknown>> {
  const { kind: _, ...parameters } = action;
  return parameters;
}
