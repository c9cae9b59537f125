import { expect, test } from "vitest";
import { dawnOxygen, oxygenReaches } from "./dawn-oxygen.ts";

const at = (clock: string, day = 1): number => Date.parse(`2026-07-0${day}T${clock}:00Z`) * 1000;
const dusk = { timeMicros: at("20:00"), oxygenMgPerLitre: 9 };
const later = { timeMicros: at("23:00"), oxygenMgPerLitre: 7.2 };

test("what falls 1.8 mg/L in three hours of the evening is down another 4.2 by six", () => {
  const { value } = dawnOxygen(dusk, later, at("06:00", 2));
  expect(value!.fallMgPerLitrePerHour).toBeCloseTo(0.6, 10);
  expect(value!.dawnMgPerLitre).toBeCloseTo(3, 10);
  expect(oxygenReaches(dusk, later, 4).value).toBe(at("04:20", 2));
});

test("there is never less than none", () => {
  expect(dawnOxygen(dusk, { ...later, oxygenMgPerLitre: 3 }, at("06:00", 2)).value!.dawnMgPerLitre).toBe(0);
});

test("a line is not drawn through readings that do not make one", () => {
  const dawn = at("06:00", 2);
  expect(dawnOxygen(dusk, { ...later, timeMicros: at("21:30") }, dawn).reason).toContain("2 to 5 hours");
  expect(dawnOxygen(dusk, { ...later, timeMicros: at("02:00", 2) }, dawn).reason).toContain("2 to 5 hours");
  expect(dawnOxygen(later, dusk, dawn).reason).toContain("2 to 5 hours");
  expect(dawnOxygen(dusk, later, at("22:00")).reason).toContain("dawn");
  expect(dawnOxygen(dusk, { ...later, oxygenMgPerLitre: 9.5 }, dawn).reason).toContain("not fall");
  expect(dawnOxygen(dusk, { ...later, oxygenMgPerLitre: Number.NaN }, dawn).reason).toContain("missing");
  expect(oxygenReaches(dusk, later, 8).reason).toContain("already");
  expect(oxygenReaches(dusk, { ...later, oxygenMgPerLitre: 9 }, 4).reason).toContain("not fall");
});
