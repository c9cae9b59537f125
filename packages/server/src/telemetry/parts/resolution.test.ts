import { describe, expect, it } from "vitest";
import { assertResolution } from "./resolution.ts";

const at = (text: string) => Date.parse(text) * 1000;
const OCTOBER = { fromMicros: at("2026-10-01"), toMicros: at("2026-11-01") };
const part = (sidecarInterval: "quarter" | "day" | "month", sidecarZone = "UTC") => ({
  minMicros: at("2026-10-03T07:00:00Z"),
  maxMicros: at("2026-10-20T09:30:00Z"),
  sidecarInterval,
  sidecarZone,
});

describe("what retention has left", () => {
  it.each([
    ["quarter", "UTC", "15m", undefined],
    ["day", "UTC", "1d", undefined],
    ["day", "UTC", "1mo", undefined],
    ["day", "Europe/Berlin", "1d", "Europe/Berlin"],
    ["day", "Asia/Kolkata", "7d", "Asia/Kolkata"],
    // Both have summer time, from and to the same instants.
    ["day", "Europe/Berlin", "1d", "Europe/Rome"],
    ["month", "UTC", "1mo", undefined],
    ["month", "UTC", "3mo", undefined],
    // No month ends within the part, so that all of it lies in one either way.
    ["month", "UTC", "1mo", "Asia/Kolkata"],
  ] as const)("of %s rows in %s buckets of %s in %s are made", (interval, zone, asked, askedZone) => {
    assertResolution([part(interval, zone)], { interval: asked, zone: askedZone, ...OCTOBER });
  });

  it.each([
    ["day", "UTC", "1h", undefined],
    ["day", "UTC", "1d", "Europe/Berlin"],
    ["day", "Europe/Berlin", "1d", undefined],
    ["month", "UTC", "1d", undefined],
    ["month", "UTC", "1w", undefined],
  ] as const)("of %s rows in %s no buckets of %s in %s are made", (interval, zone, asked, askedZone) => {
    const range = { interval: asked, zone: askedZone, ...OCTOBER };
    expect(() => assertResolution([part("quarter"), part(interval, zone)], range)).toThrow(
      expect.objectContaining({
        code: "telemetry.resolution_gone",
        details: { left: interval === "day" ? "1d" : "1mo", zone, goneBefore: "2026-10-20T09:30:00.001Z" },
      }),
    );
  });

  it("is asked for from where a row begins, and up to where one ends", () => {
    const ask = (from: string, to: string) =>
      assertResolution([part("day")], { interval: "1d", fromMicros: at(from), toMicros: at(to) });
    ask("2026-10-05", "2026-10-06");
    ask("2026-10-03T06:00:00Z", "2026-10-20T23:00:00Z");
    expect(() => ask("2026-10-05T12:00:00Z", "2026-10-07")).toThrow("only days of UTC");
    expect(() => ask("2026-10-05", "2026-10-06T12:00:00Z")).toThrow("only days of UTC");
  });
});
