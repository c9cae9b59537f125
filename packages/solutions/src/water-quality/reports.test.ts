import { expect, test } from "vitest";
import { waterQualityProfile } from "./profile.ts";
import { waterQualityReports } from "./reports.ts";

test("reports show every metric of a station, in its unit and precision", () => {
  for (const { metrics, sections } of waterQualityReports) {
    expect(metrics.map(({ key, unit, digits }) => ({ key, unit, precision: digits }))).toEqual(
      waterQualityProfile.metrics.map(({ key, unit, precision }) => ({ key, unit, precision })),
    );
    const keys = metrics.map(({ key }) => key);
    for (const section of sections) if ("metrics" in section) expect(section.metrics).toEqual(keys);
  }
});

test("a station may send once a second", () => {
  expect(waterQualityProfile).toMatchObject({ readingsPerSecond: 1, readingsBurst: 1 });
});
