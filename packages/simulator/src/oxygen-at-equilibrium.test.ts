import { expect, test } from "vitest";
import { oxygenAtEquilibriumMgPerLitre } from "./oxygen-at-equilibrium.ts";

test("simulated water holds what the tables say, and beyond them what they end with", () => {
  expect(oxygenAtEquilibriumMgPerLitre(25)).toBeCloseTo(8.263, 3);
  expect(oxygenAtEquilibriumMgPerLitre(45)).toBe(oxygenAtEquilibriumMgPerLitre(40));
  expect(oxygenAtEquilibriumMgPerLitre(-1, 60)).toBe(oxygenAtEquilibriumMgPerLitre(0, 45.2));
});
