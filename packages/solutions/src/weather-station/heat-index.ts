import { type Determined, determined, undetermined } from "@sluice/core/determined.ts";
import { convert } from "@sluice/core/units/convert.ts";

/** The regression begins where the simple formula reaches this, in °F. */
const REGRESSION_FROM = 80;
/** Below it, in °F, nobody sweats, and the heat index is the temperature. */
const LEAST_FAHRENHEIT = 40;

/**
 * How hot the air feels in the shade, in °C: US National Weather Service, "The heat index equation"
 * (wpc.ncep.noaa.gov/html/heatindex_equation.shtml), after Rothfusz, NWS Technical Attachment SR 90-23, with both adjustments.
 */
export function heatIndexCelsius(temperatureCelsius: number, relativeHumidityPercent: number): Determined<number> {
  if (!Number.isFinite(temperatureCelsius)) return undetermined("the temperature is missing");
  if (!Number.isFinite(relativeHumidityPercent)) return undetermined("the humidity is missing");
  if (relativeHumidityPercent < 0 || relativeHumidityPercent > 100) {
    return undetermined("the humidity is not between 0 and 100 %");
  }
  const fahrenheit = convert(temperatureCelsius, "°C", "°F");
  if (fahrenheit <= LEAST_FAHRENHEIT) return determined(temperatureCelsius);
  return determined(convert(heatIndexFahrenheit(fahrenheit, relativeHumidityPercent), "°F", "°C"));
}

export function heatIndexFahrenheit(t: number, humidity: number): number {
  const simple = 0.5 * (t + 61 + (t - 68) * 1.2 + humidity * 0.094);
  const average = (simple + t) / 2;
  return average < REGRESSION_FROM ? average : rothfusz(t, humidity) + heatIndexAdjustmentFahrenheit(t, humidity);
}

function rothfusz(t: number, r: number): number {
  return (
    -42.379 +
    2.04901523 * t +
    10.14333127 * r -
    0.22475541 * t * r -
    0.00683783 * t * t -
    0.05481717 * r * r +
    0.00122874 * t * t * r +
    0.00085282 * t * r * r -
    0.00000199 * t * t * r * r
  );
}

/** Of very dry and of very damp air. */
export function heatIndexAdjustmentFahrenheit(t: number, humidity: number): number {
  if (humidity < 13 && t >= 80 && t <= 112) return -((13 - humidity) / 4) * Math.sqrt((17 - Math.abs(t - 95)) / 17);
  if (humidity > 85 && t >= 80 && t <= 87) return ((humidity - 85) / 10) * ((87 - t) / 5);
  return 0;
}
