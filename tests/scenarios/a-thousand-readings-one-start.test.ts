import { type HerdReport, runHerd } from "@sluice/cli/herd/run-herd.ts";
import type { SideReport } from "@sluice/cli/herd/side.ts";
import { beforeAll, describe, expect, it } from "vitest";

const READINGS = 200;

describe(`${READINGS} low readings at once, and the pump's first answer lost on the way`, () => {
  let report: HerdReport;

  beforeAll(async () => {
    report = await runHerd({ readings: READINGS, say: () => {}, interruption: new AbortController().signal });
  });

  it("start the pump once with Sluice, which sends the same command again", () => {
    const sluice = report.sides.at(-1)!;
    expect(sluice).toMatchObject({ name: "Sluice", readingsSent: READINGS, onEdges: 1 });
    expect(clausesBrokenBy(sluice)).toEqual([]);
    expect(sluice.startsSent).toBeGreaterThan(1);
    expect(sluice.answersLost).toBeGreaterThan(0);
  });

  it("start it several times where the check is not one with the act", () => {
    const [checkThenAct] = report.sides;
    expect(checkThenAct!.readingsSent).toBe(READINGS);
    expect(checkThenAct!.onEdges).toBeGreaterThan(1);
    expect(clausesBrokenBy(checkThenAct!)).toContain(1);
  });

  it("start it twice where a job queue takes a lost answer for a job not done", () => {
    const queue = report.sides[2]!;
    expect(queue).toMatchObject({ startsSent: 2, answersLost: 1, onEdges: 2 });
    expect(clausesBrokenBy(queue)).toEqual([5]);
  });

  /** Without the bound of a run: a timer that shares its cores with other tests may be late. */
  function clausesBrokenBy({ violations }: SideReport): number[] {
    return violations.map(({ clause }) => clause).filter((clause) => clause !== 2);
  }
});
