import { beforeAll, expect, it } from "vitest";
import { CONTROLS } from "./controls.ts";
import { type ControlOutcome, runControls } from "./run-controls.ts";

/**
 * Each guard is taken out of our own source, and the simulation has to notice: a check that no missing guard turns red would see
 * nothing. `npm run safety:controls` prints the same as a table.
 */
const THREADS = 2;

const outcomes = new Map<string, ControlOutcome>();
beforeAll(async () => {
  await runControls(THREADS, (outcome) => outcomes.set(outcome.control.guard, outcome));
}, 900_000);

it.each(CONTROLS.map(({ clause, guard }) => [clause, guard] as const))(
  "clause %i is seen to be broken without its guard: %s",
  (_clause, guard) => {
    expect(outcomes.get(guard)?.caught).toBeDefined();
  },
);

it("every clause of the contract has such a guard", () => {
  const clauses = new Set(CONTROLS.map(({ clause }) => clause));
  expect([...clauses].sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
});
