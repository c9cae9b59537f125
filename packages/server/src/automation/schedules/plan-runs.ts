import type { TimedOccurrence } from "@sluice/core/schedules/schedule.ts";
import { isPausedAt, type MissedRuns, type Pause } from "./schedule-record.ts";

/** A run that is opened within this has lost nothing by it. */
export const ON_TIME_MS = 60_000;

export interface PlannedRun {
  readonly occurrence: TimedOccurrence;
  readonly state: "opened" | "missed" | "skipped";
  readonly reason: RunReason;
}

/**
 * Why a run is in its state. Opened: "on-time", "late". Missed: by "policy", "too-old" to be made up for, beyond the "limit",
 * "superseded" by a newer one, or for a "problem" of the schedule. Skipped: "paused".
 */
export type RunReason = "on-time" | "late" | "policy" | "too-old" | "limit" | "superseded" | "problem" | "paused";

export interface RunPolicies {
  readonly pause: Pause | undefined;
  readonly missedRuns: MissedRuns;
  readonly latestStartMs: number;
}

/**
 * What becomes of the occurrences that are due, oldest first. The last one of them is opened if it is not late; of those before
 * it the policy decides, and never so that one moment runs the same twice: making up once is done by a run that is on time.
 */
export function planRuns(due: readonly TimedOccurrence[], policies: RunPolicies, nowMicros: number): PlannedRun[] {
  const { pause, missedRuns, latestStartMs } = policies;
  const running = due.filter(({ timeMicros }) => !isPausedAt(pause, timeMicros));
  const ageMs = ({ timeMicros }: TimedOccurrence): number => (nowMicros - timeMicros) / 1000;
  const last = running.at(-1);
  const onTime = last !== undefined && ageMs(last) <= Math.min(ON_TIME_MS, latestStartMs) ? last : undefined;
  const missed = running.filter((occurrence) => occurrence !== onTime);
  const recent = missed.filter((occurrence) => ageMs(occurrence) <= missedRuns.missedWithinMs);
  const late = new Set(lateRuns(recent, missedRuns, onTime !== undefined));
  return due.map((occurrence) => {
    if (isPausedAt(pause, occurrence.timeMicros)) return { occurrence, state: "skipped", reason: "paused" };
    if (occurrence === onTime) return { occurrence, state: "opened", reason: "on-time" };
    if (late.has(occurrence)) return { occurrence, state: "opened", reason: "late" };
    return { occurrence, state: "missed", reason: whyMissed(missedRuns, recent.includes(occurrence)) };
  });
}

function lateRuns(
  recent: readonly TimedOccurrence[],
  { policy, maxMissed }: MissedRuns,
  isOneOnTime: boolean,
): readonly TimedOccurrence[] {
  switch (policy) {
    case "skip":
      return [];
    case "run-once":
      return isOneOnTime ? [] : recent.slice(-1);
    case "run-all":
      return recent.slice(-maxMissed);
  }
}

function whyMissed({ policy }: MissedRuns, isRecent: boolean): RunReason {
  if (policy === "skip") return "policy";
  if (!isRecent) return "too-old";
  return policy === "run-once" ? "superseded" : "limit";
}
