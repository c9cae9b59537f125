import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { PureWorld } from "./testing/pure-world.ts";
import { compileScenario } from "./testing/scenario-rules.ts";
import { asExpected, describeTransition, parseScenarios, type Scenario } from "./testing/scenario-script.ts";

const FOLDER = path.join(import.meta.dirname, "scenarios");

/** What each step of a scenario brought about; `restarts`: after each step. */
function play(scenario: Scenario, restarts: boolean): string[] {
  const world = new PureWorld(compileScenario(scenario));
  const names = new Map(scenario.rules.map(({ id, name }) => [id, name]));
  return scenario.steps.map((step) => {
    const { line, nowMicros, action } = step;
    const before = world.transitions.length;
    world.tick(nowMicros);
    if (action.kind === "say") world.say(action.message, nowMicros);
    if (action.kind === "restart" || restarts) world.restart();
    const told = world.transitions.slice(before).map((one) => describeTransition(names.get(one.ruleId)!, one));
    return [line, ...asExpected(told, step)].join("\n  ");
  });
}

const expected = ({ steps }: Scenario) => steps.map((step) => [step.line, ...step.expected].join("\n  "));

for (const file of readdirSync(FOLDER)) {
  const scenarios = parseScenarios(readFileSync(path.join(FOLDER, file), "utf8"));
  describe(file.replace(/\.txt$/, "").replaceAll("-", " "), () => {
    it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))("%s", (_title, scenario) => {
      expect(play(scenario, false)).toEqual(expected(scenario));
      expect(play(scenario, true)).toEqual(expected(scenario));
    });
  });
}
