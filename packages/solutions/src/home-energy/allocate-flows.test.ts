import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateFlows } from "./allocate-flows.ts";

const watts = fc.integer({ min: 0, max: 1_000_000 });
const balances = fc.record({ produced: watts, consumed: watts, charged: watts, discharged: watts });

test("what is made or bought is used or sold, once, and nothing flows backwards", () => {
  fc.assert(
    fc.property(balances, (balance) => {
      const flows = allocateFlows(balance);
      expect(Math.min(...Object.values(flows))).toBeGreaterThanOrEqual(0);
      expect(flows.solarToHome + flows.solarToStorage + flows.solarToGrid).toBe(balance.produced);
      expect(flows.storageToHome + flows.storageToStorage + flows.storageToGrid).toBe(balance.discharged);
      expect(flows.solarToHome + flows.storageToHome + flows.gridToHome).toBe(balance.consumed);
      expect(flows.solarToStorage + flows.storageToStorage + flows.gridToStorage).toBe(balance.charged);
    }),
  );
});

test("nothing is bought while something is sold", () => {
  fc.assert(
    fc.property(balances, (balance) => {
      const flows = allocateFlows(balance);
      const bought = flows.gridToHome + flows.gridToStorage;
      const sold = flows.solarToGrid + flows.storageToGrid;
      expect(Math.min(bought, sold)).toBe(0);
    }),
  );
});

test("the sun serves the home before the battery, and the battery before the grid", () => {
  expect(allocateFlows({ produced: 5_000, consumed: 2_000, charged: 1_500, discharged: 0 })).toEqual({
    solarToHome: 2_000,
    solarToStorage: 1_500,
    solarToGrid: 1_500,
    storageToHome: 0,
    storageToStorage: 0,
    storageToGrid: 0,
    gridToHome: 0,
    gridToStorage: 0,
  });
  expect(allocateFlows({ produced: 500, consumed: 2_000, charged: 7_000, discharged: 3_000 })).toEqual({
    solarToHome: 500,
    solarToStorage: 0,
    solarToGrid: 0,
    storageToHome: 1_500,
    storageToStorage: 1_500,
    storageToGrid: 0,
    gridToHome: 0,
    gridToStorage: 5_500,
  });
});
