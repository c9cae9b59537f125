import { SluiceError } from "@sluice/core/errors.ts";
import type { Occurrence, Schedule } from "@sluice/core/schedules/schedule.ts";
import { type ClockChange, SEARCH_MS } from "@sluice/core/schedules/wall-clock.ts";
import type { ScheduleDraft } from "./change-schedule.ts";
import { timingOf, unknown } from "./change-schedule.ts";
import { compileFor } from "./schedule-record.ts";
import { findStoredSchedule, siteOfActuator } from "./schedule-store.ts";
import { timeOf } from "./schedule-view.ts";
import type { Scheduling } from "./scheduling.ts";

/** An occurrence that is to come, by the clock on the wall and by UTC. */
export interface UpcomingOccurrence {
  readonly occurrence: string;
  readonly local: string;
  /** Null: the clock skips it, and it does not happen. */
  readonly utc: string | null;
  readonly clockChange: ClockChange | null;
  /** What the change of the clock does to it, in words. */
  readonly note: string | null;
}

export interface Upcoming {
  readonly timeZone: string;
  readonly occurrences: readonly UpcomingOccurrence[];
}

const NOTES: Readonly<Record<ClockChange, string>> = {
  skipped: "The clock is set forward over this time: it does not happen.",
  shifted: "The clock is set forward over this time: it happens as much later as the clock jumps.",
  "first-of-two": "The clock is set back and shows this time twice: this is the first time.",
  "second-of-two": "The clock is set back and shows this time twice: this is the second time.",
};

/** The next `count` that happen, and between them those that the clock skips. */
export async function upcomingOf(
  { pool, nowMicros }: Scheduling,
  organizationId: number,
  id: number,
  count: number,
): Promise<Upcoming> {
  const stored = (await findStoredSchedule(pool, organizationId, id)) ?? unknown(id);
  return upcoming(compileFor(stored, stored.site), await nowMicros(pool), count);
}

/** What a schedule that nobody has saved would do. The zone may come from an actuator's site. */
export type PreviewDraft = Omit<
  ScheduleDraft,
  "name" | "key" | "actuator" | "action" | "missedRuns" | "latestStartMs"
> & {
  readonly actuator?: number | undefined;
};

/** Throws what `compileSchedule` does, `schedule.actuator_unknown`, and `schedule.time_zone` without a zone. */
export async function previewSchedule(
  { pool, nowMicros }: Scheduling,
  organizationId: number,
  draft: PreviewDraft,
  count: number,
): Promise<Upcoming> {
  const { actuator, timeZone = null } = draft;
  const site = actuator === undefined ? undefined : await siteOfActuator(pool, organizationId, actuator);
  if (actuator !== undefined && site === undefined) {
    const message = "There is no actuator with this id: take it from GET /api/v1/actuators.";
    throw new SluiceError("invalid", "schedule.actuator_unknown", message, { details: { actuator } });
  }
  if (timeZone === null && site === undefined) {
    const message = "Name a timeZone, or an actuator, whose site has one.";
    throw new SluiceError("invalid", "schedule.time_zone", message);
  }
  const nowhere = { timeZone: "UTC", latitude: null, longitude: null, ground: "" };
  const schedule = compileFor({ timeZone, timing: timingOf(draft) }, site ?? nowhere);
  return upcoming(schedule, await nowMicros(pool), count);
}

function upcoming(schedule: Schedule, nowMicros: number, count: number): Upcoming {
  const occurrences: UpcomingOccurrence[] = [];
  let happening = 0;
  for (const occurrence of schedule.occurrences(nowMicros, nowMicros + SEARCH_MS * 1000)) {
    occurrences.push(describe(occurrence));
    if (occurrence.timeMicros !== undefined) happening += 1;
    if (happening === count || occurrences.length === 10 * count) break;
  }
  return { timeZone: schedule.zone.name, occurrences };
}

function describe({ key, local, timeMicros, clockChange }: Occurrence): UpcomingOccurrence {
  const utc = timeMicros === undefined ? null : timeOf(timeMicros);
  const note = clockChange === undefined ? null : NOTES[clockChange];
  return { occurrence: key, local, utc, clockChange: clockChange ?? null, note };
}
