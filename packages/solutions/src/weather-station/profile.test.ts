import { convert } from "@sluice/core/units/convert.ts";
import { expect, test } from "vitest";
import { derivedWeather } from "./derived-weather.ts";
import { weatherStationProfile } from "./profile.ts";

const metricOf = (key: string) => weatherStationProfile.metrics.find((metric) => metric.key === key)!;

test("a temperature has the same range in either unit", () => {
  for (const sensor of ["bme280", "cpu"]) {
    const celsius = metricOf(`${sensor}.temperature.c`);
    const fahrenheit = metricOf(`${sensor}.temperature.f`);
    expect(convert(celsius.minimum, celsius.unit, fahrenheit.unit)).toBeCloseTo(fahrenheit.minimum, 9);
    expect(convert(celsius.maximum, celsius.unit, fahrenheit.unit)).toBeCloseTo(fahrenheit.maximum, 9);
  }
});

test("a whole payload says all that follows from it", () => {
  const values = { "bme280.temperature.c": 21.4, "bme280.humidity": 55, "bme280.pressure": 978.2 };
  const weather = derivedWeather(values, 300);
  expect(weather.dewPointCelsius.value).toBeCloseTo(12, 0);
  expect(weather.heatIndexCelsius.value).toBeCloseTo(21.2, 1);
  expect(weather.absoluteHumidityGramsPerCubicMetre.value).toBeCloseTo(10.3, 1);
  expect(weather.vapourPressureDeficitKpa.value).toBeCloseTo(1.145, 3);
  expect(weather.seaLevelPressureHpa.value).toBeCloseTo(1012.5, 0);
});

test("of a sensor that failed nothing follows, and of the others what they say", () => {
  const weather = derivedWeather({ "bme280.temperature.c": 21.4, "bme280.pressure": 978.2 }, 300);
  expect(weather.dewPointCelsius.reason).toBe("the humidity is missing");
  expect(weather.seaLevelPressureHpa.value).toBeGreaterThan(1010);
  expect(derivedWeather({}, undefined).seaLevelPressureHpa.reason).toBe("nobody says how high the station stands");
  expect(derivedWeather({ "bme280.humidity": 50 }, 300).seaLevelPressureHpa.reason).toBe("the pressure is missing");
});
