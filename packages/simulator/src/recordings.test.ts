import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { homeEnergyProfiles } from "@sluice/solutions/home-energy/profiles.ts";
import { waterQualityProfile } from "@sluice/solutions/water-quality/profile.ts";
import { describe, expect, test } from "vitest";
import { findRecording, RECORDINGS, recordingUid } from "./recordings.ts";

const FOLDER = process.env.SLUICE_RECORDINGS ?? path.resolve(import.meta.dirname, "../../../../shared/data");
const isThere = existsSync(FOLDER);
if (!isThere) console.warn(`there are no recordings (${FOLDER}): their columns are not looked at`);

test("every recording has a name of its own, and says where it comes from", () => {
  expect(new Set(RECORDINGS.map(recordingUid)).size).toBe(RECORDINGS.length);
  for (const { key, source, licence } of RECORDINGS) {
    expect(recordingUid(findRecording(key)!)).toMatch(/^[\w-]+$/);
    expect(source.length, key).toBeGreaterThan(10);
    expect(licence.length, key).toBeGreaterThan(2);
  }
  expect(findRecording("nothing")).toBeUndefined();
});

test("what is said to be a profile's metric is one, or a flag or a further metric with a name of its own", () => {
  const metrics = new Map<string, readonly string[]>(
    [...homeEnergyProfiles, waterQualityProfile].map(({ key, metrics: all }) => [key, all.map((metric) => metric.key)]),
  );
  for (const { key, profile, columns = {} } of RECORDINGS) {
    const named = Object.values(columns).map(({ metric }) => metric);
    expect(new Set(named).size, key).toBe(named.length);
    const known = metrics.get(profile);
    if (known !== undefined) expect(named.filter((metric) => known.includes(metric)).length, key).toBeGreaterThan(0);
  }
});

describe.runIf(isThere)("in the folder of recordings", () => {
  test.each(RECORDINGS)("$key has the columns that it is said to have", ({ file, columns = {} }) => {
    const bytes = readFileSync(path.join(FOLDER, file));
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    const header = text.slice(0, text.indexOf("\n")).trim().split(",");
    expect(header[0]).toBe("timestamp");
    for (const column of Object.keys(columns)) expect(header).toContain(column);
  });
});
