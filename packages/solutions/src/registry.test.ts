import { readdirSync } from "node:fs";
import path from "node:path";
import { parseAlertPolicy } from "@sluice/core/alerts/alert-policy.ts";
import { assertEnvelope } from "@sluice/core/safety/envelope.ts";
import { compileSchedule } from "@sluice/core/schedules/schedule.ts";
import { findUnit } from "@sluice/core/units/convert.ts";
import { describe, expect, test } from "vitest";
import { solutions } from "./registry.ts";

const doubles = (keys: readonly string[]) => keys.filter((key, index) => keys.indexOf(key) !== index);

test("each folder is a solution, and each solution a folder of its key", () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(solutions.map(({ key }) => key).sort()).toEqual(folders.map(({ name }) => name).sort());
});

test("no two solutions have a profile or a report of the same key", () => {
  expect(doubles(solutions.flatMap(({ profiles }) => profiles.map(({ key }) => key)))).toEqual([]);
  expect(doubles(solutions.flatMap(({ reports }) => reports.map(({ key }) => key)))).toEqual([]);
});

describe.each(solutions)("$key", (solution) => {
  const { profiles, derivedMetrics, formulas, reports, assetKinds, world, story, version } = solution;
  const profileKeys = profiles.map(({ key }) => key);

  test("its version is counted from 1, and its story has steps", () => {
    expect(Number.isInteger(version) && version >= 1).toBe(true);
    expect(story.steps.length).toBeGreaterThan(1);
  });

  test.each(profiles)("$key: its rules and schedules name what it has, within its limits", (profile) => {
    const metrics = profile.metrics.map(({ key }) => key);
    const longest = new Map(profile.actuators.map(({ key, maxRunMs }) => [key, maxRunMs]));
    profile.actuators.forEach(assertEnvelope);
    for (const { metric, action, alert } of profile.rules) {
      expect(metrics).toContain(metric);
      if (alert !== undefined) parseAlertPolicy(alert);
      if (action !== undefined) expect([...longest.keys()]).toContain(action.actuator);
      if (action?.kind === "RUN") expect(action.durationMs).toBeLessThanOrEqual(longest.get(action.actuator)!);
    }
    for (const { actuator, times, action } of profile.schedules ?? []) {
      expect(action.durationMs ?? 0).toBeLessThanOrEqual(longest.get(actuator) ?? -1);
      compileSchedule({ times, timeZone: "Europe/Berlin" }, { latitude: 52, longitude: 13 });
    }
  });

  test("derived metrics are of its own metrics, in units that can be converted, and say nothing of nothing", () => {
    const metrics = profiles.flatMap((profile) => profile.metrics.map(({ key }) => key));
    for (const { inputs, unit, source, derive } of derivedMetrics) {
      expect(metrics).toEqual(expect.arrayContaining([...inputs]));
      expect(findUnit(unit), unit).toBeDefined();
      expect(source).not.toBe("");
      expect(derive({})).toEqual({ value: undefined, reason: expect.stringMatching(/./) });
    }
  });

  test("each formula goes by the name of its function, and has its source", () => {
    for (const { name, summary, source, evaluate } of formulas) {
      expect(name).toBe(evaluate.name);
      expect(summary && source).toBeTruthy();
    }
  });

  test("reports and assets are of its own profiles", () => {
    for (const { profiles: reported } of [...reports, ...assetKinds]) {
      expect(profileKeys).toEqual(expect.arrayContaining([...reported]));
    }
  });

  test("its world stands on the globe, of assets and devices that it has", () => {
    const devices = world.sites.flatMap(({ assets }) => assets.flatMap((asset) => asset.devices));
    expect(devices.length).toBeGreaterThan(0);
    expect(doubles(devices.map(({ uid }) => uid))).toEqual([]);
    expect(profileKeys).toEqual(expect.arrayContaining(devices.map(({ profile }) => profile)));
    for (const { latitude, longitude, timeZone, assets } of world.sites) {
      expect(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180).toBe(true);
      expect(() => new Intl.DateTimeFormat("en", { timeZone })).not.toThrow();
      expect(assetKinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(assets.map(({ kind }) => kind)));
    }
  });

  test("its formulas are tested beside it", () => {
    const folder = path.join(import.meta.dirname, solution.key);
    expect(readdirSync(folder).some((file) => file.endsWith(".test.ts"))).toBe(true);
  });
});
