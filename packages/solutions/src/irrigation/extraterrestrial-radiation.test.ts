import { describe, expect, test } from "vitest";
import { dayOfYear, middleOfMonth } from "./day-of-year.ts";
import {
  dailyExtraterrestrialRadiationMj,
  daylightHours,
  hourlyExtraterrestrialRadiationMj,
  inverseRelativeDistance,
  radians,
  seasonalCorrectionHours,
  solarDeclinationRadians,
  solarTimeAngleRadians,
  sunsetHourAngleRadians,
} from "./extraterrestrial-radiation.ts";
import { DAYLIGHT_NORTH, DAYLIGHT_SOUTH, EXTRATERRESTRIAL_NORTH, EXTRATERRESTRIAL_SOUTH } from "./testing/annex-2.ts";
import { expectPrinted } from "./testing/printed.ts";

test("J in years of 365 and of 366 days", () => {
  expect(dayOfYear(2001, 9, 3)).toBe(246);
  expect(dayOfYear(2001, 12, 31)).toBe(365);
  expect(dayOfYear(2024, 2, 29)).toBe(60);
  expect(dayOfYear(2024, 12, 31)).toBe(366);
  expect(dayOfYear(1900, 3, 1)).toBe(60);
  expect(dayOfYear(2000, 3, 1)).toBe(61);
  expect([1, 4, 12].map(middleOfMonth)).toEqual([15, 106, 349]);
});

test("FAO-56, example 7: Bangkok and Rio de Janeiro in radians", () => {
  expectPrinted(radians(13 + 44 / 60), "0.240");
  expectPrinted(radians(-(22 + 54 / 60)), "-0.400");
});

test("FAO-56, examples 8 and 9: 3 September at 20° south", () => {
  expectPrinted(inverseRelativeDistance(246), "0.985");
  expectPrinted(solarDeclinationRadians(246), "0.120");
  expectPrinted(sunsetHourAngleRadians(radians(-20), solarDeclinationRadians(246)), "1.527");
  expectPrinted(dailyExtraterrestrialRadiationMj(-20, 246), "32.2");
  expectPrinted(daylightHours(-20, 246), "11.7");
});

test("FAO-56, examples 10, 17 and 18: Rio in May, Bangkok in April, Uccle on 6 July", () => {
  expectPrinted(dailyExtraterrestrialRadiationMj(-22.9, 135), "25.1");
  expectPrinted(daylightHours(-22.9, 135), "10.9");
  expectPrinted(dailyExtraterrestrialRadiationMj(13.73, 105), "38.06");
  expectPrinted(daylightHours(13.73, 105), "12.31");
  expectPrinted(dailyExtraterrestrialRadiationMj(50.8, 187), "41.09");
  expectPrinted(daylightHours(50.8, 187), "16.1");
});

/** N'Diaye, 1 October, 14:00 to 15:00, by a clock for 15° west. */
test("FAO-56, example 19: an afternoon hour, and one of the night", () => {
  const place = { latitudeDegrees: 16.22, longitudeDegrees: -16.25, dayOfYear: 274, utcOffsetHours: -1 };
  const afternoon = { ...place, clockHours: 14.5 };
  expectPrinted(radians(16.22), "0.283");
  expectPrinted(inverseRelativeDistance(274), "1.0001");
  expectPrinted(solarDeclinationRadians(274), "-0.0753");
  expectPrinted(seasonalCorrectionHours(274), "0.1889");
  expectPrinted(solarTimeAngleRadians(afternoon), "0.682");
  expectPrinted(solarTimeAngleRadians({ ...place, clockHours: 2.5 }), "-2.46");
  expectPrinted(hourlyExtraterrestrialRadiationMj(afternoon), "3.543");
  expect(hourlyExtraterrestrialRadiationMj({ ...place, clockHours: 2.5 })).toBe(0);
});

/** Its authors computed the tables with years of 365.25 days, as no equation of theirs has it: up to 0.11 MJ apart in autumn. */
describe("FAO-56, Annex 2", () => {
  const rows = (north: Readonly<Record<number, readonly number[]>>, south: typeof north) => [
    ...Object.entries(north).map(([latitude, year]) => [Number(latitude), year] as const),
    ...Object.entries(south).map(([latitude, year]) => [-Number(latitude), year] as const),
  ];

  test.each(rows(EXTRATERRESTRIAL_NORTH, EXTRATERRESTRIAL_SOUTH))("table 2.6: Ra at %d°", (latitude, year) => {
    for (const [month, printed] of year.entries()) {
      const middle = dayOfYear(2001, month + 1, 15);
      expect(Math.abs(dailyExtraterrestrialRadiationMj(latitude, middle) - printed)).toBeLessThan(0.12);
    }
  });

  test.each(rows(DAYLIGHT_NORTH, DAYLIGHT_SOUTH))("table 2.7: N at %d°", (latitude, year) => {
    for (const [month, printed] of year.entries()) {
      const middle = dayOfYear(2001, month + 1, 15);
      expect(Math.abs(daylightHours(latitude, middle) - printed)).toBeLessThan(0.06);
    }
  });
});

describe("where the sun does not set, or does not rise", () => {
  const midsummer = 172;
  const midwinter = 355;

  test("it is 24 hours or none, and both hemispheres change places", () => {
    expect(daylightHours(80, midsummer)).toBe(24);
    expect(daylightHours(80, midwinter)).toBe(0);
    expect(dailyExtraterrestrialRadiationMj(80, midwinter)).toBe(0);
    expect(daylightHours(-80, midwinter)).toBe(24);
    expect(dailyExtraterrestrialRadiationMj(-80, midsummer)).toBe(0);
    expect(dailyExtraterrestrialRadiationMj(90, midsummer)).toBeGreaterThan(40);
  });

  test("at the equator every day is 12 hours long", () => {
    for (const day of [1, 80, 172, 366]) expect(daylightHours(0, day)).toBeCloseTo(12, 9);
  });

  test.each([
    [40, -105, -7, 183],
    [40, -105, -7, 1],
    [69, 19, 1, 172],
    [69, 19, 1, 355],
    [-34, 151, 10, 15],
    [0, 0, 0, 80],
    [40, 170, 0, 183],
    [66.4, 25, 2, 165],
    [66.4, 25, 2, 174],
  ])("the hours of a day at %d°, %d°, in zone %d, day %d, add up to it", (latitude, longitude, zone, day) => {
    // One correction for the whole day, as the daily sum has one declination.
    const hours = Array.from({ length: 24 }, (_, hour) =>
      hourlyExtraterrestrialRadiationMj({
        latitudeDegrees: latitude,
        longitudeDegrees: longitude,
        utcOffsetHours: zone,
        dayOfYear: day,
        clockHours: hour + 0.5,
      }),
    );
    const sum = hours.reduce((total, mj) => total + mj, 0);
    expect(sum).toBeCloseTo(dailyExtraterrestrialRadiationMj(latitude, day), 9);
  });
});
