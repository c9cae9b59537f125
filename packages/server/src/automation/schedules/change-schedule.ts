import { SluiceError } from "@sluice/core/errors.ts";
import type { PoolClient } from "pg";
import type { Actuator, Requester } from "../../actuation/index.ts";
import { slugOf } from "../../devices/index.ts";
import { inTransaction, isUniqueViolation } from "../../platform/postgres.ts";
import { findFirstRun } from "./find-next-run.ts";
import { settleDue } from "./open-due-runs.ts";
import type { MissedRuns, ScheduleAction, ScheduleSettings, ScheduleTiming } from "./schedule-record.ts";
import {
  type Found,
  findStoredSchedule,
  insertSchedule,
  lockSchedule,
  markDeleted,
  type StoredSchedule,
  siteOfActuator,
  updateScheduleRow,
} from "./schedule-store.ts";
import { type ScheduleView, viewOf } from "./schedule-view.ts";
import type { Scheduling } from "./scheduling.ts";

/** A schedule as a person asks for it. */
export interface ScheduleDraft {
  readonly name: string;
  /** Made from the name when absent. */
  readonly key?: string | undefined;
  readonly actuator: number;
  readonly action: ScheduleAction;
  /** Absent or null: that of the actuator's site. */
  readonly timeZone?: string | null | undefined;
  readonly times: ScheduleTiming["times"];
  readonly skippedTime?: ScheduleTiming["skippedTime"];
  readonly repeatedTime?: ScheduleTiming["repeatedTime"];
  readonly from?: string | null | undefined;
  readonly until?: string | null | undefined;
  readonly missedRuns?: Partial<MissedRuns> | undefined;
  readonly latestStartMs?: number | undefined;
}

export const DEFAULT_LATEST_START_MS = 3_600_000;
export const DEFAULT_MISSED_RUNS: MissedRuns = { policy: "skip", missedWithinMs: 86_400_000, maxMissed: 10 };

/**
 * Throws `schedule.actuator_unknown` (also for one of another organization), `schedule.action` for what the actuator cannot do,
 * `schedule.key_taken`, `schedule.key_needed`, `schedule.never`, and what `compileSchedule` does.
 */
export async function createSchedule(
  scheduling: Scheduling,
  by: Requester,
  draft: ScheduleDraft,
): Promise<ScheduleView> {
  const settings = settingsOf(draft);
  const key = draft.key ?? slugOf(draft.name);
  if (key === "") {
    const message = "Give a key: the name has no letter or digit of a to z, 0 to 9.";
    throw new SluiceError("invalid", "schedule.key_needed", message);
  }
  const view = await inTransaction(scheduling.pool, async (client) => {
    const nowMicros = await scheduling.nowMicros(client);
    const found = await findFor(scheduling, client, by, settings, nowMicros);
    const { organizationId } = by;
    const id = await insert(client, { ...settings, organizationId, key, createdBy: by.actor }, found);
    const created = viewOf((await findStoredSchedule(client, organizationId, id))!, nowMicros);
    const change = { action: "schedule.create", subject: `schedule:${id}`, after: created };
    await scheduling.actuation.recordChange(client, by, change);
    return created;
  });
  scheduling.onScheduleChanged();
  return view;
}

async function insert(
  client: PoolClient,
  schedule: Parameters<typeof insertSchedule>[1],
  found: Found,
): Promise<number> {
  try {
    return await insertSchedule(client, schedule, found);
  } catch (cause) {
    if (!isUniqueViolation(cause, "schedule_key")) throw cause;
    const { key } = schedule;
    const message = `There is a schedule with the key "${key}": give another key.`;
    throw new SluiceError("conflict", "schedule.key_taken", message, { cause, details: { key } });
  }
}

function settingsOf(draft: ScheduleDraft): ScheduleSettings {
  const { name, actuator: actuatorId, action, timeZone = null, latestStartMs = DEFAULT_LATEST_START_MS } = draft;
  const missedRuns = { ...DEFAULT_MISSED_RUNS, ...draft.missedRuns };
  return { name, actuatorId, action, timeZone, timing: timingOf(draft), missedRuns, latestStartMs };
}

/** Without what is absent, so that the definition of a schedule is compared by what it says. */
export function timingOf(draft: Omit<ScheduleDraft, "name" | "actuator" | "action">): ScheduleTiming {
  const { times, skippedTime, repeatedTime, from, until } = draft;
  return {
    times,
    ...(skippedTime === undefined ? {} : { skippedTime }),
    ...(repeatedTime === undefined ? {} : { repeatedTime }),
    ...(from == null ? {} : { from }),
    ...(until == null ? {} : { until }),
  };
}

/** What is absent stays. */
export type ScheduleChange = Partial<Omit<ScheduleDraft, "key">>;

/**
 * What is due is settled first, by what the schedule has said so far; then the next run is found anew from now if its times
 * change. Throws what `createSchedule` does, and `schedule.unknown`.
 */
