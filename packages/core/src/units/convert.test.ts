import { expect, test } from "vitest";
import { convert, convertDifference, findUnit, fromSi, toSi, unitOf } from "./convert.ts";
import { ALL_UNITS } from "./unit-table.ts";

/** NIST Special Publication 811 (2008), appendix B.8, which prints seven digits. */
test.each([
  ["psi", "Pa", 6.894757e3],
  ["inHg", "Pa", 3.386389e3],
  ["mbar", "Pa", 1e2],
  ["bar", "kPa", 100],
  ["gal", "m³", 3.785412e-3],
  ["gal/min", "m³/s", 6.30902e-5],
  ["hp", "W", 7.456999e2],
  ["kWh", "MJ", 3.6],
  ["in", "mm", 25.4],
  ["ft", "m", 0.3048],
  ["mi", "km", 1.609344],
  ["mph", "m/s", 4.4704e-1],
  ["kn", "m/s", 5.144444e-1],
  ["oz", "kg", 2.834952e-2],
  ["lb", "kg", 4.535924e-1],
  ["ft²", "m²", 9.290304e-2],
  ["ft³", "m³", 2.831685e-2],
  ["mmHg", "Pa", 1.333224e2],
  ["atm", "Pa", 1.01325e5],
] as const)("1 %s is %s %d", (from, to, printed) => {
  expect(Number(convert(1, from, to).toPrecision(7))).toBe(printed);
});

test.each([
  [0, "°C", 32, "°F"],
  [100, "°C", 212, "°F"],
  [-40, "°C", -40, "°F"],
  [0, "K", -459.67, "°F"],
  [21.4, "°C", 70.52, "°F"],
  [25, "°C", 298.15, "K"],
] as const)("%d %s is %d %s, and back", (value, from, expected, to) => {
  expect(convert(value, from, to)).toBe(expected);
  expect(convert(expected, to, from)).toBe(value);
});

test("a degree warmer is 1.8 °F warmer, not 33.8", () => {
  expect(convertDifference(1, "°C", "°F")).toBeCloseTo(1.8, 12);
  expect(convertDifference(1, "K", "°C")).toBe(1);
  expect(convertDifference(10, "psi", "bar")).toBeCloseTo(convert(10, "psi", "bar"), 12);
});

test("in dilute water a part per million is a milligram a litre, and a part per billion a microgram", () => {
  expect(convert(7.2, "ppm", "mg/L")).toBe(7.2);
  expect(convert(10, "ppb", "µg/L")).toBe(10);
});

test("what measures something else is refused, with both names", () => {
  for (const convertTo of [convert, convertDifference]) {
    expect(() => convertTo(21, "°C", "psi")).toThrow(
      expect.objectContaining({
        code: "unit.dimension",
        message: "°C measures temperature and psi pressure: give a unit of temperature.",
        details: { from: "°C", fromDimension: "temperature", to: "psi", toDimension: "pressure" },
      }),
    );
  }
  expect(() => convert(1, "g/kg", "%")).toThrow(expect.objectContaining({ code: "unit.dimension" }));
});

test("an unknown unit is refused with those that are known; nothing of an object's prototype is a unit", () => {
  expect(() => unitOf("furlong")).toThrow(expect.objectContaining({ code: "unit.unknown" }));
  expect(findUnit("constructor")).toBeUndefined();
});

test("symbols and UCUM codes name one unit each, and either micro sign is one", () => {
  expect(findUnit("Cel")).toBe(findUnit("°C"));
  expect(findUnit("\u03bcS/cm")).toBe(findUnit("µS/cm"));
  const names = ALL_UNITS.flatMap(({ symbol, ucum }) => (ucum === symbol || !ucum ? [symbol] : [symbol, ucum]));
  expect(new Set(names).size).toBe(names.length);
});

test("every unit survives a turn over SI", () => {
  for (const { symbol } of ALL_UNITS) expect(fromSi(toSi(12.5, symbol), symbol)).toBeCloseTo(12.5, 9);
});

test("what is missing stays missing", () => {
  expect(convert(Number.NaN, "°C", "°F")).toBeNaN();
});
