import { describe, expect, it, test } from "vitest";
import { ccmeCategory, ccmeIndex, type WaterTest } from "./ccme-index.ts";

/**
 * The worked example of the User's Manual: the North Saskatchewan River at Devon, 1997. What was below detection is 0; what was not
 * tested is absent.
 */
const DEVON: readonly { readonly variable: string; minimum?: number; maximum?: number; readonly values: string }[] = [
  { variable: "dissolved oxygen", minimum: 5, values: "11.4 11 11.5 12.5 10.4 8.9 8.5 7.5 9.2 11 12.1 13.3" },
  { variable: "pH", minimum: 6.5, maximum: 9, values: "8 7.9 7.9 7.9 8.1 8.2 8.3 8.2 8.2 8.1 8 8" },
  {
    variable: "total phosphorus",
    maximum: 0.05,
    values: "0.006 0.005 0.006 0.058 0.042 0.108 0.017 0.008 0.006 0.008 0.006 0.004",
  },
  {
    variable: "total nitrogen",
    maximum: 1,
    values: "0.16 0.17 0.132 0.428 0.25 0.707 0.153 0.153 0.13 0.093 0.296 0.054",
  },
  { variable: "faecal coliforms", maximum: 400, values: "4 0 4 0 0 26 9 8 12 12 8 4" },
  { variable: "arsenic", maximum: 0.05, values: "0.0002 0 0 0 0.0002 0.0006 0.0002 0 0.0003 0 0 0" },
  {
    variable: "lead",
    maximum: 0.004,
    values: "0.0004 0.0094 0 0.0008 0.0008 0.0013 0.0004 0 0.0018 0.0011 0.0051 0",
  },
  { variable: "mercury", maximum: 0.1, values: "0 0 0 0 0 0 0 0 0 0 0" },
  { variable: "2,4-D", maximum: 4, values: "0 0.004 0 0" },
  { variable: "lindane", maximum: 0.01, values: "0 0 0 0" },
];
const tests: readonly WaterTest[] = DEVON.flatMap(({ values, ...objective }) =>
  values.split(" ").map((value) => ({ ...objective, value: Number(value) })),
);

describe("the manual's example", () => {
  const result = ccmeIndex(tests).value!;

  it("has 10 variables, of which 2 fail, and 103 tests, of which 4 fail", () => {
    expect(result).toMatchObject({ variables: 10, failedVariables: 2, tests: 103, failedTests: 4 });
  });

  it("comes to the manual's factors and its 88, which is good", () => {
    expect(result.scope).toBe(20);
    expect(result.frequency).toBeCloseTo(3.9, 1);
    expect(result.amplitude).toBeCloseTo(2.8, 1);
    expect(result.index).toBeCloseTo(88.1, 1);
    expect(Math.round(result.index)).toBe(88);
    expect(result.category).toBe("good");
  });

  it("is worse with every excursion", () => {
    const worse = tests.map((test) => (test.variable === "lindane" ? { ...test, value: 0.02 } : test));
    const { value } = ccmeIndex(worse);
    expect(value!.index).toBeLessThan(result.index);
    expect(value!.failedVariables).toBe(3);
  });
});

const FOUR = ["a", "b", "c", "d"];
const every = (value: number, objective: { minimum?: number; maximum?: number }): WaterTest[] =>
  FOUR.flatMap((variable) => [1, 2, 3, 4].map(() => ({ variable, value, ...objective })));

test("water that keeps everything is 100, and water that keeps nothing, infinitely, near 0", () => {
  expect(ccmeIndex(every(1, { maximum: 2 })).value!.index).toBe(100);
  expect(ccmeIndex(every(1e9, { maximum: 1 })).value!.index).toBeCloseTo(0, 4);
});

test("an excursion is of what is too much, too little, or should not be there", () => {
  expect(ccmeIndex(every(3, { maximum: 2 })).value!.nse).toBe(0.5);
  expect(ccmeIndex(every(2, { minimum: 3 })).value!.nse).toBe(0.5);
  expect(ccmeIndex(every(3, { maximum: 0 })).value!.nse).toBe(3);
});

test("water without oxygen is missed by as much as can be detected", () => {
  const anoxic = every(0, { minimum: 5 }).map((one) => ({ ...one, detectionLimit: 0.1 }));
  expect(ccmeIndex(anoxic).value!.nse).toBeCloseTo(49, 12);
  expect(ccmeIndex(every(0, { maximum: 5 })).value!.index).toBe(100);
});

test("what has no objective counts neither as a variable nor as a test", () => {
  const more = [...tests, ...every(1, {}).map((one) => ({ ...one, variable: `colour ${one.variable}` }))];
  expect(ccmeIndex(more)).toEqual(ccmeIndex(tests));
  expect(ccmeIndex(every(1, {})).reason).toContain("4 variables with an objective");
});

test("too few variables, or tests of one, say nothing; neither does a value that is none", () => {
  expect(ccmeIndex(tests.filter(({ variable }) => FOUR.includes(variable))).reason).toContain("4 variables");
  expect(ccmeIndex([...tests, { variable: "new", value: 1, maximum: 2 }]).reason).toContain("fewer than 4 times");
  expect(ccmeIndex(every(0, { minimum: 3 })).reason).toContain("what could be detected");
  expect(ccmeIndex(every(Number.NaN, { maximum: 3 })).reason).toContain("missing");
});

test.each([
  [100, "excellent"],
  [95, "excellent"],
  [94.9, "good"],
  [80, "good"],
  [65, "fair"],
  [45, "marginal"],
  [44, "poor"],
  [0, "poor"],
] as const)("%d is %s", (index, category) => {
  expect(ccmeCategory(index)).toBe(category);
});