export async function updateSchedule(
  scheduling: Scheduling,
  by: Requester,
  id: number,
  change: ScheduleChange,
): Promise<ScheduleView> {
  const view = await inTransaction(scheduling.pool, async (client) => {
    const before = await requireLocked(client, by, id);
    const nowMicros = await scheduling.nowMicros(client);
    by.assertSeen?.(viewOf(before, nowMicros));
    const settings = changed(before, change);
    await settleDue(scheduling, client, before, nowMicros);
    const settled = (await findStoredSchedule(client, by.organizationId, id))!;
    const kept = isTimedOtherwise(before, settings) ? undefined : settled;
    const found = await findFor(scheduling, client, by, settings, nowMicros, kept);
    await updateScheduleRow(client, id, settings, found);
    const after = viewOf((await findStoredSchedule(client, by.organizationId, id))!, nowMicros);
    const said = { action: "schedule.update", subject: `schedule:${id}`, before: viewOf(before, nowMicros), after };
    await scheduling.actuation.recordChange(client, by, said);
    return after;
  });
  scheduling.onScheduleChanged();
  return view;
}

function changed(before: StoredSchedule, change: ScheduleChange): ScheduleSettings {
  const { timing, missedRuns } = before;
  const {
    actuator = before.actuatorId,
    timeZone = before.timeZone,
    name = before.name,
    action = before.action,
  } = change;
  const { latestStartMs = before.latestStartMs } = change;
  const draft = { ...timing, ...withoutAbsent(change) };
  return {
    ...{ name, actuatorId: actuator, action, timeZone, timing: timingOf(draft), latestStartMs },
    missedRuns: { ...missedRuns, ...change.missedRuns },
  };
}

function withoutAbsent(change: ScheduleChange): ScheduleChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function isTimedOtherwise(before: ScheduleSettings, after: ScheduleSettings): boolean {
  const timed = ({ actuatorId, timeZone, timing }: ScheduleSettings): string =>
    JSON.stringify([actuatorId, timeZone, canonical(timing)]);
  return timed(before) !== timed(after);
}

/** jsonb keeps keys in an order of its own. */
function canonical(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value)
    .map(([key, part]) => [key, canonical(part)])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
}

/** `kept`: its next run stays as it is, and is not looked for. */
async function findFor(
  { actuation }: Scheduling,
  client: PoolClient,
  { organizationId }: Requester,
  settings: ScheduleSettings,
  nowMicros: number,
  kept?: StoredSchedule,
): Promise<Found> {
  const { actuatorId } = settings;
  const site = await siteOfActuator(client, organizationId, actuatorId);
  const actuator = await actuation.store.findActuator(organizationId, actuatorId);
  if (site === undefined || actuator === undefined) {
    const message = "There is no actuator with this id: take it from GET /api/v1/actuators.";
    throw new SluiceError("invalid", "schedule.actuator_unknown", message, { details: { actuator: actuatorId } });
  }
  assertAction(settings.action, actuator.envelope);
  return kept === undefined ? findFirstRun(settings, site, nowMicros) : keptRun(kept);
}

function keptRun({ nextDueMicros, nextRunKey, foundFor, foundMicros, problem }: StoredSchedule): Found {
  const next = nextDueMicros === null ? undefined : { dueMicros: nextDueMicros, key: nextRunKey! };
  return { next, foundFor, foundMicros, problem: problem ?? undefined };
}

/** The decision of each run asks again, by the limits of its day; this tells a person at once. */
function assertAction(action: ScheduleAction, { maxRunMs, maxDose }: Actuator["envelope"]): void {
  const durationMs = action.kind === "RUN" || action.kind === "DOSE" ? action.durationMs : undefined;
  if (durationMs !== undefined && durationMs > maxRunMs) {
    throw wrongAction(`A run of ${durationMs} ms is longer than the actuator's maximum of ${maxRunMs} ms.`);
  }
  if (action.kind !== "DOSE") return;
  if (maxDose === undefined) throw wrongAction("This actuator does not count a dose: use RUN.");
  if (action.unit !== maxDose.unit || action.amount > maxDose.amount) {
    throw wrongAction(`A dose of this actuator is at most ${maxDose.amount} ${maxDose.unit}.`);
  }
}

function wrongAction(message: string): SluiceError {
  return new SluiceError("invalid", "schedule.action", message);
}

/** Its runs and executions stay; what waits to start goes on, and is stopped like any other. */
export async function deleteSchedule(scheduling: Scheduling, by: Requester, id: number): Promise<void> {
  await inTransaction(scheduling.pool, async (client) => {
    const stored = await requireLocked(client, by, id);
    const before = viewOf(stored, await scheduling.nowMicros(client));
    by.assertSeen?.(before);
    await markDeleted(client, id);
    await scheduling.actuation.recordChange(client, by, {
      action: "schedule.delete",
      subject: `schedule:${id}`,
      before,
    });
  });
}

export async function requireLocked(
  client: PoolClient,
  { organizationId }: Requester,
  id: number,
): Promise<StoredSchedule> {
  return (await lockSchedule(client, organizationId, id)) ?? unknown(id);
}

export function unknown(id: number): never {
  throw new SluiceError("not-found", "schedule.unknown", "There is no schedule with this id.", { details: { id } });
}
