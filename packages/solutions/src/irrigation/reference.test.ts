import { describe, expect, test } from "vitest";
import { dailyReferenceEvapotranspiration, type WeatherDay } from "./daily-reference.ts";
import { dailyExtraterrestrialRadiationMj } from "./extraterrestrial-radiation.ts";
import { hargreavesMm } from "./hargreaves.ts";
import {
  type HourlyReferenceKind,
  hourlyReferenceEvapotranspiration,
  hourlyReferenceEvapotranspirations,
  type WeatherHour,
} from "./hourly-reference.ts";
import { ASCE, FAO56_DAY, penmanMonteith } from "./penman-monteith.ts";
import { GREELEY } from "./testing/greeley.ts";
import { expectPrinted } from "./testing/printed.ts";
import { vapourPressureFromHumidityKpa } from "./vapour-pressure.ts";

/** FAO-56, chapter 4, example 17. */
const bangkok: WeatherDay = {
  latitudeDegrees: 13.73,
  altitudeMetres: 2,
  dayOfYear: 105,
  maxCelsius: 34.8,
  minCelsius: 25.6,
  vapourPressureKpa: 2.85,
  windMetresPerSecond: 2,
  sunshineHours: 8.5,
  soilHeatFluxMj: 0.14,
};

/** Example 18. */
const uccle: WeatherDay = {
  latitudeDegrees: 50.8,
  altitudeMetres: 100,
  dayOfYear: 187,
  maxCelsius: 21.5,
  minCelsius: 12.3,
  humidityMaxPercent: 84,
  humidityMinPercent: 63,
  windMetresPerSecond: 10 / 3.6,
  windHeightMetres: 10,
  sunshineHours: 9.25,
};

/** Example 20. */
const lyon: WeatherDay = {
  latitudeDegrees: 45.72,
  altitudeMetres: 200,
  dayOfYear: 196,
  maxCelsius: 26.6,
  minCelsius: 14.8,
};

function day(weather: WeatherDay) {
  return dailyReferenceEvapotranspiration(weather, FAO56_DAY).value!;
}

describe("FAO-56, chapter 4", () => {
  test("example 17: a mean day of April in Bangkok", () => {
    const reference = day(bangkok);
    expectPrinted(reference.extraterrestrialMj, "38.06");
    expectPrinted(reference.solarRadiationMj, "22.65");
    expectPrinted(reference.clearSkyMj, "28.54");
    expectPrinted(reference.netLongwaveMj, "3.11");
    expectPrinted(reference.terms.netRadiationMj, "14.33");
    expectPrinted(reference.terms.slopeKpaPerCelsius, "0.246");
    expectPrinted(reference.terms.vapourPressureDeficitKpa, "1.57");
    expectPrinted(reference.totalMm, "5.72");
    expect(reference.assumed).toEqual([]);
  });

  test("example 18: 6 July in Uccle", () => {
    const reference = day(uccle);
    expectPrinted(reference.extraterrestrialMj, "41.09");
    expectPrinted(reference.solarRadiationMj, "22.07");
    expectPrinted(reference.clearSkyMj, "30.90");
    expectPrinted(reference.netLongwaveMj, "3.71");
    expectPrinted(reference.terms.netRadiationMj, "13.28");
    expectPrinted(reference.terms.windAt2mMetresPerSecond, "2.078");
    expectPrinted(reference.terms.vapourPressureDeficitKpa, "0.589");
    expectPrinted(reference.totalMm, "3.88");
  });

  test("example 19: N'Diaye by night and by day", () => {
    const place = { latitudeDegrees: 16.22, longitudeDegrees: -16.25, utcOffsetHours: -1, dayOfYear: 274 };
    const night = hourlyReferenceEvapotranspiration(
      {
        ...place,
        altitudeMetres: 8,
        clockHours: 2.5,
        temperatureCelsius: 28,
        vapourPressureKpa: vapourPressureFromHumidityKpa(28, 90),
        windMetresPerSecond: 1.9,
        solarRadiationMj: 0,
      },
      "fao56",
      0.8,
    ).value!;
    expectPrinted(night.netLongwaveMj, "0.100");
    expectPrinted(night.terms.netRadiationMj, "-0.100");
    expectPrinted(night.terms.soilHeatFluxMj, "-0.05");
    expectPrinted(night.totalMm, "0.00");
    const afternoon = hourlyReferenceEvapotranspiration(
      {
        ...place,
        altitudeMetres: 8,
        clockHours: 14.5,
        temperatureCelsius: 38,
        vapourPressureKpa: vapourPressureFromHumidityKpa(38, 52),
        windMetresPerSecond: 3.3,
        solarRadiationMj: 2.45,
      },
      "fao56",
    ).value!;
    expectPrinted(afternoon.extraterrestrialMj, "3.543");
    expectPrinted(afternoon.clearSkyMj, "2.658");
    expectPrinted(afternoon.netLongwaveMj, "0.137");
    expectPrinted(afternoon.terms.netRadiationMj, "1.749");
    expectPrinted(afternoon.terms.soilHeatFluxMj, "0.175");
    expectPrinted(afternoon.terms.vapourPressureDeficitKpa, "3.180");
    expectPrinted(afternoon.totalMm, "0.63");
  });

  test("example 20: Lyon in July, of which only the temperatures are known", () => {
    const reference = day(lyon);
    expectPrinted(reference.extraterrestrialMj, "40.55");
    expectPrinted(reference.totalMm, "4.6");
    expect(reference.assumed).toEqual([
      "dew point as low as the night was cold",
      "sunshine by how far the temperature swings",
      "wind of 2 m/s",
    ]);
    expectPrinted(hargreavesMm(26.6, 14.8, reference.extraterrestrialMj).value!, "5.0");
  });
});

