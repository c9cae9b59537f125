import { isSluiceError } from "@sluice/core/errors.ts";
import { lastOccurrences, type Schedule, type TimedOccurrence } from "@sluice/core/schedules/schedule.ts";
import type { PoolClient } from "pg";
import { insertScheduled, type ScheduledExecution, supersedeScheduled } from "../../actuation/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { nextRunAfter } from "./find-next-run.ts";
import { ON_TIME_MS, type PlannedRun, planRuns, type RunReason } from "./plan-runs.ts";
import { compileFor, isPausedAt, type Pause, type ScheduleAction } from "./schedule-record.ts";
import { forgetUnopened, insertRuns, type NewRun, recordedRuns } from "./schedule-run-store.ts";
import {
  claimDueSchedules,
  claimOutdatedSchedules,
  type Found,
  isDue,
  isOutdated,
  type StoredSchedule,
  saveFound,
  wasClockSetBack,
} from "./schedule-store.ts";
import type { Scheduling } from "./scheduling.ts";

/** Of more occurrences that passed at once, the oldest share one row of the trail. */
export const MAX_LISTED_RUNS = 1_000;

export interface OpenedRound {
  readonly opened: number;
  /** What failed, by schedule; each comes up again in the next round. */
  readonly errors: readonly unknown[];
}

/** Schedules that one transaction takes. */
export const CLAIM_LIMIT = 100;

/**
 * Opens what is due: the rows of the runs, their executions and the times of the next runs commit together, so that whoever dies
 * at any point, each occurrence has one row and at most one execution. Any number of workers may do this.
 */
export async function openDueRuns(scheduling: Scheduling): Promise<OpenedRound> {
  return round(scheduling, claimDueSchedules, (client, schedules, nowMicros) => {
    const due = schedules.filter((stored) => isDue(stored, nowMicros));
    return openRunsOf(scheduling, client, due, nowMicros);
  });
}

/** Finds the next runs of schedules anew whose site has moved, and of all after the clock was set back. */
export async function mendOutdatedSchedules(scheduling: Scheduling): Promise<OpenedRound> {
  return round(scheduling, claimOutdatedSchedules, async (client, schedules, nowMicros) => {
    const outdated = schedules.filter((stored) => isOutdated(stored, nowMicros));
    await findAnew(client, outdated, nowMicros);
    return 0;
  });
}

/** All in one transaction, as long as that goes well; where it fails one by one, so that nobody fails for another's sake. */
async function round(
  { pool, nowMicros: readNow }: Scheduling,
  claim: typeof claimDueSchedules,
  handle: (client: PoolClient, schedules: readonly StoredSchedule[], nowMicros: number) => Promise<number>,
): Promise<OpenedRound> {
  const errors: unknown[] = [];
  const seen: number[] = [];
  let opened = 0;
  for (let alone = 0; ; ) {
    let claimed: readonly StoredSchedule[] = [];
    try {
      opened += await inTransaction(pool, async (client) => {
        const limit = alone > 0 ? 1 : CLAIM_LIMIT;
        claimed = await claim(client, await readNow(client), { exceptIds: seen, limit });
        // Read again under the locks: what others did since the first look is no clock that was set back.
        return claimed.length === 0 ? 0 : handle(client, claimed, await readNow(client));
      });
    } catch (error) {
      // Without a schedule it is the database that failed.
      if (claimed.length === 0) throw error;
      if (claimed.length > 1) {
        alone = claimed.length;
        continue;
      }
      errors.push(error);
    }
    if (claimed.length === 0) return { opened, errors };
    seen.push(...claimed.map(({ id }) => id));
    alone = Math.max(0, alone - 1);
  }
}

/** What is due of a schedule, by its settings as they are, before somebody changes them in the same transaction. */
export async function settleDue(
  scheduling: Scheduling,
  client: PoolClient,
  schedule: StoredSchedule,
  nowMicros: number,
): Promise<void> {
  if (isDue(schedule, nowMicros)) await openRunsOf(scheduling, client, [schedule], nowMicros);
}

/** Answers how many runs it has opened. */
async function openRunsOf(
  scheduling: Scheduling,
  client: PoolClient,
  schedules: readonly StoredSchedule[],
  nowMicros: number,
): Promise<number> {
  const planned = schedules.map((stored) => planOf(stored, nowMicros));
  const runs = planned.flatMap(({ stored, runs }) => runs.map((run) => ({ ...run, stored })));
  const isRecorded = await recordedRuns(client, runs);
  const fresh = runs
    .filter((run) => !isRecorded(run))
    .map((run) => (run.state === "opened" ? { ...run, executionId: scheduling.newId() } : run));
  const opened = fresh.filter(({ state }) => state === "opened");
  await openExecutions(client, opened, nowMicros);
  await insertRuns(client, fresh, nowMicros);
  await saveFound(client, planned);
  return opened.length;
}

interface Plan {
  readonly stored: StoredSchedule;
  readonly runs: readonly NewRun[];
  /** From now on. */
  readonly found: Found;
}

function planOf(stored: StoredSchedule, nowMicros: number): Plan {
  const schedule = compileOrNote(stored, nowMicros);
  if ("problem" in schedule) return { stored, runs: [lostRun(stored)], found: schedule };
  const due = dueOf(schedule, stored, nowMicros);
  const planned = planRuns(due, { ...stored, pause: pauseOf(stored) }, nowMicros);
  const runs = [...passedBefore(stored, due, nowMicros), ...planned.map((run) => runOf(stored, run))];
  const next = nextRunAfter(schedule, nowMicros);
  return { stored, runs, found: { next, foundFor: stored.site.ground, foundMicros: nowMicros } };
}

