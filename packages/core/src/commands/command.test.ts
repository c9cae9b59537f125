import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterEvidence, type CommandState, EVIDENCE_STATES, isLive, refundOf } from "./command.ts";

const LIFE: readonly CommandState[] = ["DISPATCHING", "UNKNOWN", "ACCEPTED", "RUNNING"];

describe("evidence", () => {
  it("moves a command forward in any order, however often it comes, and never out of an end", () => {
    fc.assert(
      fc.property(fc.constantFrom(...LIFE), fc.array(fc.constantFrom(...EVIDENCE_STATES)), (first, heard) => {
        let state: CommandState = first;
        for (const evidence of heard) {
          const next = afterEvidence(state, evidence);
          if (!isLive(state)) expect(next).toBe(state);
          if (state === "RUNNING") expect(next).not.toBe("ACCEPTED");
          expect(afterEvidence(next, evidence)).toBe(next);
          state = next;
        }
      }),
    );
  });

  it("that the device ran is not taken back by a refusal that comes later", () => {
    for (const state of ["ACCEPTED", "RUNNING", "COMPLETED", "ABORTED"] as const) {
      expect(afterEvidence(state, "REJECTED")).toBe(state);
    }
  });

  it("does nothing for a command that was never sent", () => {
    for (const evidence of EVIDENCE_STATES) expect(afterEvidence("QUEUED", evidence)).toBe("QUEUED");
  });
});

describe("a refund", () => {
  it("is given for proof alone", () => {
    expect((["REJECTED", "NOT_EXECUTED", "EXPIRED", "CANCELLED"] as const).map(refundOf)).toEqual(
      Array(4).fill("whole"),
    );
    expect((["COMPLETED", "ABORTED", "INTERRUPTED"] as const).map(refundOf)).toEqual(Array(3).fill("shrink"));
    expect((["UNKNOWN", "UNKNOWN_CLOSED", "RUNNING"] as const).map(refundOf)).toEqual(Array(3).fill("none"));
  });
});