describe("ASCE-EWRI 2005", () => {
  const hours: readonly WeatherHour[] = GREELEY.map(({ clockHours, dayOfYear, ...weather }) => ({
    latitudeDegrees: 40.41,
    longitudeDegrees: -104.78,
    altitudeMetres: 1462.4,
    utcOffsetHours: -7,
    windHeightMetres: 3,
    clockHours,
    dayOfYear,
    temperatureCelsius: weather.temperatureCelsius,
    vapourPressureKpa: weather.vapourPressureKpa,
    windMetresPerSecond: weather.windMetresPerSecond,
    solarRadiationMj: weather.solarRadiationMj,
  }));

  test("appendix C: Greeley, Colorado, from 1 July 2000, 15:00, for thirty hours", () => {
    const short = hourlyReferenceEvapotranspirations(hours, "short");
    const tall = hourlyReferenceEvapotranspirations(hours, "tall");
    for (const [hour, printed] of GREELEY.entries()) {
      expectPrinted(short[hour]!.value!.extraterrestrialMj, printed.extraterrestrialMj);
      if (printed.netRadiationMj) expectPrinted(short[hour]!.value!.terms.netRadiationMj, printed.netRadiationMj);
      // A last digit may be the next one where the third is a five.
      expect(Math.abs(short[hour]!.value!.totalMm - Number(printed.shortMm))).toBeLessThan(0.0056);
      expect(Math.abs(tall[hour]!.value!.totalMm - Number(printed.tallMm))).toBeLessThan(0.0056);
    }
  });

  test("of short grass, a day is as FAO-56 has it", () => {
    expect(ASCE.short.day).toEqual(FAO56_DAY);
  });

  /** A day of Fallon, Nevada, as the README of the Python package RefET (WSWUP/RefET) has it: 10.63 mm of alfalfa. */
  test("a day of tall alfalfa", () => {
    const celsius = (fahrenheit: number) => (fahrenheit - 32) / 1.8;
    const fallon: WeatherDay = {
      latitudeDegrees: 39.4575,
      altitudeMetres: 1208.5,
      dayOfYear: 182,
      minCelsius: celsius(66.65),
      maxCelsius: celsius(102.8),
      dewPointCelsius: celsius(49.84),
      windMetresPerSecond: 4.8 * 0.44704,
      windHeightMetres: 3,
      solarRadiationMj: 674.07 * 0.041868,
    };
    expectPrinted(dailyReferenceEvapotranspiration(fallon, ASCE.tall.day).value!.totalMm, "10.63");
  });
});

