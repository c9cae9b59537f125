import { type DayUse, useOfDay } from "@sluice/core/safety/daily-budget.ts";
import type { LiveRun } from "@sluice/core/safety/decide.ts";
import { type Claim, isPassedOver, PRIORITIES, rankOf } from "@sluice/core/safety/right-of-way.ts";
import { type BucketFinder, bucketFinder } from "@sluice/core/telemetry/buckets.ts";
import type { Actuator, Situation } from "../../actuation-store.ts";
import { inGroupOf, siteOf } from "./model-actuators.ts";
import { isLiveStart } from "./model-command-rules.ts";
import type { ModelTransaction } from "./model-database.ts";
import { claimOf } from "./model-executions.ts";
import { openTrip } from "./model-holds.ts";
import type { ActuatorRow, CommandRow, ExecutionRow } from "./model-rows.ts";
import { from, latestEnd, overlaps, type Window, windowOf } from "./windows.ts";

/** What a decision rests on. */
type Tx = ModelTransaction;

export function readSituation(tx: Tx, actuator: Actuator): Situation {
  return situationAt(tx, actuator, tx.database.nowMicros());
}

export function readSituations(tx: Tx, actuators: readonly Actuator[]): Situation[] {
  const nowMicros = tx.database.nowMicros();
  return actuators.map((actuator) => situationAt(tx, actuator, nowMicros));
}

function situationAt(tx: Tx, { id }: Actuator, nowMicros: number): Situation {
  const { actuators, holds, links, siteStops } = tx.database.tables;
  const row = actuators.get(tx, id)!;
  const siteId = siteOf(tx, row);
  const trip = openTrip(tx, id);
  const live = liveAround(tx, row);
  const isHeld = holds.select(tx, (hold) => hold.actuatorId === id && hold.releasedMicros === null).length > 0;
  const stops = siteStops.select(tx, (stop) => stop.siteId === siteId && stop.releasedMicros === null);
  return {
    nowMicros,
    situation: {
      ...{ mode: row.mode, lockedBy: row.lockedBy ?? undefined, isHeld, isSiteStopped: stops.length > 0 },
      trip: trip && { cause: trip.cause },
      isReachable: links.get(tx, row.deviceId)?.isConnected ?? false,
      live: live.find(({ actuatorId }) => actuatorId === id),
      interlocked: live.filter(({ actuatorId }) => actuatorId !== id),
      claimedBy: claimedBy(tx, id, nowMicros),
      lastRunEndMicros: lastRunEnd(tx, row, nowMicros),
      lockEndMicros: lockEnd(tx, row, nowMicros),
      days: daysOf(tx, row, siteId, nowMicros),
    },
  };
}

function liveAround(tx: Tx, { id, organizationId, envelope: { interlockGroup } }: ActuatorRow): LiveRun[] {
  const { commands } = tx.database.tables;
  const live = commands.select(
    tx,
    (row) =>
      isLiveStart(row) &&
      (row.actuatorId === id ||
        (interlockGroup !== undefined &&
          row.organizationId === organizationId &&
          row.interlockGroup === interlockGroup)),
  );
  return live.map((row) => liveRunOf(tx, row));
}

function liveRunOf(tx: Tx, row: CommandRow): LiveRun {
  const { commands, executions } = tx.database.tables;
  const { id: commandId, actuatorId, state, fence, cooldownMs, runWindow } = row;
  const stops = commands.select(
    tx,
    (other) => other.actuatorId === actuatorId && other.kind === "STOP" && (other.fence ?? 0) > fence!,
  );
  const { priority, passedOverMicros } = executions.get(tx, row.executionId)!;
  const runEndMicros = (runWindow?.toMicros ?? null) as number;
  return {
    commandId,
    actuatorId,
    state,
    priority,
    runEndMicros,
    cooldownMs: cooldownMs!,
    isStopping: stops.length > 0,
    isPassedOver: isPassedOver(passedOverMicros, row.decidedMicros),
  };
}

