import { expect, test } from "vitest";
import { meanKineticTemperatureCelsius, type StoredFor } from "./mean-kinetic-temperature.ts";

const KELVIN = 273.15;
const at = (...temperatures: readonly number[]): StoredFor[] =>
  temperatures.map((temperatureCelsius) => ({ temperatureCelsius }));
const mean = (stored: readonly StoredFor[], activation?: number) =>
  meanKineticTemperatureCelsius(stored, activation).value!;

test.each([-20, 5, 25, 40])("a constant %d °C is itself", (temperature) => {
  expect(mean(at(temperature, temperature, temperature))).toBeCloseTo(temperature, 10);
});

test("by ΔH/R = 10,000 K, as Haynes and ICH have it, the product ages as fast as in the mean of its times", () => {
  const rate = (celsius: number) => Math.exp(-10_000 / (celsius + KELVIN));
  expect(rate(mean(at(2, 8, 25)))).toBeCloseTo((rate(2) + rate(8) + rate(25)) / 3, 20);
});

test("where one time ages three times as fast as the other, the mean lies where it ages twice as fast", () => {
  const cold = 278.15;
  const warm = 1 / (1 / cold - Math.log(3) / 10_000);
  const twice = 1 / (1 / cold - Math.log(2) / 10_000);
  expect(mean(at(cold - KELVIN, warm - KELVIN))).toBeCloseTo(twice - KELVIN, 9);
});

test("warm hours weigh more than cold ones, and the more so the greater the activation energy", () => {
  const stored = at(5, 5, 5, 15);
  expect(mean(stored)).toBeGreaterThan(7.5);
  expect(mean(stored, 100_000)).toBeGreaterThan(mean(stored, 60_000));
});

test("readings at uneven distances count for as long as they held", () => {
  const uneven = [
    { temperatureCelsius: 4, durationMs: 3 * 3_600_000 },
    { temperatureCelsius: 12, durationMs: 3_600_000 },
  ];
  expect(mean(uneven)).toBeCloseTo(mean(at(4, 4, 4, 12)), 12);
});

test.each([
  ["there is no temperature", []],
  ["a temperature is missing", at(5, Number.NaN)],
  ["a duration is missing or negative", [{ temperatureCelsius: 5, durationMs: -1 }]],
])("%s", (reason, stored) => {
  expect(meanKineticTemperatureCelsius(stored)).toEqual({ value: undefined, reason });
});
