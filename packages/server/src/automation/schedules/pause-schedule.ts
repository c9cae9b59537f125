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

/** What comes while it is paused is skipped, and not made up for; what was due before is not. Throws `schedule.unknown` and `schedule.pause_over`. */
export async function pauseSchedule(
  scheduling: Scheduling,
  by: Requester,
  id: number,
  { until, reason }: PauseRequest,
): Promise<ScheduleView> {
  const untilMicros = until === undefined ? undefined : Date.parse(until) * 1000;
  return changePause(scheduling, by, id, (atMicros) => {
    if (untilMicros !== undefined && untilMicros <= atMicros) {
      const message = `The pause would be over: it is ${timeOf(atMicros)} now.`;
      throw new SluiceError("invalid", "schedule.pause_over", message, { details: { until } });
    }
    return { by: by.actor, atMicros, untilMicros, reason };
  });
}

/** Goes on with the next occurrence. Resuming what is not paused changes nothing. */
export async function resumeSchedule(scheduling: Scheduling, by: Requester, id: number): Promise<ScheduleView> {
  return changePause(scheduling, by, id, () => undefined);
}

async function changePause(
  scheduling: Scheduling,
  by: Requester,
  id: number,
  orderAt: (nowMicros: number) => PauseOrder | undefined,
): Promise<ScheduleView> {
  return inTransaction(scheduling.pool, async (client) => {
    const stored = await requireLocked(client, by, id);
    const nowMicros = await scheduling.nowMicros(client);
    const pause = orderAt(nowMicros);
    const before = viewOf(stored, nowMicros).paused;
    // A pause covers what came while it lasted, and nothing else, also where no worker has looked at it since. Its beginning is
    // not compared with what is due: after the clock was set back it may be yet to come.
    await settleDue(scheduling, client, stored, nowMicros);
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
