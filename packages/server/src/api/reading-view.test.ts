import { NO_LIMITS } from "@sluice/core/telemetry/validity.ts";
import { expect, test } from "vitest";
import type { ProfileEntry } from "../devices/index.ts";
import { flatPayload, formatLocalTime, localTime, originalPayload, readingOf } from "./reading-view.ts";

const profile: ProfileEntry = {
  id: 1,
  organizationId: 1,
  key: "generic",
  metricNumbers: new Map([
    ["bme280.temperature.c", 0],
    ["disk", 1],
  ]),
  metricKeys: ["bme280.temperature.c", "disk"],
  validity: NO_LIMITS,
  readingsPerSecond: 1,
  readingsBurst: 1,
};

test("a payload is given back as it came", () => {
  const payload = { bme280: { temperature: { c: 21.4 } }, cpu: { error: "no sensor" } };
  const reading = readingOf(0, [[0, 21.4]], JSON.stringify({ $payload: payload, "cpu.error": "no sensor" }), profile);
  expect(originalPayload(reading)).toEqual(payload);
});

test("what did not come as a payload is given flat, without what is reserved", () => {
  const reading = readingOf(
    0,
    [
      [0, 21.4],
      [1, Number.NaN],
      [9, 1],
    ],
    '{"note":"calibrated","$ts_local":"x"}',
    profile,
  );
  expect(flatPayload(reading)).toEqual({ note: "calibrated", "bme280.temperature.c": 21.4 });
  expect(originalPayload(reading)).toEqual(flatPayload(reading));
});

test.each([
  [Date.UTC(2026, 6, 1, 6), "Europe/Berlin", "2026-07-01T08:00:00.000+02:00"],
  [Date.UTC(2026, 0, 1, 0, 30), "America/St_Johns", "2025-12-31T21:00:00.000-03:30"],
  [Date.UTC(2026, 0, 1), "UTC", "2026-01-01T00:00:00.000+00:00"],
  // The hour that occurs twice, told apart by its offset.
  [Date.UTC(2026, 9, 25, 0, 30), "Europe/Berlin", "2026-10-25T02:30:00.000+02:00"],
  [Date.UTC(2026, 9, 25, 1, 30), "Europe/Berlin", "2026-10-25T02:30:00.000+01:00"],
])("%d in %s is %s", (ms, zone, text) => {
  expect(formatLocalTime(ms * 1000, zone)).toBe(text);
  expect(Date.parse(text)).toBe(ms);
});

test("a device's own local time goes before the site's", () => {
  const said = readingOf(0, [], '{"$ts_local":"2026-05-01T08:00:00"}', profile);
  expect(localTime(said, "Europe/Berlin")).toBe("2026-05-01T08:00:00");
  expect(localTime(readingOf(0, [], undefined, profile), "UTC")).toBe("1970-01-01T00:00:00.000+00:00");
});
