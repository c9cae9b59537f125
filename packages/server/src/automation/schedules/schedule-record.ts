import { compileSchedule, type Schedule, type ScheduleDefinition } from "@sluice/core/schedules/schedule.ts";
import type { Place } from "@sluice/core/schedules/sun.ts";

/** What a run of a schedule does. */
export type ScheduleAction =
  /** Without a duration as long as the actuator may run. */
  | { readonly kind: "RUN"; readonly durationMs?: number | undefined }
  | {
      readonly kind: "DOSE";
      readonly amount: number;
      readonly unit: string;
      readonly durationMs?: number | undefined;
    }
  | { readonly kind: "SET"; readonly value: number; readonly unit?: string | undefined }
  | { readonly kind: "STOP" };

export interface MissedRuns {
  /**
   * What becomes of runs that nobody opened in time, because everything was down or the clock was set forward. "skip": nothing.
   * "run-once": the last of them runs late. "run-all": the last `maxMissed` of them run, one after the other.
   */
  readonly policy: "skip" | "run-once" | "run-all";
  /** Older ones are not made up for. */
  readonly missedWithinMs: number;
  /** Of "run-all": how many are made up for, and how many may wait for their start beside the newest. */
  readonly maxMissed: number;
}

/** Times and policies, without the zone, which may be the site's. */
export type ScheduleTiming = Omit<ScheduleDefinition, "timeZone">;

/** What a person says of a schedule. */
export interface ScheduleSettings {
  readonly name: string;
  readonly actuatorId: number;
  readonly action: ScheduleAction;
  /** Null: that of the actuator's site. */
  readonly timeZone: string | null;
  readonly timing: ScheduleTiming;
  readonly missedRuns: MissedRuns;
  readonly latestStartMs: number;
}

/** Where an actuator stands. */
export interface ScheduleSite {
  readonly timeZone: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Zone and place in one, to see whether they have changed. */
  readonly ground: string;
}

type Timed = Pick<ScheduleSettings, "timeZone" | "timing">;

/** Throws what `compileSchedule` does. */
export function compileFor({ timeZone, timing }: Timed, site: ScheduleSite): Schedule {
  return compileSchedule({ ...timing, timeZone: timeZone ?? site.timeZone }, placeOf(site));
}

function placeOf({ latitude, longitude }: ScheduleSite): Place | undefined {
  return latitude === null || longitude === null ? undefined : { latitude, longitude };
}

export interface Pause {
  readonly by: string;
  /** Undefined: until a person resumes it. */
  readonly untilMicros: number | undefined;
}

/** Whether a run that is due at this time is passed over. */
export function isPausedAt(pause: Pause | undefined, timeMicros: number): boolean {
  return pause !== undefined && (pause.untilMicros === undefined || timeMicros < pause.untilMicros);
}
