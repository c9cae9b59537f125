import { describe, expect, it, test } from "vitest";
import { WATER_LIMITS } from "./limit-table.ts";
import { boundsIn, limitsBroken, limitsOn } from "./limits.ts";
import { waterQualityProfile } from "./profile.ts";

const DAY = "2026-07-01";
/** As the profile tells them. */
const NITRATE = { unit: "mg/L", as: "NO3" } as const;

test("each limit names its source, bounds something, and converts into a metric's unit", () => {
  for (const limit of WATER_LIMITS) {
    expect(limit.source, limit.parameter).toMatch(/40 CFR \d|2020\/2184, annex|WHO Guidelines/);
    expect(limit.minimum ?? limit.maximum, limit.parameter).toBeDefined();
    const metric = waterQualityProfile.metrics.find(({ key }) => key === limit.parameter);
    const measured = metric && { unit: metric.unit, ...(limit.as !== undefined && { as: limit.as }) };
    if (measured) expect(() => boundsIn(limit, measured), limit.parameter).not.toThrow();
  }
});

test("no authority says two things of one parameter with one meaning on one day", () => {
  for (const day of [DAY, "2030-01-01", "2040-01-01"]) {
    for (const parameter of new Set(WATER_LIMITS.map((limit) => limit.parameter))) {
      const said = limitsOn(parameter, day).map(({ authority, meaning, minimum }) =>
        [authority, meaning, minimum].join(),
      );
      expect(new Set(said).size, `${parameter} on ${day}`).toBe(said.length);
    }
  }
});

describe("lead", () => {
  it("is 10 µg/L in the European Union until 12 January 2036, and 5 from then", () => {
    expect(limitsOn("lead", "2036-01-11", "EU")).toMatchObject([{ maximum: 10, meaning: "legal" }]);
    expect(limitsOn("lead", "2036-01-12", "EU")).toMatchObject([{ maximum: 5, meaning: "legal" }]);
  });

  it("has an action level in the United States, which falls on 1 November 2027", () => {
    expect(limitsOn("lead", "2027-10-31", "EPA")).toMatchObject([{ maximum: 0.015, meaning: "action" }]);
    expect(limitsOn("lead", "2027-11-01", "EPA")).toMatchObject([{ maximum: 0.01, meaning: "action" }]);
  });

  it("is judged in the station's micrograms, whatever the source prints", () => {
    const broken = limitsBroken("lead", 12, { unit: "µg/L" }, DAY);
    expect(broken.map(({ authority }) => authority)).toEqual(["EU", "WHO"]);
    expect(limitsBroken("lead", 10, { unit: "µg/L" }, DAY, "EU")).toEqual([]);
  });
});

test("nitrate of 47 mg/L as NO3 is allowed in Europe and not in the United States, which counts nitrogen", () => {
  expect(limitsBroken("nitrate", 47, NITRATE, DAY).map(({ authority }) => authority)).toEqual(["EPA"]);
  expect(limitsBroken("nitrate", 51, NITRATE, DAY).map(({ authority }) => authority)).toEqual(["EPA", "EU", "WHO"]);
  expect(limitsBroken("nitrate", 10.5, { unit: "mg/L", as: "N" }, DAY).map(({ authority }) => authority)).toEqual([
    "EPA",
  ]);
});

/** EPA, National Primary Drinking Water Regulations, table of contaminants (EPA 816-F-09-004). */
test.each([
  ["beryllium", 0.004, "mg/L"],
  ["bromate", 0.01, "mg/L"],
  ["cyanide", 0.2, "mg/L"],
  ["e_coli", 0, "1/100 mL"],
  ["haloacetic_acids", 0.06, "mg/L"],
  ["thallium", 0.002, "mg/L"],
  ["trihalomethanes", 0.08, "mg/L"],
])("the EPA allows %s up to %d %s", (parameter, maximum, unit) => {
  expect(limitsOn(parameter, DAY, "EPA")).toMatchObject([{ meaning: "legal", maximum, unit }]);
});

test("nitrate of which nobody says whether it is nitrogen or the ion is not judged", () => {
  expect(() => limitsBroken("nitrate", 12, { unit: "mg/L" }, DAY)).toThrow("say as what the measurement is told");
});

test("a conductivity at 25 °C is held against what the limit at 20 °C is there", () => {
  expect(limitsBroken("conductivity", 2_780, { unit: "µS/cm" }, DAY)).toEqual([]);
  expect(limitsBroken("conductivity", 2_791, { unit: "µS/cm" }, DAY)).toMatchObject([{ meaning: "indicator" }]);
});

test("too little chlorine is as much beyond a limit as too much, and the gravest is told first", () => {
  expect(limitsBroken("chlorine", 0.1, { unit: "mg/L" }, DAY).map(({ meaning }) => meaning)).toEqual([
    "treatment",
    "treatment",
  ]);
  expect(limitsBroken("chlorine", 4.5, { unit: "mg/L" }, DAY)).toMatchObject([{ authority: "EPA", meaning: "legal" }]);
  expect(limitsOn("turbidity", DAY).map(({ meaning }) => meaning)).toEqual([
    "treatment",
    "treatment",
    "treatment",
    "aesthetic",
  ]);
});