describe("what is not known", () => {
  test.each([
    [{ maxCelsius: Number.NaN }, "the maximum temperature is missing"],
    [{ minCelsius: Number.NaN }, "the minimum temperature is missing"],
    [{ maxCelsius: 10, minCelsius: 12 }, "the maximum temperature is below the minimum"],
    [{ humidityMaxPercent: 101 }, "the humidity is not between 0 and 100 %"],
    [{ latitudeDegrees: 91 }, "the latitude is not between -90° and 90°"],
    [{ altitudeMetres: Number.NaN }, "the altitude is missing"],
    [{ dayOfYear: 0 }, "the day of the year is not between 1 and 366"],
    [{ dayOfYear: 367 }, "the day of the year is not between 1 and 366"],
    [{ solarRadiationMj: -1 }, "wind, sunshine or vapour pressure is below 0"],
    [{ windHeightMetres: 0.1 }, "the wind is measured below half a metre"],
    [{ maxCelsius: 294.65, minCelsius: 285.45 }, "a temperature is not between -80 and 60 °C"],
    [{ minCelsius: -99.9 }, "a temperature is not between -80 and 60 °C"],
    [{ dewPointCelsius: 22 }, "the dew point is above the maximum temperature"],
    [{ vapourPressureKpa: 14.1 }, "the vapour pressure is above saturation"],
    [{ solarRadiationMj: 220.7 }, "the sun shines more than it does above the air"],
  ] satisfies [Partial<WeatherDay>, string][])("%o: %s", (change, reason) => {
    expect(dailyReferenceEvapotranspiration({ ...uccle, ...change }, FAO56_DAY)).toEqual({ value: undefined, reason });
  });

  test("a missing measurement is NaN as well as absent, and the estimate is named", () => {
    const { windMetresPerSecond: _, ...calm } = uccle;
    expect(day({ ...uccle, windMetresPerSecond: Number.NaN })).toEqual(day(calm));
    expect(day(calm).assumed).toEqual(["wind of 2 m/s"]);
  });

  test("dry air and damp air are as far apart as they can be", () => {
    const dry = day({ ...uccle, humidityMaxPercent: 0, humidityMinPercent: 0 });
    const damp = day({ ...uccle, humidityMaxPercent: 100, humidityMinPercent: 100 });
    expect(dry.aerodynamicMm).toBeGreaterThan(day(uccle).aerodynamicMm);
    expect(damp.aerodynamicMm).toBe(0);
  });

  test("in the polar night nobody knows the clouds, unless somebody says", () => {
    const tromso: WeatherDay = { ...uccle, latitudeDegrees: 75, dayOfYear: 355, sunshineHours: 0 };
    expect(dailyReferenceEvapotranspiration(tromso, FAO56_DAY).reason).toBe(
      "the sun does not rise, and nobody says how cloudy it is",
    );
    const told = day({ ...tromso, relativeShortwave: 0.7 });
    expect(told.terms.netRadiationMj).toBeLessThan(0);
    expect(told.totalMm).toBeGreaterThan(0);
  });

  test("an hour without its weather, and a night before any day", () => {
    const hour: WeatherHour = {
      latitudeDegrees: 16.22,
      longitudeDegrees: -16.25,
      utcOffsetHours: -1,
      dayOfYear: 274,
      altitudeMetres: 8,
      clockHours: 2.5,
      temperatureCelsius: 28,
      vapourPressureKpa: 3.4,
      windMetresPerSecond: 1.9,
      solarRadiationMj: 0,
    };
    const kinds: HourlyReferenceKind[] = ["fao56", "short", "tall"];
    for (const kind of kinds) {
      expect(hourlyReferenceEvapotranspiration(hour, kind).reason).toBe(
        "it is dark, and nobody knows how cloudy it was before",
      );
      expect(hourlyReferenceEvapotranspiration({ ...hour, windMetresPerSecond: Number.NaN }, kind).reason).toBe(
        "the wind is missing",
      );
      expect(hourlyReferenceEvapotranspiration({ ...hour, temperatureCelsius: 301 }, kind).reason).toContain(
        "between -80 and 60 °C",
      );
      expect(hourlyReferenceEvapotranspiration({ ...hour, vapourPressureKpa: 34 }, kind).reason).toContain(
        "above saturation",
      );
      expect(hourlyReferenceEvapotranspiration({ ...hour, solarRadiationMj: 2 }, kind, 0.8).reason).toContain(
        "above the air",
      );
    }
  });

  test("Hargreaves needs both temperatures, and freezing air takes nothing", () => {
    expect(hargreavesMm(Number.NaN, 1, 20).reason).toBe("the maximum temperature is missing");
    expect(hargreavesMm(1, 2, 20).reason).toBe("the maximum temperature is below the minimum");
    expect(hargreavesMm(-25, -30, 5).value).toBe(0);
  });
});

test("by FAO-56 the ground warms as soon as the sun is up", () => {
  const dawn: WeatherHour = {
    latitudeDegrees: 40.41,
    longitudeDegrees: -104.78,
    utcOffsetHours: -7,
    dayOfYear: 184,
    altitudeMetres: 1462.4,
    clockHours: 5.5,
    temperatureCelsius: 16.2,
    vapourPressureKpa: 1.31,
    windMetresPerSecond: 1.24,
    solarRadiationMj: 0.46,
  };
  const { terms } = hourlyReferenceEvapotranspiration(dawn, "fao56", 0.7).value!;
  expect(terms.soilHeatFluxMj).toBeCloseTo(0.1 * terms.netRadiationMj, 12);
});

test("the hemispheres mirror each other, half a year apart, but for the sun's distance", () => {
  const south = dailyExtraterrestrialRadiationMj(-35, 355);
  const north = dailyExtraterrestrialRadiationMj(35, 172);
  expect(south / north).toBeGreaterThan(1.05);
  expect(south / north).toBeLessThan(1.08);
});

test("the shares of energy and of wind make up the whole; dew is negative", () => {
  const terms = { ...day(uccle).terms, netRadiationMj: -2 };
  const { radiationMm, aerodynamicMm, totalMm } = penmanMonteith({ ...terms, vapourPressureDeficitKpa: 0 }, FAO56_DAY);
  expect(totalMm).toBe(radiationMm + aerodynamicMm);
  expect(totalMm).toBeLessThan(0);
});