/** The last ones that are due, oldest first. */
function dueOf(schedule: Schedule, { nextDueMicros }: StoredSchedule, nowMicros: number): TimedOccurrence[] {
  return lastOccurrences(schedule, nextDueMicros! - 1, nowMicros + 1, MAX_LISTED_RUNS);
}

function runOf({ id, organizationId }: StoredSchedule, { occurrence, state, reason }: PlannedRun): NewRun {
  return {
    scheduleId: id,
    organizationId,
    key: occurrence.key,
    dueMicros: occurrence.timeMicros,
    state,
    reason,
    executionId: undefined,
  };
}

/** One row for those that are too many to be listed. */
function passedBefore(stored: StoredSchedule, due: readonly TimedOccurrence[], nowMicros: number): readonly NewRun[] {
  const firstListed = due[0];
  if (due.length < MAX_LISTED_RUNS || firstListed === undefined || firstListed.key === stored.nextRunKey) return [];
  return [{ ...firstDue(stored, "too-old"), throughMicros: Math.min(firstListed.timeMicros - 1, nowMicros) }];
}

/** Of a schedule with a problem: what else has passed since, nobody can tell. */
function lostRun(stored: StoredSchedule): NewRun {
  return firstDue(stored, "problem");
}

/** The run that was found last, missed for this reason unless a pause covers it. */
function firstDue(stored: StoredSchedule, why: RunReason): NewRun {
  const { id: scheduleId, organizationId, nextRunKey, nextDueMicros } = stored;
  const run = { scheduleId, organizationId, key: nextRunKey!, dueMicros: nextDueMicros!, executionId: undefined };
  const isPaused = isPausedAt(pauseOf(stored), run.dueMicros);
  return isPaused ? { ...run, state: "skipped", reason: "paused" } : { ...run, state: "missed", reason: why };
}

function pauseOf({ pausedBy, pausedUntilMicros }: StoredSchedule): Pause | undefined {
  return pausedBy === null ? undefined : { by: pausedBy, untilMicros: pausedUntilMicros ?? undefined };
}

type OpenedRun = NewRun & { readonly stored: StoredSchedule };

/** What waits of the same schedules makes room first, so that runs do not pile up where a device is away. */
async function openExecutions(client: PoolClient, runs: readonly OpenedRun[], nowMicros: number): Promise<void> {
  if (runs.length === 0) return;
  const executions = runs.map((run) => executionOf(run, nowMicros));
  const passedOver = await supersedeScheduled(client, roomFor(runs));
  await insertScheduled(
    client,
    executions.map((execution) => ({ ...execution, passedOverMicros: passedOver.get(execution.requestedBy) })),
  );
}

/** How many earlier runs of each schedule may go on waiting beside the new ones. */
function roomFor(runs: readonly OpenedRun[]) {
  return [...new Set(runs.map(({ stored }) => stored))].map((stored) => {
    const { policy, maxMissed } = stored.missedRuns;
    const opened = runs.filter((run) => run.stored === stored).length;
    const kept = policy === "run-all" ? Math.max(0, maxMissed + 1 - opened) : 0;
    return { actuatorId: stored.actuatorId, requestedBy: requesterOf(stored), kept };
  });
}

function requesterOf({ id }: StoredSchedule): string {
  return `schedule:${id}`;
}

/** A late run may wait as long as one that is on time. */
function executionOf({ stored, executionId, dueMicros, reason }: OpenedRun, nowMicros: number): ScheduledExecution {
  const { organizationId, actuatorId, deviceId, action, latestStartMs } = stored;
  return {
    id: executionId!,
    organizationId,
    actuatorId,
    deviceId,
    action: action.kind,
    parameters: parametersOf(action, stored.maxRunMs),
    requestedBy: requesterOf(stored),
    waitLimitMicros: (reason === "late" ? nowMicros : dueMicros) + latestStartMs * 1000,
  };
}

function parametersOf(action: ScheduleAction, maxRunMs: number): Readonly<Record<string, unknown>> {
  const { kind, ...parameters } = action;
  return kind === "RUN" || kind === "DOSE" ? { durationMs: maxRunMs, ...parameters } : parameters;
}

/**
 * From a little before now: what has become due in this moment is opened by the next look at what is due, and what is on record
 * already is not opened again. After a clock that had run ahead was set back, what was taken for missed is yet to come.
 */
async function findAnew(client: PoolClient, schedules: readonly StoredSchedule[], nowMicros: number): Promise<void> {
  const dueAfterMicros = nowMicros - ON_TIME_MS * 1000;
  const ids = schedules.filter((stored) => wasClockSetBack(stored, nowMicros)).map(({ id }) => id);
  await forgetUnopened(client, ids, { dueAfterMicros, nowMicros });
  const found = schedules.map((stored) => {
    const schedule = compileOrNote(stored, nowMicros);
    if ("problem" in schedule) return { stored, found: schedule };
    // What was due until it was last found is settled, unless that was by a clock that was ahead.
    const settledMicros = wasClockSetBack(stored, nowMicros) ? dueAfterMicros : stored.foundMicros;
    const next = nextRunAfter(schedule, Math.max(settledMicros, dueAfterMicros));
    return { stored, found: { next, foundFor: stored.site.ground, foundMicros: nowMicros } };
  });
  await saveFound(client, found);
}

/** A schedule that was fine when it was made may have lost its ground: its site has no coordinates any more. */
function compileOrNote(stored: StoredSchedule, nowMicros: number): Schedule | (Found & { readonly problem: string }) {
  try {
    return compileFor(stored, stored.site);
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const { message: problem } = error;
    return { next: undefined, foundFor: stored.site.ground, foundMicros: nowMicros, problem };
  }
}
