import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateFlows } from "./allocate-flows.ts";
import { carbonOf } from "./carbon.ts";
import {
  boughtWattHours,
  imbalanceWattHours,
  selfConsumption,
  selfSufficiency,
  soldWattHours,
  sumHours,
} from "./energy-hours.ts";

const NOON = { produced: 5_000, consumed: 1_000, charged: 1_000, discharged: 0 };
const NIGHT = { produced: 0, consumed: 2_000, charged: 0, discharged: 800 };

test("what is sold at noon does not light the night, though the totals would have it so", () => {
  const day = sumHours([NOON, NIGHT]);
  expect(day).toMatchObject({
    hours: 2,
    solarToHome: 1_000,
    solarToGrid: 3_000,
    storageToHome: 800,
    gridToHome: 1_200,
  });
  expect([boughtWattHours(day), soldWattHours(day)]).toEqual([1_200, 3_000]);
  expect(boughtWattHours(allocateFlows(day))).toBe(0);
  expect(selfConsumption(day).value).toBe(0.4);
  expect(selfSufficiency(day).value).toBe(0.6);
});

test("without sun there is no self-consumption, and without use no self-sufficiency", () => {
  expect(selfConsumption(sumHours([NIGHT])).reason).toContain("nothing was produced");
  expect(selfSufficiency(sumHours([])).reason).toContain("nothing was used");
});

test("any hours balance, alone and summed", () => {
  const wattHours = fc.integer({ min: 0, max: 1_000_000 });
  const hours = fc.record({ produced: wattHours, consumed: wattHours, charged: wattHours, discharged: wattHours });
  fc.assert(
    fc.property(fc.array(hours), (some) => {
      expect(imbalanceWattHours(sumHours(some))).toBe(0);
    }),
  );
});

test("what storage lost on the way was self-consumed, but is not sufficiency", () => {
  const day = sumHours([
    { produced: 1_000, consumed: 0, charged: 1_000, discharged: 0 },
    { produced: 0, consumed: 1_000, charged: 0, discharged: 900 },
  ]);
  expect(selfConsumption(day).value).toBe(1);
  expect(selfSufficiency(day).value).toBe(0.9);
});

test("a battery that the grid charged avoids nothing, and emits what it lost", () => {
  const charge = allocateFlows({ produced: 0, consumed: 0, charged: 1_000, discharged: 0 });
  const use = allocateFlows({ produced: 0, consumed: 900, charged: 0, discharged: 900 });
  const sameGrid = [charge, use].map((flows) => ({ flows, gridKgPerKwh: 0.5 }));
  expect(carbonOf(sameGrid).boughtKg).toBeCloseTo(0.5, 12);
  expect(carbonOf(sameGrid).avoidedAtHomeKg).toBeCloseTo(-0.05, 12);
  const cleanNight = [
    { flows: charge, gridKgPerKwh: 0.1 },
    { flows: use, gridKgPerKwh: 0.5 },
  ];
  expect(carbonOf(cleanNight).avoidedAtHomeKg).toBeCloseTo(0.35, 12);
});

test("carbon goes by the hour's own intensity", () => {
  const hours = [
    { flows: allocateFlows(NOON), gridKgPerKwh: 0.1 },
    { flows: allocateFlows(NIGHT), gridKgPerKwh: 0.5 },
    { flows: allocateFlows(NIGHT), gridKgPerKwh: undefined },
  ];
  const carbon = carbonOf(hours);
  expect(carbon.boughtKg).toBeCloseTo(0.6, 10);
  expect(carbon.avoidedAtHomeKg).toBeCloseTo(0.1 + 0.4, 10);
  expect(carbon.avoidedInGridKg).toBeCloseTo(0.3, 10);
  expect(carbon.unknownWattHours).toBe(1_200);
});
