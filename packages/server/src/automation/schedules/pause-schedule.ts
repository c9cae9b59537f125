import { SluiceError } from "@sluice/core/errors.ts";
import type { Requester } from "../../actuation/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { requireLocked } from "./change-schedule.ts";
import { settleDue } from "./open-due-runs.ts";
import { findStoredSchedule, type PauseOrder, savePause } from "./schedule-store.ts";
import { type ScheduleView, timeOf, viewOf } from "./schedule-view.ts";
import type { Scheduling } from "./scheduling.ts";

export interface PauseRequest {
  /** RFC 3339; absent: until a person resumes it. */
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
}

/** What comes while it is paused is skipped, and not made up for. Throws `schedule.unknown` and `schedule.pause_over`. */
export async function pauseSchedule(
  scheduling: Scheduling,
  by: Requester,
  id: number,
  { until, reason }: PauseRequest,
): Promise<ScheduleView> {
  const atMicros = await scheduling.nowMicros();
  const untilMicros = until === undefined ? undefined : Date.parse(until) * 1000;
  if (untilMicros !== undefined && untilMicros <= atMicros) {
    const message = `The pause would be over: it is ${timeOf(atMicros)} now.`;
    throw new SluiceError("invalid", "schedule.pause_over", message, { details: { until } });
  }
  return changePause(scheduling, by, id, { by: by.actor, atMicros, untilMicros, reason });
}

/** Goes on with the next occurrence. Resuming what is not paused changes nothing. */
export async function resumeSchedule(scheduling: Scheduling, by: Requester, id: number): Promise<ScheduleView> {
  return changePause(scheduling, by, id, undefined);
}

async function changePause(
  scheduling: Scheduling,
  by: Requester,
  id: number,
  pause: PauseOrder | undefined,
): Promise<ScheduleView> {
  const nowMicros = await scheduling.nowMicros();
  return inTransaction(scheduling.pool, async (client) => {
    const stored = await requireLocked(client, by, id);
    const before = viewOf(stored, nowMicros).paused;
    // What came while it was paused is skipped, also where no worker has looked at it since.
    if (pause === undefined) await settleDue(scheduling, client, stored, nowMicros);
    await savePause(client, id, pause);
    const after = viewOf((await findStoredSchedule(client, by.organizationId, id))!, nowMicros);
    if (before !== null || pause !== undefined) {
      const action = pause === undefined ? "schedule.resume" : "schedule.pause";
      const change = { action, subject: `schedule:${id}`, before, after: after.paused };
      await scheduling.actuation.recordChange(client, by, change);
    }
    return after;
  });
}
