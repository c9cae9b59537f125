import { expect, test } from "vitest";
import type { ProfilePart } from "../devices/index.ts";
import { planUpgrade } from "./plan-upgrade.ts";

const part = (key: string, value: number | undefined, kind: ProfilePart["kind"] = "rule"): ProfilePart[] =>
  value === undefined ? [] : [{ kind, profile: "zone", key, content: { value, unit: "%" } }];
const profile: ProfilePart = { kind: "profile", profile: "zone", key: "", content: { name: "Zone" } };

/** A part's outcome by what was installed, what is there and what the version brings. */
function outcome(
  was: number | undefined,
  is: number | undefined,
  next: number | undefined,
  kind?: ProfilePart["kind"],
) {
  const sides = {
    installed: [profile, ...part("a", was, kind)],
    current: [profile, ...part("a", is, kind)],
    next: [profile, ...part("a", next, kind)],
    foreignProfiles: new Set<string>(),
  };
  return planUpgrade(sides).find(({ key }) => key === "a")?.outcome;
}

test.each([
  ["new", undefined, undefined, 1, "added"],
  ["as installed, and other now", 1, 1, 2, "upgraded"],
  ["as installed, and still so", 1, 1, 1, "unchanged"],
  ["changed to what the version has", 1, 2, 2, "unchanged"],
  ["changed by a person", 1, 3, 2, "kept"],
  ["changed by a person, in a version that changes nothing", 1, 3, 1, "kept"],
  ["made by a person under the same key", undefined, 3, 2, "kept"],
  ["deleted by a person", 1, undefined, 2, "deleted"],
  ["withdrawn", 1, 1, undefined, "withdrawn"],
  ["withdrawn, but changed by a person", 1, 3, undefined, "left"],
  ["withdrawn, and deleted by a person", 1, undefined, undefined, "deleted"],
  ["a person's own", undefined, 3, undefined, undefined],
] as const)("%s", (_, was, is, next, expected) => {
  expect(outcome(was, is, next)).toBe(expected);
});

test("a metric is never withdrawn: stored readings name it", () => {
  expect(outcome(1, 1, undefined, "metric")).toBe("left");
});

test("the order of a content's fields says nothing", () => {
  const turned = [{ ...part("a", 1)[0]!, content: { unit: "%", value: 1 } }];
  const sides = { installed: part("a", 1), current: turned, next: part("a", 2), foreignProfiles: new Set<string>() };
  expect(planUpgrade(sides)).toMatchObject([{ outcome: "upgraded" }]);
});

test("of a profile that is gone, or somebody's own, nothing is added", () => {
  const next = [profile, ...part("a", 1), ...part("b", 1)];
  const gone = planUpgrade({ installed: next, current: [], next, foreignProfiles: new Set() });
  expect(gone.map((one) => one.outcome)).toEqual(["deleted", "deleted", "deleted"]);
  const foreign = planUpgrade({ installed: [], current: [profile], next, foreignProfiles: new Set(["zone"]) });
  expect(foreign.map((one) => one.outcome)).toEqual(["kept", "kept", "kept"]);
});
