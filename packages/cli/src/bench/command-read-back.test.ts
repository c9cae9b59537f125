import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import { lineOf } from "@sluice/simulator/device-log.ts";
import { type DeviceLogReport, summariseDeviceLog } from "@sluice/simulator/read-device-log.ts";
import { describe, expect, test } from "vitest";
import type { StoredCommand } from "./bench-store.ts";
import { readCommandsBack } from "./command-read-back.ts";

const AT = "2026-01-01T00:00:00.000Z";

/** The log of a pump that went on and off for each of the fences, 1 ms each time, or as long as is said. */
function log(fences: readonly number[], ranMs = 1): DeviceLogReport {
  const events: DeviceLogEvent[] = [
    { event: "boot", bootId: "boot", atMs: Date.parse(AT) },
    { event: "off", actuator: "pump", reason: "boot", monoMs: 0 },
    { event: "link_up", monoMs: 0 },
  ];
  fences.forEach((fence, index) => {
    const shared = { actuator: "pump", fence, commandId: `c${fence}` };
    const monoMs = 10_000 * (index + 1);
    const deadline = { bootId: "boot", validUntilMonoMs: monoMs + 1 };
    events.push({ event: "on", ...shared, durationMs: 1, limitMs: 1, cooldownMs: 0, deadline, monoMs });
    events.push({ event: "off", ...shared, reason: "duration", monoMs: monoMs + ranMs });
  });
  return summariseDeviceLog(events.map((event) => `${JSON.stringify(lineOf(event, AT, "boot"))}\n`).join(""));
}

function run(fence: number, state = "COMPLETED"): StoredCommand {
  return { id: `c${fence}`, uid: "zone", kind: "RUN", fence, state };
}

const stop: StoredCommand = { id: "s1", uid: "zone", kind: "STOP", fence: null, state: "COMPLETED" };

function check(commands: readonly StoredCommand[], answered: readonly string[], pump: DeviceLogReport) {
  return readCommandsBack(commands, answered, new Map([["zone", pump]]));
}

describe("what devices did, held against what was stored", () => {
  test("each command once in both is as it should be", () => {
    expect(check([run(1), run(2, "UNKNOWN"), stop], ["c1", "c2", "s1"], log([1, 2]))).toEqual({
      states: { COMPLETED: 1, UNKNOWN: 1 },
      onEdges: 2,
      lost: 0,
      duplicated: 0,
      wrong: 0,
      violations: 0,
    });
  });

  test("an answered command that is not stored is lost", () => {
    expect(check([run(1)], ["c1", "c2"], log([1]))).toMatchObject({ lost: 1 });
  });

  test("a fence that is stored twice, or that switched the pump on twice, is doubled", () => {
    expect(check([run(1), { ...run(1), id: "other" }], [], log([1]))).toMatchObject({ duplicated: 1 });
    expect(check([run(1)], [], log([1, 1]))).toMatchObject({ duplicated: 1, violations: 1 });
  });

  test("a start without its stored command is wrong", () => {
    expect(check([run(1), { ...run(2), uid: "other" }], [], log([1, 2]))).toMatchObject({ wrong: 1 });
  });

  test("a late timer is not held against a device that shares its cores with the load", () => {
    expect(check([run(1)], [], log([1], 500))).toMatchObject({ violations: 0 });
  });
});
