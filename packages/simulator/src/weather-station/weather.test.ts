import { convert } from "@sluice/core/units/convert.ts";
import { saturationVapourPressureHpa } from "@sluice/solutions/weather-station/humidity.ts";
import { expect, test } from "vitest";
import { MIDSUMMER_MICROS, MUNICH, testWorld } from "../testing/worlds.ts";
import { Weather } from "./weather.ts";

const HOUR_MS = 3_600_000;
const PARAMETERS = {
  place: MUNICH,
  altitudeMetres: 500,
  meanCelsius: 9,
  seasonCelsius: 9,
  dayCelsius: 4,
  diskStartPercent: 49,
};

function days(count: number, seed = 3) {
  const weather = new Weather(seed, PARAMETERS, MIDSUMMER_MICROS);
  return Array.from({ length: count * 24 }, () => {
    weather.advance(HOUR_MS);
    const { temperatureCelsius, relativeHumidityPercent, pressureHpa, diskUsedPercent } = weather;
    return { temperatureCelsius, relativeHumidityPercent, pressureHpa, diskUsedPercent };
  });
}

/** Pearson's. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, index) => sum + (value - mx) * (y[index]! - my), 0);
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

test("the afternoon is warm and dry, the night cool and damp", () => {
  const hours = days(30);
  const warmth = hours.map(({ temperatureCelsius }) => temperatureCelsius);
  const damp = hours.map(({ relativeHumidityPercent }) => relativeHumidityPercent);
  expect(correlation(warmth, damp)).toBeLessThan(-0.5);
  const at = (hour: number) => warmth.filter((_, index) => (index + 1) % 24 === hour);
  const afternoon = at(14).reduce((sum, value) => sum + value, 0) / 30;
  const night = at(2).reduce((sum, value) => sum + value, 0) / 30;
  expect(afternoon - night).toBeGreaterThan(6);
});

test("the air's water changes slowly: its vapour pressure less than its temperature says", () => {
  const hours = days(10);
  const vapour = hours.map(
    ({ temperatureCelsius, relativeHumidityPercent }) =>
      (saturationVapourPressureHpa(temperatureCelsius) * relativeHumidityPercent) / 100,
  );
  const steps = vapour.slice(1).map((value, index) => Math.abs(value - vapour[index]!));
  expect(Math.max(...steps)).toBeLessThan(1.5);
  expect(hours.every(({ relativeHumidityPercent }) => relativeHumidityPercent <= 100)).toBe(true);
});

test("pressure wanders slowly about that of the height", () => {
  const pressures = days(200).map(({ pressureHpa }) => pressureHpa);
  const mean = pressures.reduce((sum, value) => sum + value, 0) / pressures.length;
  // The International Standard Atmosphere has 954.6 hPa at 500 m.
  expect(Math.abs(mean - 954.6)).toBeLessThan(4);
  const steps = pressures.slice(1).map((value, index) => Math.abs(value - pressures[index]!));
  expect(Math.max(...steps)).toBeLessThan(8);
});

test("the disk fills until the agent thins its buffer", () => {
  const used = days(10).map(({ diskUsedPercent }) => diskUsedPercent);
  expect(Math.max(...used)).toBeLessThanOrEqual(50);
  expect(used.some((value, index) => index > 0 && value < used[index - 1]! - 5)).toBe(true);
});

test("it says one temperature in both units", () => {
  const { members, clock } = testWorld("weather-station");
  clock.advance(HOUR_MS);
  const values = Object.fromEntries(members[0]!.model.read(clock.nowMicros())) as Record<string, number>;
  expect(convert(values["bme280.temperature.c"]!, "°C", "°F")).toBeCloseTo(values["bme280.temperature.f"]!, 0);
});

test("time may be cut in any way", () => {
  const cut = new Weather(3, PARAMETERS, MIDSUMMER_MICROS);
  const whole = new Weather(3, PARAMETERS, MIDSUMMER_MICROS);
  for (let piece = 0; piece < 1_000; piece++) cut.advance(37_000);
  whole.advance(37_000_000);
  expect(cut.temperatureCelsius).toBe(whole.temperatureCelsius);
  expect(cut.pressureHpa).toBe(whole.pressureHpa);
  expect(cut.relativeHumidityPercent).toBe(whole.relativeHumidityPercent);
});
