import { compileRule } from "../compile-rule.ts";
import { RuleCatalog } from "../rule-catalog.ts";
import type { RuleDefinition } from "../rule-definition.ts";
import { OWN_DEVICE, type Scenario } from "./scenario-script.ts";

/** The rules of a scenario, in force; `shift` is added to the numbers of its rules and devices. */
export function compileScenario({ rules, devices, metrics, place, definedMicros }: Scenario, shift = 0): RuleCatalog {
  const compiled = rules.map(({ id, definition }) =>
    compileRule(id + shift, shiftGates(definition, shift), {
      deviceId: 1 + shift,
      definedMicros,
      place,
      inputOf: (metric) => {
        const [device, key] = typeof metric === "string" ? [OWN_DEVICE, metric] : [metric.device, metric.metric];
        return { deviceId: devices.indexOf(device) + 1 + shift, metricNumber: metrics.indexOf(key) };
      },
    }),
  );
  return new RuleCatalog(compiled);
}

function shiftGates(definition: RuleDefinition, shift: number): RuleDefinition {
  if (definition.gates === undefined) return definition;
  const gates = definition.gates.map((gate) => (gate.kind === "rule" ? { ...gate, rule: gate.rule + shift } : gate));
  return { ...definition, gates };
}
