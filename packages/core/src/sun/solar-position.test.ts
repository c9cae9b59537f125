import { describe, expect, it, test } from "vitest";
import { sunTimes } from "../schedules/sun.ts";
import { riseAndSet } from "./rise-and-set.ts";
import { meanObliquityArcseconds, meanSiderealTime, solarPosition } from "./solar-position.ts";

/** As the report prints times: the seconds cut off, not rounded. */
const clock = (timeMicros: number): string => new Date(timeMicros / 1000).toISOString().slice(11, 19);
const micros = (text: string): number => Date.parse(text) * 1000;

/** The example of Reda and Andreas, NREL/TP-560-34302 (2008), table A5.1. */
const GOLDEN = {
  latitude: 39.742476,
  longitude: -105.1786,
  elevationMetres: 1830.14,
  pressureMillibars: 820,
  temperatureCelsius: 11,
};
const DELTA_T_SECONDS = 67;
const NOON = micros("2003-10-17T12:30:30-07:00");

describe("the example of the Solar Position Algorithm", () => {
  const sun = solarPosition(GOLDEN, NOON, DELTA_T_SECONDS);

  it.each([
    ["julianDay", 2452930.312847, 6],
    ["julianEphemerisDay", 2452930.313623, 6],
    ["heliocentricLongitude", 24.0182616917, 9],
    ["heliocentricLatitude", -0.0001011219, 9],
    ["distanceAu", 0.9965422974, 9],
    ["nutationInLongitude", -0.0039984, 7],
    ["nutationInObliquity", 0.00166657, 7],
    ["obliquity", 23.440465, 6],
    ["apparentLongitude", 204.0085519281, 6],
    ["apparentSiderealTime", 318.51191, 5],
    ["rightAscension", 202.22741, 5],
    ["declination", -9.31434, 5],
    ["localHourAngle", 11.1059, 4],
    ["topocentricHourAngle", 11.10629, 4],
    ["topocentricRightAscension", 202.22704, 5],
    ["topocentricDeclination", -9.316179, 6],
    ["trueElevation", 39.872046, 6],
    ["refraction", 0.016332, 6],
    ["zenith", 50.11162, 5],
    ["azimuth", 194.34024, 5],
  ] as const)("%s is %d", (name, printed, digits) => {
    expect(sun[name]).toBeCloseTo(printed, digits);
  });

  it("goes through the same mean obliquity and sidereal time", () => {
    const millennium = (sun.julianEphemerisDay - 2_451_545) / 365_250;
    expect(meanObliquityArcseconds(millennium)).toBeCloseTo(84379.672625, 5);
    expect(meanSiderealTime(sun.julianDay)).toBeCloseTo(318.515579, 5);
  });

  it("has its sunrise, transit and sunset to the second, by a clock 7 hours behind", () => {
    const day = riseAndSet(GOLDEN, NOON, DELTA_T_SECONDS);
    expect(clock(day.sunriseMicros! - 7 * 3_600e6)).toBe("06:12:43");
    expect(clock(day.transitMicros - 7 * 3_600e6)).toBe("11:46:04");
    expect(clock(day.sunsetMicros! - 7 * 3_600e6)).toBe("17:20:19");
  });
});

/** The report's own validation of the method, appendix A.2: 35° from the equator at the meridian of Greenwich. */
test.each([
  ["1996-07-05", -35, "07:08:15", "17:01:04"],
  ["2004-12-04", -35, "04:38:57", "19:02:02"],
  ["1994-01-02", 35, "07:08:12", "16:59:55"],
])("on %s at %d° the sun rises at %s and sets at %s", (date, latitude, sunrise, sunset) => {
  const day = riseAndSet({ latitude, longitude: 0 }, micros(`${date}T12:00:00Z`), 64);
  expect([clock(day.sunriseMicros!), clock(day.sunsetMicros!)]).toEqual([sunrise, sunset]);
});

test("it agrees with the sunrises that schedules go by, through a year and around the Earth", () => {
  for (const place of [
    { latitude: 44.82, longitude: 20.46 },
    { latitude: -33.87, longitude: 151.21 },
    { latitude: 64.15, longitude: -21.94 },
  ]) {
    for (let day = 0; day < 365; day += 5) {
      const { sunriseMicros, sunsetMicros } = riseAndSet(place, micros("2026-01-01T12:00:00Z") + day * 86_400e6);
      for (const [event, at] of Object.entries({ sunriseMicros, sunsetMicros })) {
        const times = sunTimes({ ...place, dayStartMicros: at! - 43_200e6 });
        const other = times[event as "sunriseMicros" | "sunsetMicros"];
        expect(Math.abs(at! - other!)).toBeLessThan(60e6);
      }
    }
  }
});

test("at its transit it stands in the south, or in the north of the south, at its highest", () => {
  for (const [latitude, azimuth] of [
    [50, 180],
    [-50, 0],
  ] as const) {
    const place = { latitude, longitude: 10 };
    const { transitMicros } = riseAndSet(place, micros("2026-03-20T12:00:00Z"));
    const highest = solarPosition(place, transitMicros);
    expect(Math.abs(((highest.azimuth - azimuth + 540) % 360) - 180)).toBeLessThan(0.01);
    for (const minutes of [-10, 10]) {
      expect(solarPosition(place, transitMicros + minutes * 60e6).zenith).toBeGreaterThan(highest.zenith);
    }
  }
});

test("where the sun stays up or down there is no sunrise", () => {
  const tromsø = { latitude: 69.65, longitude: 18.96 };
  for (const date of ["2026-06-21T12:00:00Z", "2026-12-21T12:00:00Z"]) {
    expect(riseAndSet(tromsø, micros(date))).toMatchObject({ sunriseMicros: undefined, sunsetMicros: undefined });
  }
});

test("events are those of the day, but for the few minutes about midnight", () => {
  for (const latitude of [-65, 0, 50, 65]) {
    for (let longitude = -180; longitude < 180; longitude += 30) {
      for (let day = 0; day < 365; day += 15) {
        const midnight = micros("2026-01-01T00:00:00Z") + day * 86_400e6;
        const events = Object.values(riseAndSet({ latitude, longitude }, midnight + 43_200e6)) as number[];
        for (const at of events) {
          expect(at).toBeGreaterThan(midnight - 240e6);
          expect(at).toBeLessThan(midnight + 86_400e6 + 240e6);
        }
      }
    }
  }
});

test("a sun right overhead has a zenith", () => {
  const place = { latitude: -0.010641216379003443, longitude: 330.1859765158458 };
  const { zenith } = solarPosition({ ...GOLDEN, ...place, elevationMetres: 0 }, 1774015600000000);
  expect(zenith).toBeLessThan(0.05);
});