function claimedBy(tx: Tx, id: number, nowMicros: number): Claim | undefined {
  const { actuators, executions } = tx.database.tables;
  const isMember = inGroupOf(tx, id);
  const isClaim = (row: ExecutionRow): boolean =>
    row.status === "WAITING" &&
    (row.reason === "preempting" || (isPassedOver(row.passedOverMicros, nowMicros) && isReady(row, nowMicros))) &&
    (row.waitLimitMicros === null || row.waitLimitMicros > nowMicros) &&
    isMember(actuators.get(tx, row.actuatorId)!);
  const claims = executions.select(tx, isClaim).map((row) => claimOf(row, nowMicros));
  return claims.sort(byRightOfWay)[0];
}

function byRightOfWay(a: Claim, b: Claim): number {
  const byPriority = PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority);
  return rankOf(a) - rankOf(b) || byPriority || Number(b.isPassedOver) - Number(a.isPassedOver);
}

/** Only the machine keeps it waiting. */
function isReady({ reason, waitUntilMicros }: ExecutionRow, nowMicros: number): boolean {
  if (reason === "cooldown" || reason === "min_off") return waitUntilMicros !== null && waitUntilMicros <= nowMicros;
  return reason === "yielding" || reason === "running" || reason === "unknown" || reason === "interlock";
}

function lastRunEnd(tx: Tx, { id, envelope: { minOffMs } }: ActuatorRow, nowMicros: number): number {
  if (minOffMs === undefined) return 0;
  const sinceMicros = nowMicros - minOffMs * 1000;
  const runs = commandsOf(tx, id).filter(({ runWindow }) => overlaps(runWindow, from(sinceMicros)));
  return latestEnd(runs.map(({ runWindow }) => runWindow)) ?? 0;
}

function lockEnd(tx: Tx, { id }: ActuatorRow, nowMicros: number): number {
  const locked = commandsOf(tx, id).filter(({ lockWindow }) => overlaps(lockWindow, from(nowMicros)));
  return latestEnd(locked.map(({ lockWindow }) => lockWindow)) ?? 0;
}

function commandsOf(tx: Tx, actuatorId: number): CommandRow[] {
  return tx.database.tables.commands.select(tx, (row) => row.actuatorId === actuatorId);
}

const DAYS = 3;
const dayFinders = new Map<string, BucketFinder>();

export function daysFinder(timeZone: string): BucketFinder {
  const known = dayFinders.get(timeZone) ?? bucketFinder({ count: 1, unit: "d" }, timeZone);
  dayFinders.set(timeZone, known);
  return known;
}

function daysOf(tx: Tx, { id, envelope }: ActuatorRow, siteId: number, nowMicros: number): DayUse[] {
  if (envelope.maxStartsPerDay === undefined && envelope.maxRunMsPerDay === undefined) return [];
  const { timeZone } = tx.database.plant.sites.find((site) => site.id === siteId)!;
  const days = daysFrom(timeZone, nowMicros);
  const charges = commandsOf(tx, id).flatMap((row) => {
    const window = chargedWindow(row);
    if (!overlaps(window, from(days[0]!.startMicros))) return [];
    const [fromMicros, toMicros] = [window!.fromMicros!, window!.toMicros!];
    const startedByMicros = Math.min(row.deadlineMicros ?? toMicros, toMicros);
    return [{ fromMicros, toMicros, startedByMicros, runMs: row.ranMs ?? row.durationMs! }];
  });
  return days.map((day) => useOfDay(day, charges));
}

/** Of a foreign run that had ended when it was heard of, and so has reserved nothing: as if it had ended at that moment. */
function chargedWindow({ foreignId, runWindow, endedMicros, durationMs }: CommandRow): Window {
  if (runWindow !== undefined || foreignId === null || endedMicros === null) return runWindow;
  return windowOf(endedMicros - durationMs! * 1000, endedMicros);
}

/** The day of this time in a zone, and those after it. */
export function daysFrom(timeZone: string, atMicros: number): { startMicros: number; endMicros: number }[] {
  const find = daysFinder(timeZone);
  const days = [find(atMicros)];
  while (days.length < DAYS) days.push(find(days.at(-1)!.endMicros));
  return days;
}
