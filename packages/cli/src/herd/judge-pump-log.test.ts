import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import { lineOf } from "@sluice/simulator/device-log.ts";
import { summariseDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { expect, test } from "vitest";
import { judgePumpLog, type PumpVerdict } from "./judge-pump-log.ts";

const LIMITS = { maxRunMs: 1_000, cooldownMs: 60_000, linkLossMs: 10_000 };
const AT = "2026-01-01T00:00:00.000Z";
const BOOT_MS = Date.parse(AT);

/** Judges a log of one boot, given as "on 10, off 900" in milliseconds; the n-th ON has fence n. */
function judge(text: string): PumpVerdict {
  let fence = 0;
  const events = text.split(", ").map((entry): DeviceLogEvent => {
    const [kind, mono] = entry.split(" ") as ["on" | "off", string];
    const edge = { actuator: "pump", monoMs: Number(mono) };
    if (kind === "off") return { event: "off", ...edge, reason: "duration" };
    const limits = { durationMs: LIMITS.maxRunMs, limitMs: LIMITS.maxRunMs, cooldownMs: 0 };
    const deadline = { bootId: "boot", validUntilMonoMs: edge.monoMs + 1 };
    return { event: "on", ...edge, ...limits, deadline, fence: ++fence, commandId: `c${fence}` };
  });
  const boot: DeviceLogEvent = { event: "boot", bootId: "boot", atMs: BOOT_MS };
  const lines = [boot, { event: "link_up", monoMs: 0 } as const, ...events].map((event) => lineOf(event, AT, "boot"));
  return judgePumpLog(summariseDeviceLog(lines.map((line) => `${JSON.stringify(line)}\n`).join("")), LIMITS);
}

const clausesOf = (text: string) => judge(text).violations.map(({ clause }) => clause);

test("one run within the limits breaks nothing", () => {
  expect(judge("off 0, on 100, off 1100")).toEqual({ onEdges: 1, longestOnMs: 1_000, violations: [] });
});

test("each further ON is an edge, and the output counts as on from the first to its OFF", () => {
  const log = "off 0, on 100, on 150, on 600, off 1600";
  expect(judge(log)).toMatchObject({ onEdges: 3, longestOnMs: 1_500 });
  expect(clausesOf(log)).toEqual([1, 1]);
});

test("a run that ends too late breaks the bound", () => {
  expect(clausesOf("off 0, on 100, off 1201")).toEqual([2]);
});

test("a second run before the pause is over breaks the cooldown", () => {
  expect(clausesOf("off 0, on 100, off 1100, on 3000, off 4000")).toEqual([5]);
  expect(clausesOf("off 0, on 100, off 1100, on 61100, off 62100")).toEqual([]);
});
