import { expect, test } from "vitest";
import { ENERGY_ROLES, homeEnergyProfiles, signedPower } from "./profiles.ts";

test("every device of a home says its power in watts, storage its charge too, and each has a role", () => {
  for (const { key, metrics } of homeEnergyProfiles) {
    const keys = metrics.map((metric) => metric.key);
    expect(metrics[0], key).toMatchObject({ key: "power", unit: "W" });
    expect(keys.includes("charge" as never), key).toBe(ENERGY_ROLES[key] === "storage");
  }
});

test("what is given is positive, and an appliance only takes, whichever sign it sends", () => {
  expect([signedPower("load", 150), signedPower("load", -150)]).toEqual([-150, -150]);
  expect([signedPower("source", 3_000), signedPower("storage", -800), signedPower("grid", -20)]).toEqual([
    3_000, -800, -20,
  ]);
});

test("whatever switches power is off when nobody can tell it anything", () => {
  const actuators = homeEnergyProfiles.flatMap((profile) => [...profile.actuators]);
  expect(actuators.map(({ key, safeState }) => [key, safeState])).toEqual([
    ["charger", "off"],
    ["charger", "off"],
    ["switch", "off"],
  ]);
  expect(actuators.every(({ linkLossMs, cooldownMs }) => linkLossMs > 0 && cooldownMs > 0)).toBe(true);
});
