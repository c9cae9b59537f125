import type { Violation } from "@sluice/core/safety/check-device-log.ts";
import { PUMP } from "@sluice/simulator/irrigation/simulated-device.ts";
import type { DeviceLogReport } from "@sluice/simulator/read-device-log.ts";
import { judgePumpLog } from "../herd/judge-pump-log.ts";
import type { StoredCommand } from "./bench-store.ts";
import { DEVICE_LIMITS } from "./device-fleet.ts";

export interface CommandReadBack {
  /** RUNs in the database by their state. */
  readonly states: Readonly<Record<string, number>>;
  /** ON edges in the logs of all devices. */
  readonly onEdges: number;
  /** Answered commands that the database does not have. */
  readonly lost: number;
  /** Fences that stand twice in the database, or that switched an output on twice. */
  readonly duplicated: number;
  /** ON edges without their committed command. */
  readonly wrong: number;
  /** What the logs break of the safety contract, but for the bound of a run: its timers share the cores with the load. */
  readonly violations: number;
}

/** Holds what was answered and what the devices' own logs say, by uid, against the commands that are stored. */
export function readCommandsBack(
  commands: readonly StoredCommand[],
  answered: readonly string[],
  logs: ReadonlyMap<string, DeviceLogReport>,
): CommandReadBack {
  const known = new Set(commands.map(({ id }) => id));
  const fences = commands.filter(({ fence }) => fence !== null).map(placeOf);
  const runs = commands.filter(({ kind }) => kind === "RUN");
  const committed = new Set(runs.map(placeOf));
  let onEdges = 0;
  let duplicated = fences.length - new Set(fences).size;
  let wrong = 0;
  let violations = 0;
  for (const [uid, log] of logs) {
    violations += judgePumpLog(log, DEVICE_LIMITS).violations.filter(isJudged).length;
    for (const [fence, count] of log.onEdgesByFence.get(PUMP) ?? []) {
      onEdges += count;
      if (count > 1) duplicated++;
      if (!committed.has(placeOf({ uid, fence }))) wrong++;
    }
  }
  const lost = answered.filter((id) => !known.has(id)).length;
  return { states: countBy(runs.map(({ state }) => state)), onEdges, lost, duplicated, wrong, violations };
}

function isJudged({ clause }: Violation): boolean {
  return clause !== 2;
}

function placeOf({ uid, fence }: Pick<StoredCommand, "uid" | "fence">): string {
  return `${uid} ${fence}`;
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
