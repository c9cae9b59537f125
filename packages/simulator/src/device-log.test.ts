import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DeviceLog, type EdgeLine, type LogLine, lineOf } from "./device-log.ts";
import { readDeviceLog, summariseDeviceLog } from "./read-device-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "device-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const edge = (mono: number, kind: "ON" | "OFF", fence: number, bootId = "boot-1"): EdgeLine => ({
  at: "2026-01-01T00:00:00.000Z",
  mono,
  bootId,
  actuator: "pump",
  edge: kind,
  fence,
});

test("edges are in the file when append returns, also across openings", () => {
  const file = path.join(folder, "deep", "pump.jsonl");
  const first = new DeviceLog(file);
  first.append(edge(10, "ON", 1));
  expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(edge(10, "ON", 1))}\n`);
  first.close();
  const second = new DeviceLog(file);
  second.append(edge(40, "OFF", 1));
  second.close();
  expect(readDeviceLog(file).edges.map((line) => line.edge)).toEqual(["ON", "OFF"]);
});

test("a line that a crash tore is no edge, and the next edge is not glued to it", () => {
  const file = path.join(folder, "pump.jsonl");
  const before = new DeviceLog(file);
  before.append(edge(10, "ON", 1));
  before.close();
  appendFileSync(file, '{"at":"2026-01-01T00:0');
  expect(readDeviceLog(file).edges).toHaveLength(1);
  const after = new DeviceLog(file);
  after.append(edge(5, "ON", 2, "boot-2"));
  after.close();
  expect(readDeviceLog(file).edges.map((line) => line.fence)).toEqual([1, 2]);
});

test("a device that never did anything has no edges", () => {
  expect(readDeviceLog(path.join(folder, "none.jsonl")).edges).toEqual([]);
});

const report = (lines: readonly LogLine[]) =>
  summariseDeviceLog(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));

test("ON edges are counted per actuator and fence", () => {
  const { onEdgesByFence } = report([
    edge(0, "ON", 1),
    edge(9, "OFF", 1),
    edge(20, "ON", 2),
    edge(25, "OFF", 2),
    edge(30, "ON", 2),
    { ...edge(31, "ON", 2), actuator: "valve" },
  ]);
  expect(onEdgesByFence.get("pump")).toEqual(
    new Map([
      [1, 1],
      [2, 2],
    ]),
  );
  expect(onEdgesByFence.get("valve")?.get(2)).toBe(1);
});

test("intervals last from ON to OFF of one boot", () => {
  const { intervals } = report([
    edge(100, "ON", 1),
    edge(130, "OFF", 1),
    edge(200, "ON", 2),
    edge(3, "OFF", 2, "boot-2"),
  ]);
  expect(intervals.map(({ fence, ranMs }) => [fence, ranMs])).toEqual([
    [1, 30],
    [2, undefined],
  ]);
});

test("a line in the middle that is no edge is an error with its number", () => {
  const good = `${JSON.stringify(edge(1, "ON", 1))}\n`;
  expect(() => summariseDeviceLog(`${good}nonsense\n${good}`)).toThrow(/line 2/);
  expect(() => summariseDeviceLog(`${good}${good}{"edge":"UP"}\n`)).toThrow(/line 3/);
});

const safe = (mono: number, reason: string): EdgeLine => {
  const { fence: _fence, ...line } = edge(mono, "ON", 0);
  return { ...line, edge: "SAFE", reason };
};

test("a safe state is an interval of its own, before and after a run", () => {
  const { intervals } = report([
    safe(0, "boot"),
    edge(100, "ON", 1),
    safe(150, "link_loss"),
    { ...safe(400, "handover"), edge: "OFF" },
  ]);
  expect(intervals.map(({ fence, reason, ranMs }) => [fence, reason, ranMs])).toEqual([
    [undefined, "boot", 100],
    [1, undefined, 50],
    [undefined, "link_loss", 250],
  ]);
});

test("every event comes back from its line as it went", () => {
  const deadline = { bootId: "boot-1", validUntilMonoMs: 9, expiresAtMicros: 7 };
  const common = { actuator: "pump", monoMs: 5 };
  const limits = { durationMs: 3, limitMs: 2, cooldownMs: 1 };
  const events: DeviceLogEvent[] = [
    { event: "boot", bootId: "boot-1", atMs: 1_000, pausesMs: { pump: 4 } },
    { event: "link_up", monoMs: 1 },
    { event: "on", ...common, commandId: "c", fence: 1, ...limits, deadline, amount: 2, unit: "L", wallClockMicros: 6 },
    { event: "off", ...common, reason: "amount", commandId: "c", fence: 1, amount: 2.5 },
    { event: "safe", ...common, state: "local", reason: "link_loss" },
    { event: "set", ...common, value: 3, unit: "%" },
    { event: "stop", ...common, id: "s", isHold: true, isAcknowledged: false },
    { event: "release", ...common, ids: ["s"] },
    { event: "link_lost", monoMs: 3, lastSeenMonoMs: 2 },
  ];
  const lines = events.map((event) => lineOf(event, "2026-01-01T00:00:00.000Z", "boot-1"));
  expect(report(lines).events).toEqual(events);
  expect(report(lines).edges.map((line) => line.edge)).toEqual(["ON", "OFF", "SAFE"]);
});
