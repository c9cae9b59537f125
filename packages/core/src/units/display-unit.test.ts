import { expect, test } from "vitest";
import { findUnit, unitOf } from "./convert.ts";
import { DISPLAY_UNITS, displayed, displayUnit, type UnitPreferences } from "./display-unit.ts";
import { ALL_UNITS } from "./unit-table.ts";

const metric: UnitPreferences = { unitSystem: "metric", units: {} };
const us: UnitPreferences = { unitSystem: "us", units: {} };

test.each([
  ["°C", "°F"],
  ["hPa", "inHg"],
  ["kPa", "psi"],
  ["mm", "in"],
  ["m", "ft"],
  ["L", "gal"],
  ["m³/h", "gal/min"],
  ["m/s", "mph"],
  ["mg/L", "mg/L"],
  ["%", "%"],
])("%s is shown as %s where US units are customary", (unit, shown) => {
  expect(displayUnit(unit, us)).toBe(shown);
  expect(displayUnit(unit, metric)).toBe(unit);
});

test("what was sent in US units is shown in metric ones to those who read these", () => {
  const shown = displayed(50, "°F", metric);
  expect(shown.unit).toBe("°C");
  expect(shown.value).toBeCloseTo(10, 9);
  expect(displayUnit("psi", metric)).toBe("bar");
});

test("a person's choice goes before the system, in either name of the unit", () => {
  const chosen: UnitPreferences = { unitSystem: "us", units: { temperature: "Cel", pressure: "[psi]" } };
  expect(displayUnit("°F", chosen)).toBe("°C");
  expect(displayUnit("Cel", chosen)).toBe("°C");
  expect(displayed(1000, "hPa", chosen).value).toBeCloseTo(14.5038, 4);
  expect(displayUnit("mm", chosen)).toBe("in");
});

test("rain and depth are chosen apart, though both are lengths", () => {
  const chosen: UnitPreferences = { unitSystem: "metric", units: { precipitation: "[in_i]", level: "cm" } };
  expect(displayUnit("mm", chosen)).toBe("in");
  expect(displayUnit("m", chosen)).toBe("cm");
});

test("a unit of somebody's own is shown as it is", () => {
  expect(displayed(3, "bees/min", us)).toEqual({ value: 3, unit: "bees/min" });
});

test("whatever is shown measures the same, and whatever may be chosen is known", () => {
  for (const { symbol, dimension } of ALL_UNITS) {
    for (const preferences of [metric, us]) {
      expect(unitOf(displayUnit(symbol, preferences)).dimension).toBe(dimension);
    }
  }
  for (const code of Object.values(DISPLAY_UNITS).flat()) expect(findUnit(code)?.ucum).toBe(code);
});
