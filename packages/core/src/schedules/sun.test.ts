import { describe, expect, it } from "vitest";
import { isDaylight, nextDaylightChange, nextSunEvent, type Place, sunTimes } from "./sun.ts";

/**
 * US Naval Observatory, "Complete Sun and Moon Data for One Day", API 4.0.1, in UTC:
 * aa.usno.navy.mil/api/rstt/oneday?date=…&coords=…&tz=0, to the minute.
 */
const OBSERVATORY = `
  Belgrade   44.82   20.46  2026-01-01  06:16  15:08
  Belgrade   44.82   20.46  2026-03-20  04:42  16:50
  Belgrade   44.82   20.46  2026-06-21  02:52  18:28
  Belgrade   44.82   20.46  2026-09-23  04:26  16:34
  Belgrade   44.82   20.46  2026-10-15  04:53  15:54
  Belgrade   44.82   20.46  2026-12-21  06:12  15:00
  Tromsø     69.65   18.96  2026-01-01  polar-night
  Tromsø     69.65   18.96  2026-03-20  04:44  17:01
  Tromsø     69.65   18.96  2026-06-21  polar-day
  Tromsø     69.65   18.96  2026-09-23  04:28  16:43
  Tromsø     69.65   18.96  2026-10-15  05:55  15:03
  Tromsø     69.65   18.96  2026-12-21  polar-night
  Quito      -0.18  -78.47  2026-01-01  11:13  23:22
  Quito      -0.18  -78.47  2026-03-20  11:18  23:25
  Quito      -0.18  -78.47  2026-06-21  11:12  23:19
  Quito      -0.18  -78.47  2026-09-23  11:03  23:09
  Quito      -0.18  -78.47  2026-10-15  10:56  23:03
  Quito      -0.18  -78.47  2026-12-21  11:08  23:16
  Sydney    -33.87  151.21  2026-01-01  18:48  09:09
  Sydney    -33.87  151.21  2026-03-20  19:59  08:07
  Sydney    -33.87  151.21  2026-06-21  21:00  06:54
  Sydney    -33.87  151.21  2026-09-23  19:43  07:52
  Sydney    -33.87  151.21  2026-10-15  19:13  08:08
  Sydney    -33.87  151.21  2026-12-21  18:41  09:05
  Reykjavik  64.15  -21.94  2026-01-01  11:19  15:44
  Reykjavik  64.15  -21.94  2026-03-20  07:29  19:43
  Reykjavik  64.15  -21.94  2026-06-21  02:55  00:04
  Reykjavik  64.15  -21.94  2026-09-23  07:14  19:25
  Reykjavik  64.15  -21.94  2026-10-15  08:18  18:08
  Reykjavik  64.15  -21.94  2026-12-21  11:22  15:29`;

const rows = OBSERVATORY.trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/) as [string, string, string, string, string, string?]);

const micros = (text: string): number => Date.parse(text) * 1000;
const minutesApart = (a: number | undefined, b: number): number => Math.abs((a ?? Number.NaN) - b) / 60e6;

describe("the tables of the US Naval Observatory", () => {
  it.each(rows)("%s %s %s on %s: %s %s", (_name, latitude, longitude, date, sunrise, sunset) => {
    const dayStartMicros = micros(`${date}T00:00:00Z`);
    const day = sunTimes({ latitude: Number(latitude), longitude: Number(longitude), dayStartMicros });
    if (sunset === undefined) {
      expect(day).toEqual({ daylight: sunrise, sunriseMicros: undefined, sunsetMicros: undefined });
      return;
    }
    expect(day.daylight).toBe("changes");
    // Half a minute of rounding in the table, and half a minute of difference.
    expect(minutesApart(day.sunriseMicros, micros(`${date}T${sunrise}:00Z`))).toBeLessThan(1);
    expect(minutesApart(day.sunsetMicros, micros(`${date}T${sunset}:00Z`))).toBeLessThan(1);
  });
});

describe("the Solar Position Algorithm's own example", () => {
  it("agrees within half a minute", () => {
    // Reda and Andreas, NREL/TP-560-34302 (2008), table A5.1, which gives the events of a day in universal time by a clock 7
    // hours behind it: sunrise 06:12:43, sunset 17:20:19.
    const golden = { latitude: 39.742476, longitude: -105.1786 };
    const day = sunTimes({ ...golden, dayStartMicros: micros("2003-10-17T00:00:00Z") });
    expect(minutesApart(day.sunriseMicros, micros("2003-10-17T06:12:43-07:00"))).toBeLessThan(0.5);
    expect(minutesApart(day.sunsetMicros, micros("2003-10-16T17:20:19-07:00"))).toBeLessThan(0.5);
  });
});

const REYKJAVIK: Place = { latitude: 64.15, longitude: -21.94 };
const TROMSØ: Place = { latitude: 69.65, longitude: 18.96 };
const SOUTH_POLE: Place = { latitude: -90, longitude: 0 };

describe("daylight", () => {
  it("changes exactly at the times that are told, everywhere and through the year", () => {
    for (const place of [REYKJAVIK, TROMSØ, { latitude: -33.87, longitude: 151.21 }, { latitude: 0, longitude: 180 }]) {
      let at = micros("2026-01-01T00:00:00Z");
      for (let count = 0; count < 500; count++) {
        const change = nextDaylightChange(place, at)!;
        expect(change.timeMicros).toBeGreaterThan(at);
        expect(isDaylight(place, change.timeMicros + 2e6)).toBe(change.event === "sunrise");
        expect(isDaylight(place, change.timeMicros - 2e6)).toBe(change.event === "sunset");
        at = change.timeMicros;
      }
    }
  });

  it("is the same microsecond wherever the search begins", () => {
    const sunset = nextSunEvent(REYKJAVIK, "sunset", micros("2026-05-02T12:00:00Z"))!;
    for (let hours = 1; hours < 20; hours++) {
      expect(nextSunEvent(REYKJAVIK, "sunset", sunset - hours * 3600e6)).toBe(sunset);
    }
    expect(nextSunEvent(REYKJAVIK, "sunset", sunset)).toBeGreaterThan(sunset);
  });

  it("comes back after a polar night", () => {
    const sunrise = nextSunEvent(TROMSØ, "sunrise", micros("2025-12-21T12:00:00Z"))!;
    expect(new Date(sunrise / 1000).toISOString().slice(0, 7)).toBe("2026-01");
  });

  it("has a day with two sunsets where the sunset passes midnight", () => {
    const days = Array.from({ length: 30 }, (_, day) => micros("2026-06-15T00:00:00Z") + day * 86_400e6);
    const two = days.filter((start) => {
      const first = nextSunEvent(REYKJAVIK, "sunset", start - 1)!;
      return nextSunEvent(REYKJAVIK, "sunset", first)! < start + 86_400e6;
    });
    expect(two).toHaveLength(1);
  });

  it("is one day and one night a year at the pole", () => {
    const inMay = micros("2026-05-01T00:00:00Z");
    expect(sunTimes({ ...SOUTH_POLE, dayStartMicros: inMay }).daylight).toBe("polar-night");
    const sunrise = nextDaylightChange(SOUTH_POLE, inMay)!;
    expect(sunrise.event).toBe("sunrise");
    expect(new Date(sunrise.timeMicros / 1000).toISOString().slice(0, 7)).toBe("2026-09");
  });

  it("ends its search where nothing comes", () => {
    expect(nextSunEvent(TROMSØ, "sunrise", micros("2025-12-01T00:00:00Z"), micros("2025-12-20T00:00:00Z"))).toBe(
      undefined,
    );
  });
});
