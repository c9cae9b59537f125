import { existsSync, readFileSync } from "node:fs";
import type { EdgeLine } from "./device-log.ts";

export interface OnInterval {
  readonly actuator: string;
  readonly fence: number | undefined;
  readonly bootId: string;
  readonly reason: string | undefined;
  readonly onMono: number;
  /** Undefined while the output is still on, or when the device died with it on. */
  readonly ranMs: number | undefined;
}

export interface DeviceLogReport {
  readonly edges: readonly EdgeLine[];
  /** Actuator → fence → number of ON edges. The contract allows one. */
  readonly onEdgesByFence: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly intervals: readonly OnInterval[];
}

/** Reads a device's log; a missing file is a device that never did anything. A last line without its end is not an edge. */
export function readDeviceLog(filePath: string): DeviceLogReport {
  return summariseDeviceLog(existsSync(filePath) ? readFileSync(filePath, "utf8") : "");
}

export function summariseDeviceLog(text: string): DeviceLogReport {
  const edges = parseEdges(text);
  return { edges, onEdgesByFence: countOnEdges(edges), intervals: pairIntervals(edges) };
}

function parseEdges(text: string): EdgeLine[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line, index) => parseEdge(line, index + 1));
}

function parseEdge(line: string, lineNumber: number): EdgeLine {
  let value: Partial<EdgeLine>;
  try {
    value = JSON.parse(line) as Partial<EdgeLine>;
  } catch (cause) {
    throw new Error(`Device log line ${lineNumber} is no JSON: ${line.slice(0, 80)}`, { cause });
  }
  const isEdge =
    (value.edge === "ON" || value.edge === "OFF") &&
    typeof value.actuator === "string" &&
    typeof value.bootId === "string" &&
    typeof value.mono === "number";
  if (!isEdge) throw new Error(`Device log line ${lineNumber} is no edge: ${line.slice(0, 80)}`);
  return value as EdgeLine;
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

/** An ON without its OFF in the same boot has no length: the device's clock did not survive. */
function pairIntervals(edges: readonly EdgeLine[]): OnInterval[] {
  const intervals: OnInterval[] = [];
  const openAt = new Map<string, number>();
  for (const { actuator, edge, fence, bootId, reason, mono } of edges) {
    if (edge === "ON") {
      openAt.set(actuator, intervals.push({ actuator, fence, bootId, reason, onMono: mono, ranMs: undefined }) - 1);
      continue;
    }
    const at = openAt.get(actuator);
    openAt.delete(actuator);
    const open = at === undefined ? undefined : intervals[at];
    if (at !== undefined && open?.bootId === bootId) intervals[at] = { ...open, ranMs: mono - open.onMono };
  }
  return intervals;
}
