import type { Violation } from "@sluice/core/safety/check-device-log.ts";
import { expect, test } from "vitest";
import { herdTable } from "./herd-table.ts";
import { isPromiseKept } from "./run-herd.ts";
import type { SideReport } from "./side.ts";

const VIOLATION: Violation = { clause: 1, actuator: "pump", what: "on while it was on", at: 3 };

function reportOf(sluice: Partial<SideReport>) {
  const side = { readingsSent: 1_000, startsSent: 2, answersLost: 1, onEdges: 1, longestOnMs: 1_001, violations: [] };
  const violations = Array.from({ length: 999 }, () => VIOLATION);
  const naive = { ...side, name: "check, then act", startsSent: 1_000, onEdges: 1_000, violations };
  return {
    runMs: 1_000,
    cooldownMs: 900_000,
    sides: [naive, { ...naive, onEdges: 2 }, { ...side, name: "Sluice", ...sluice }],
  };
}

test("the table has a line for each side, and a sentence that says what it comes to", () => {
  const lines = herdTable(reportOf({})).split("\n");
  expect(lines[0]).toMatch(/readings +starts sent +ON edges +longest on +violations/);
  expect(lines[1]).toMatch(/^check, then act +1,000 +1,000 +1,000 +1.00 s +999$/);
  expect(lines[3]).toMatch(/^Sluice +1,000 +2 +1 +1.00 s +0$/);
  expect(lines.join(" ")).toContain("Sluice started the pump once, the others 1,000 and 2 times");
});

test("the promise is kept by one start within the limits, and by nothing else", () => {
  expect(isPromiseKept(reportOf({}))).toBe(true);
  expect(isPromiseKept(reportOf({ onEdges: 2 }))).toBe(false);
  expect(isPromiseKept(reportOf({ onEdges: 0 }))).toBe(false);
  expect(isPromiseKept(reportOf({ violations: [VIOLATION] }))).toBe(false);
});
