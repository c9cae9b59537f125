import fc from "fast-check";
import { expect, test } from "vitest";
import { type Claim, hasRightOfWay, isPassedOver, PASSED_OVER_MS, PRIORITIES } from "./right-of-way.ts";

const claim: fc.Arbitrary<Claim> = fc.record({ priority: fc.constantFrom(...PRIORITIES), isPassedOver: fc.boolean() });

test("nobody is above an equal, and no three are above one another in a circle", () => {
  fc.assert(
    fc.property(claim, claim, claim, (a, b, c) => {
      expect(hasRightOfWay(a, a)).toBe(false);
      expect(hasRightOfWay(a, b) && hasRightOfWay(b, a)).toBe(false);
      if (hasRightOfWay(a, b) && hasRightOfWay(b, c)) expect(hasRightOfWay(a, c)).toBe(true);
    }),
  );
});

test("priorities fall from people to thresholds", () => {
  for (const [index, priority] of PRIORITIES.entries()) {
    for (const lower of PRIORITIES.slice(index + 1)) {
      expect(hasRightOfWay({ priority }, { priority: lower })).toBe(true);
    }
  }
});

test("what was passed over is above schedules and thresholds, and below people and emergencies", () => {
  const waited = { priority: "THRESHOLD", isPassedOver: true } as const;
  const isAbove = PRIORITIES.map((priority) => hasRightOfWay(waited, { priority }));
  expect(isAbove).toEqual([false, false, true, true]);
});

test("it takes the whole time, from the moment it began to wait for others", () => {
  const nowMicros = 1_700_000_000_000_000;
  const since = (ms: number) => nowMicros - ms * 1000;
  expect(isPassedOver(null, nowMicros)).toBe(false);
  expect(isPassedOver(since(PASSED_OVER_MS - 1), nowMicros)).toBe(false);
  expect(isPassedOver(since(PASSED_OVER_MS), nowMicros)).toBe(true);
});
