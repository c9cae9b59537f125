import { existsSync, readFileSync } from "node:fs";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import { type EdgeLine, eventOf, type LogLine } from "./device-log.ts";

export interface OnInterval {
  readonly actuator: string;
  /** Undefined for an interval of a safe state. */
  readonly fence: number | undefined;
  readonly bootId: string;
  readonly reason: string | undefined;
  readonly onMono: number;
  /** Undefined while the output is still on, or when the device died with it on. */
  readonly ranMs: number | undefined;
}

export interface DeviceLogReport {
  readonly edges: readonly EdgeLine[];
  /** The whole log, as `checkDeviceLog` reads it. */
  readonly events: readonly DeviceLogEvent[];
  /** Actuator → fence → number of ON edges. The contract allows one. */
  readonly onEdgesByFence: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly intervals: readonly OnInterval[];
}

/** Reads a device's log; a missing file is a device that never did anything. A last line without its end is not an edge. */
export function readDeviceLog(filePath: string): DeviceLogReport {
  return summariseDeviceLog(existsSync(filePath) ? readFileSync(filePath, "utf8") : "");
}

export function summariseDeviceLog(text: string): DeviceLogReport {
  const lines = parseLines(text);
  const edges = lines.filter((line) => "edge" in line);
  const events = lines.map(eventOf);
  return { edges, events, onEdgesByFence: countOnEdges(edges), intervals: pairIntervals(edges) };
}

function parseLines(text: string): LogLine[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line, index) => parseLine(line, index + 1));
}

const EDGES: readonly unknown[] = ["ON", "OFF", "SAFE"];
const OCCURRENCES: readonly unknown[] = ["boot", "link_lost", "link_up", "stop", "release", "set"];

function parseLine(line: string, lineNumber: number): LogLine {
  let value: { readonly [key: string]: unknown };
  try {
    value = JSON.parse(line) as typeof value;
  } catch (cause) {
    throw new Error(`Device log line ${lineNumber} is no JSON: ${line.slice(0, 80)}`, { cause });
  }
  const isEdge = EDGES.includes(value.edge) && typeof value.actuator === "string";
  const isLine = (isEdge || OCCURRENCES.includes(value.event)) && typeof value.bootId === "string";
  if (!isLine || typeof value.mono !== "number") {
    throw new Error(`Device log line ${lineNumber} is no edge: ${line.slice(0, 80)}`);
  }
  return value as unknown as LogLine;
}

function countOnEdges(edges: readonly EdgeLine[]): Map<string, Map<number, number>> {
  const counts = new Map<string, Map<number, number>>();
  for (const { actuator, edge, fence } of edges) {
    if (edge !== "ON" || fence === undefined) continue;
    const byFence = counts.get(actuator) ?? new Map<number, number>();
    byFence.set(fence, (byFence.get(fence) ?? 0) + 1);
    counts.set(actuator, byFence);
  }
  return counts;
}

/**
 * An ON without its OFF in the same boot has no length: the device's clock did not survive. A run may become a safe state and
 * a safe state a run, without an OFF between.
 */
function pairIntervals(edges: readonly EdgeLine[]): OnInterval[] {
  const intervals: OnInterval[] = [];
  const openAt = new Map<string, number>();
  for (const { actuator, edge, fence, bootId, reason, mono } of edges) {
    const at = openAt.get(actuator);
    const open = at === undefined ? undefined : intervals[at];
    const isEnd = edge === "OFF" || edge === "SAFE" || open?.fence === undefined;
    if (at !== undefined && isEnd && open?.bootId === bootId) intervals[at] = { ...open, ranMs: mono - open.onMono };
    if (edge === "OFF") openAt.delete(actuator);
    else openAt.set(actuator, intervals.push({ actuator, fence, bootId, reason, onMono: mono, ranMs: undefined }) - 1);
  }
  return intervals;
}
