import { describe, expect, test } from "vitest";
import {
  absoluteHumidityGramsPerCubicMetre,
  dewPointCelsius,
  saturationVapourPressureHpa,
  vapourPressureDeficitKpa,
} from "./humidity.ts";
import { seaLevelPressureHpa } from "./sea-level-pressure.ts";

/** WMO-No. 8, volume I, annex 4.B: e_w over water, in hPa, by its formula; Alduchov and Eskridge keep within 0.4 % of it. */
function referenceHpa(celsius: number): number {
  return 6.112 * Math.exp((17.62 * celsius) / (243.12 + celsius));
}

describe("humidity", () => {
  test("the vapour pressure stays as near to the standard as its authors say", () => {
    for (let celsius = -40; celsius <= 50; celsius += 5) {
      expect(Math.abs(saturationVapourPressureHpa(celsius) / referenceHpa(celsius) - 1)).toBeLessThan(0.004);
    }
  });

  /** Vaisala, "Humidity conversion formulas" (B210973EN), the worked examples of its sections. */
  test("at 40 °C and 50 % the dew point is 27.6 °C", () => {
    expect(dewPointCelsius(40, 50).value!.toFixed(1)).toBe("27.6");
  });

  test("at 20 °C and 80 % a cubic metre holds 13.82 g", () => {
    // Of a vapour pressure rounded to 18.7 hPa, which is 0.2 % more.
    expect(Math.abs(absoluteHumidityGramsPerCubicMetre(20, 80).value! / 13.82 - 1)).toBeLessThan(0.002);
  });

  test("saturated air is at its dew point, and takes no more", () => {
    expect(dewPointCelsius(17, 100).value).toBeCloseTo(17, 9);
    expect(vapourPressureDeficitKpa(17, 100).value).toBe(0);
    expect(vapourPressureDeficitKpa(25, 0).value).toBeCloseTo(saturationVapourPressureHpa(25) / 10, 12);
    expect(absoluteHumidityGramsPerCubicMetre(25, 0).value).toBe(0);
  });

  test("dry air has no dew point; nor has air that nobody measured, or that no formula knows", () => {
    expect(dewPointCelsius(20, 0).reason).toBe("dry air has no dew point");
    expect(dewPointCelsius(Number.NaN, 50).reason).toBe("the temperature is missing");
    expect(dewPointCelsius(60, 50).reason).toBe("the temperature is not between -40 and 50 °C");
    expect(dewPointCelsius(20, 120).reason).toBe("the humidity is not between 0 and 100 %");
    expect(vapourPressureDeficitKpa(20, Number.NaN).reason).toBe("the humidity is missing");
  });
});

/** ICAO, Manual of the ICAO Standard Atmosphere (Doc 7488): dry air of 15 °C and 1013.25 hPa at the sea. */
describe("pressure at sea level", () => {
  test.each([
    [0, 15, 1013.25],
    [500, 11.75, 954.61],
    [1000, 8.5, 898.75],
  ])(
    "in the standard atmosphere it is 1013.25 hPa under %d m too",
    (altitudeMetres, temperatureCelsius, pressureHpa) => {
      const reduced = seaLevelPressureHpa({ pressureHpa, temperatureCelsius, altitudeMetres }).value!;
      expect(Math.abs(reduced - 1013.25)).toBeLessThan(0.1);
    },
  );

  test("below the sea it is less, and under cold air more", () => {
    const air = { pressureHpa: 1000, temperatureCelsius: 10, altitudeMetres: 300 };
    expect(seaLevelPressureHpa({ ...air, altitudeMetres: -300 }).value).toBeLessThan(1000);
    expect(seaLevelPressureHpa({ ...air, temperatureCelsius: -10 }).value).toBeGreaterThan(
      seaLevelPressureHpa(air).value!,
    );
    expect(seaLevelPressureHpa({ ...air, vapourPressureHpa: 12 }).value).toBeLessThan(seaLevelPressureHpa(air).value!);
  });

  test("without a barometer, a thermometer or a height there is none", () => {
    const air = { pressureHpa: 1000, temperatureCelsius: 10, altitudeMetres: 300 };
    expect(seaLevelPressureHpa({ ...air, pressureHpa: Number.NaN }).reason).toBe("the pressure is missing");
    expect(seaLevelPressureHpa({ ...air, temperatureCelsius: Number.NaN }).reason).toBe("the temperature is missing");
    expect(seaLevelPressureHpa({ ...air, altitudeMetres: Number.NaN }).reason).toBe("the altitude is missing");
    expect(seaLevelPressureHpa({ ...air, altitudeMetres: 4000 }).reason).toBe("the station is above 3000 m");
    expect(seaLevelPressureHpa({ ...air, altitudeMetres: -4000 }).reason).toBe("the station is below -500 m");
  });

  test("neither is there one of air that cannot be: kilopascals, kelvins, pascals", () => {
    const air = { pressureHpa: 1000, temperatureCelsius: 10, altitudeMetres: 300 };
    expect(seaLevelPressureHpa({ ...air, pressureHpa: 101.3 }).reason).toContain("500 and 1100 hPa");
    expect(seaLevelPressureHpa({ ...air, temperatureCelsius: 283 }).reason).toContain("-80 and 60 °C");
    expect(seaLevelPressureHpa({ ...air, vapourPressureHpa: 1200 }).reason).toContain("0 and 74 hPa");
    expect(seaLevelPressureHpa({ ...air, vapourPressureHpa: Number.NaN }).reason).toContain("vapour pressure");
  });
});
