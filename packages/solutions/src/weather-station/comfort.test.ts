import { describe, expect, test } from "vitest";
import { heatIndexAdjustmentFahrenheit, heatIndexCelsius, heatIndexFahrenheit } from "./heat-index.ts";
import { windChillCelsius, windChillFahrenheit } from "./wind-chill.ts";

/** US National Weather Service, heat index chart: by relative humidity, from 80 °F every 2 °F. */
const HEAT_INDEX: Readonly<Record<number, readonly number[]>> = {
  40: [80, 81, 83, 85, 88, 91, 94, 97, 101, 105, 109, 114, 119, 124, 130, 136],
  45: [80, 82, 84, 87, 89, 93, 96, 100, 104, 109, 114, 119, 124, 130, 137],
  50: [81, 83, 85, 88, 91, 95, 99, 103, 108, 113, 118, 124, 131, 137],
  55: [81, 84, 86, 89, 93, 97, 101, 106, 112, 117, 124, 130, 137],
  60: [82, 84, 88, 91, 95, 100, 105, 110, 116, 123, 129, 137],
  65: [82, 85, 89, 93, 98, 103, 108, 114, 121, 128, 136],
  70: [83, 86, 90, 95, 100, 105, 112, 119, 126, 134],
  75: [84, 88, 92, 97, 103, 109, 116, 124, 132],
  80: [84, 89, 94, 100, 106, 113, 121, 129],
  85: [85, 90, 96, 102, 110, 117, 126, 135],
  90: [86, 91, 98, 105, 113, 122, 131],
  95: [86, 93, 100, 108, 117, 127],
  100: [87, 95, 103, 112, 121, 132],
};

/** Where the chart does not print what its own regression gives, which is 92.5 and 105.9. */
const MISPRINTS = new Set(["45 90", "70 90"]);

describe("heat index", () => {
  const cells = Object.entries(HEAT_INDEX).flatMap(([humidity, row]) =>
    row.map((printed, step) => [Number(humidity), 80 + 2 * step, printed] as const),
  );

  test("it is the chart's, which leaves out the adjustment for damp air", () => {
    for (const [humidity, fahrenheit, printed] of cells) {
      const index = heatIndexFahrenheit(fahrenheit, humidity) - heatIndexAdjustmentFahrenheit(fahrenheit, humidity);
      if (MISPRINTS.has(`${humidity} ${fahrenheit}`)) expect(Math.abs(index - printed)).toBeLessThan(1);
      else expect(Math.round(index), `${humidity} % at ${fahrenheit} °F`).toBe(printed);
    }
  });

  test("very damp air feels hotter than the regression has it, and very dry air less hot", () => {
    expect(heatIndexAdjustmentFahrenheit(82, 95)).toBeCloseTo(1, 12);
    expect(heatIndexAdjustmentFahrenheit(82, 86)).toBeCloseTo(0.1, 12);
    expect(heatIndexAdjustmentFahrenheit(95, 5)).toBeCloseTo(-2, 12);
    for (const [t, humidity] of [
      [82, 85],
      [87, 100],
      [95, 13],
      [112, 5],
    ] as const) {
      expect(heatIndexAdjustmentFahrenheit(t, humidity)).toBeCloseTo(0, 12);
    }
  });

  test("below the regression the simple formula holds, without a step that anybody would feel", () => {
    expect(heatIndexFahrenheit(70, 50)).toBeCloseTo(69.525, 9);
    expect(heatIndexFahrenheit(80, 40)).toBeCloseTo(79.79, 2);
  });

  test("in °C, of air that is cold, and of air that nobody measured", () => {
    expect(heatIndexCelsius(35, 50).value).toBeCloseTo((heatIndexFahrenheit(95, 50) - 32) / 1.8, 9);
    expect(heatIndexCelsius(2, 90).value).toBe(2);
    expect(heatIndexCelsius(4.6, 90).value).not.toBe(4.6);
    expect(heatIndexCelsius(Number.NaN, 50).reason).toBe("the temperature is missing");
    expect(heatIndexCelsius(30, Number.NaN).reason).toBe("the humidity is missing");
    expect(heatIndexCelsius(30, 101).reason).toBe("the humidity is not between 0 and 100 %");
  });
});

/** US National Weather Service, wind chill chart of 2001: by miles an hour, from 40 °F every 5 °F down. */
const WIND_CHILL: Readonly<Record<number, readonly number[]>> = {
  5: [36, 31, 25, 19, 13, 7, 1, -5, -11, -16, -22, -28, -34, -40, -46, -52, -57, -63],
  20: [30, 24, 17, 11, 4, -2, -9, -15, -22, -29, -35, -42, -48, -55, -61, -68, -74, -81],
  30: [28, 22, 15, 8, 1, -5, -12, -19, -26, -33, -39, -46, -53, -60, -67, -73, -80, -87],
  40: [27, 20, 13, 6, -1, -8, -15, -22, -29, -36, -43, -50, -57, -64, -71, -78, -84, -91],
  50: [26, 19, 12, 4, -3, -10, -17, -24, -31, -38, -45, -52, -60, -67, -74, -81, -88, -95],
  60: [25, 17, 10, 3, -4, -11, -19, -26, -33, -40, -48, -55, -62, -69, -76, -84, -91, -98],
};

describe("wind chill", () => {
  test.each(Object.entries(WIND_CHILL))("at %s miles an hour it is the chart's", (milesPerHour, row) => {
    const computed = row.map((_, step) => Math.round(windChillFahrenheit(40 - 5 * step, Number(milesPerHour))) + 0);
    expect(computed).toEqual(row);
  });

  test("in °C and m/s, where it is defined", () => {
    expect(windChillCelsius(-17.777_777_8, 8.9408).value).toBeCloseTo((windChillFahrenheit(0, 20) - 32) / 1.8, 5);
    expect(windChillCelsius(-5, 1.5).value).toBeLessThan(-5);
    expect(windChillCelsius(12, 8).reason).toBe("above 10 °C wind does not chill");
    expect(windChillCelsius(-5, 1).reason).toBe("below 1.3 m/s wind does not chill");
    expect(windChillCelsius(-5, Number.NaN).reason).toBe("the wind is missing");
  });
});
