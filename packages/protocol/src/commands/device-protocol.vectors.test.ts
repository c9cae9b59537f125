import { readFileSync } from "node:fs";
import { REFUSAL_REASONS } from "@sluice/core/safety/gate-refusal.ts";
import type { Sabotage } from "@sluice/core/safety/testing/virtual-ports.ts";
import { describe, expect, it } from "vitest";
import { type Expectation, playVector, type Said, type Vector } from "./testing/vector-player.ts";

/** The vectors that firmware authors play against their devices, played against the gate that is shipped. */
const path = new URL("../../../../docs/guides/device-protocol-vectors.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(path, "utf8")) as { readonly vectors: readonly Vector[] };

/** Of each sort, the order counts; hellos that nothing is expected of may say anything. */
function differences({ expect: expected }: Vector, said: readonly Said[]): readonly unknown[] {
  const hellos = expected.filter(({ hello }) => hello !== undefined);
  const missing = hellos.filter((line) => !said.some((other) => isMet(line, other)));
  const others = (["evidence", "edge", "setPoint"] as const).flatMap((sort) =>
    inOrder(
      expected.filter((line) => line[sort] !== undefined),
      said.filter((line) => line[sort] !== undefined),
    ),
  );
  return [...missing.map((line) => ({ missing: line })), ...others];
}

function inOrder(expected: readonly Expectation[], said: readonly Said[]): readonly unknown[] {
  const left = [...said];
  for (const line of expected) {
    const next = left[0];
    if (next !== undefined && isMet(line, next)) left.shift();
    else if (!line.optional) return [{ expected: line, said: next }];
  }
  return left.map((line) => ({ unexpected: line }));
}

/** Every field that is expected is there; others may be there as well. */
function isMet(expected: unknown, said: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return Object.is(expected, said);
  if (typeof said !== "object" || said === null) return false;
  if (Array.isArray(expected)) {
    return Array.isArray(said) && said.length === expected.length && expected.every((part, i) => isMet(part, said[i]));
  }
  const fields = Object.entries(expected).filter(([key]) => key !== "optional");
  return fields.every(([key, value]) => isMet(value, (said as Record<string, unknown>)[key]));
}

describe("our gate", () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))("plays: %s", (_name, vector) => {
    const { said, violations } = playVector(vector);
    expect(differences(vector, said)).toEqual([]);
    expect(violations).toEqual([]);
  });
});

describe("the vectors", () => {
  it("are many, have names of their own, and expect something", () => {
    expect(vectors.length).toBeGreaterThanOrEqual(40);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
  });

  it("reach every clause that a device can keep alone", () => {
    const clauses = new Set(vectors.flatMap((vector) => vector.clauses));
    expect([...clauses].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("reach every reason for a refusal", () => {
    const reasons = vectors.flatMap((vector) => vector.expect.map(({ evidence }) => evidence?.reason));
    expect(REFUSAL_REASONS.filter((reason) => !reasons.includes(reason))).toEqual([]);
  });

  const bad: readonly [string, number, Partial<Sabotage>][] = [
    ["that forgets everything", 1, { forgets: true }],
    ["that has no timer", 2, { hasNoTimers: true }],
    ["whose wall clock stands still", 3, { wallClockStands: true }],
    ["that forgets everything", 4, { forgets: true }],
    ["that forgets everything", 5, { forgets: true }],
    ["that hears no STOP", 6, { isDeafToStops: true }],
    ["that is not told of a lost link", 8, { isDeafToLinkLoss: true }],
  ];
  it.each(bad)("tell a device %s from one that keeps clause %i", (_what, clause, sabotage) => {
    const ofClause = vectors.filter(({ clauses }) => clauses.includes(clause));
    expect(ofClause.some((vector) => differences(vector, playVector(vector, sabotage).said).length > 0)).toBe(true);
  });

  it("tell a device without its interlock from one that keeps clause 7", () => {
    const ofClause = vectors.filter(({ clauses }) => clauses.includes(7));
    const loosened = ofClause.map((vector) => {
      const limits = Object.entries(vector.limits).map(([key, { interlockGroup: _group, ...rest }]) => [key, rest]);
      return { ...vector, limits: Object.fromEntries(limits) as Vector["limits"] };
    });
    expect(loosened.some((vector) => differences(vector, playVector(vector).said).length > 0)).toBe(true);
  });
});
