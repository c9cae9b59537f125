import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { convert } from "@sluice/core/units/convert.ts";

/** Warmer than this, or calmer, in °F and miles an hour, wind chill is not defined. */
const WARMEST_FAHRENHEIT = 50;
const CALMEST_MILES_PER_HOUR = 3;

/**
 * How cold the wind feels on a face, in °C, by the wind at 10 m: US National Weather Service, "Wind chill chart" (weather.gov),
 * the formula of 2001.
 */
export function windChillCelsius(temperatureCelsius: number, windMetresPerSecond: number): Determined<number> {
  if (!Number.isFinite(temperatureCelsius)) return undetermined("the temperature is missing");
  if (!(windMetresPerSecond >= 0)) return undetermined("the wind is missing");
  const fahrenheit = convert(temperatureCelsius, "°C", "°F");
  const milesPerHour = convert(windMetresPerSecond, "m/s", "mph");
  if (fahrenheit > WARMEST_FAHRENHEIT) return undetermined("above 10 °C wind does not chill");
  if (milesPerHour <= CALMEST_MILES_PER_HOUR) return undetermined("below 1.3 m/s wind does not chill");
  return determined(convert(windChillFahrenheit(fahrenheit, milesPerHour), "°F", "°C"));
}

export function windChillFahrenheit(t: number, milesPerHour: number): number {
  const wind = milesPerHour ** 0.16;
  return 35.74 + 0.6215 * t - 35.75 * wind + 0.4275 * t * wind;
}
