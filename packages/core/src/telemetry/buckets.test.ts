import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketFinder, parseInterval } from "./buckets.ts";

const micros = (text: string) => Date.parse(text) * 1000;
function bucket(time: string, interval: string, zone?: string): readonly [string, string] {
  const { startMicros, endMicros } = bucketFinder(parseInterval(interval), zone)(micros(time));
  return [new Date(startMicros / 1000).toISOString(), new Date(endMicros / 1000).toISOString()];
}

describe("buckets", () => {
  it.each([
    ["2026-03-10T10:17:00Z", "15m", "UTC", "2026-03-10T10:15:00.000Z", "2026-03-10T10:30:00.000Z"],
    ["2026-03-10T10:17:00Z", "1h", "Asia/Kolkata", "2026-03-10T09:30:00.000Z", "2026-03-10T10:30:00.000Z"],
    ["2026-03-10T10:17:00Z", "1d", "Asia/Kathmandu", "2026-03-09T18:15:00.000Z", "2026-03-10T18:15:00.000Z"],
    // Germany's day of 23 hours, and of 25.
    ["2026-03-29T12:00:00Z", "1d", "Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
    ["2026-10-25T12:00:00Z", "1d", "Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    // The hour from 2 to 3 occurs twice: two buckets.
    ["2026-10-25T00:30:00Z", "1h", "Europe/Berlin", "2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z"],
    ["2026-10-25T01:30:00Z", "1h", "Europe/Berlin", "2026-10-25T01:00:00.000Z", "2026-10-25T02:00:00.000Z"],
    // Six-hour buckets on that day: the first one lasts seven hours.
    ["2026-10-25T02:00:00Z", "6h", "Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25T05:00:00.000Z"],
    ["2026-03-11T00:00:00Z", "1w", "UTC", "2026-03-09T00:00:00.000Z", "2026-03-16T00:00:00.000Z"],
    ["2026-03-31T22:30:00Z", "1mo", "Europe/Berlin", "2026-03-31T22:00:00.000Z", "2026-04-30T22:00:00.000Z"],
    ["2026-05-05T00:00:00Z", "3mo", "UTC", "2026-04-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"],
    // Midnight itself is skipped in Cairo on this night: the day begins at 01:00.
    ["2026-04-24T12:00:00Z", "1d", "Africa/Cairo", "2026-04-23T22:00:00.000Z", "2026-04-24T21:00:00.000Z"],
  ])("%s in %s of %s", (time, interval, zone, start, end) => {
    expect(bucket(time, interval, zone)).toEqual([start, end]);
  });

  it("cover time without gap or overlap, whatever the zone", () => {
    const zones = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"];
    const days = fc.integer({ min: micros("2025-01-01T00:00:00Z"), max: micros("2027-01-01T00:00:00Z") });
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom("1d", "1w", "1mo", "6h", "1h", "15m"),
        days,
        (zone, interval, time) => {
          const find = bucketFinder(parseInterval(interval), zone);
          const here = find(time);
          expect(here.startMicros).toBeLessThanOrEqual(time);
          expect(here.endMicros).toBeGreaterThan(time);
          expect(find(here.endMicros).startMicros).toBe(here.endMicros);
          expect(find(here.startMicros)).toEqual(here);
          expect(find(here.endMicros - 1)).toEqual(here);
        },
      ),
    );
  });

  it("refuse what is no interval and no zone, with the mend", () => {
    for (const text of ["", "h", "0h", "1.5h", "1y", "99999d"]) expect(() => parseInterval(text)).toThrow("15m or 1d");
    expect(() => bucketFinder({ count: 1, unit: "d" }, "Mars/Olympus")).toThrow("IANA");
  });
});
