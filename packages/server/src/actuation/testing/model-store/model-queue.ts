import { EVIDENCE_GRACE_MS } from "@sluice/core/safety/windows.ts";
import type {
  Claimed,
  ClockReading,
  Command,
  FirstTransmission,
  QueueFilter,
  Retransmission,
  RetransmissionFilter,
} from "../../actuation-store.ts";
import { siteOf } from "./model-actuators.ts";
import { lockWhere, update } from "./model-commands.ts";
import type { ModelTransaction } from "./model-database.ts";
import { openTrip } from "./model-holds.ts";
import { type ActuatorRow, type CommandRow, commandOf, isStart, type LinkRow } from "./model-rows.ts";

/** The table `command` as the queue that it is. */
type Tx = ModelTransaction;

function isOverdue(row: CommandRow, at: ClockReading, nowMicros: number): boolean {
  if (!isStart(row)) return false;
  const runEndMicros = row.runWindow?.toMicros ?? undefined;
  const jumpMs = row.decidedMicros < at.jumpedAtMicros ? at.jumpMs : 0;
  const hasRunOut = (graceMs: number): boolean =>
    runEndMicros !== undefined && runEndMicros + (graceMs + jumpMs) * 1000 <= at.nowMicros;
  if (row.state === "QUEUED" || row.state === "DISPATCHING") return row.deadlineMicros! <= nowMicros;
  if (row.state === "ACCEPTED" || row.state === "RUNNING") return hasRunOut(0);
  return row.state === "UNKNOWN" && hasRunOut(EVIDENCE_GRACE_MS);
}

export function overdueCommands(tx: Tx, at: ClockReading, limit: number): { id: string; actuatorId: number }[] {
  const nowMicros = tx.database.nowMicros();
  const overdue = tx.database.tables.commands.select(tx, (row) => isOverdue(row, at, nowMicros));
  overdue.sort((a, b) => a.actuatorId - b.actuatorId || a.deadlineMicros! - b.deadlineMicros!);
  return overdue.slice(0, limit).map(({ id, actuatorId }) => ({ id, actuatorId }));
}

export function lockOverdue(tx: Tx, id: string, at: ClockReading): Command | undefined {
  const nowMicros = tx.database.nowMicros();
  return lockWhere(tx, (row) => row.id === id && isOverdue(row, at, nowMicros)).map(commandOf)[0];
}

interface Queued {
  readonly row: CommandRow;
  readonly actuator: ActuatorRow;
  readonly link: LinkRow | undefined;
}

function queuedFor(tx: Tx, deviceIds: readonly number[], nowMicros: number): Queued[] {
  const { actuators, commands, links } = tx.database.tables;
  const isWanted = ({ state, actuatorId, deadlineMicros }: CommandRow): boolean =>
    state === "QUEUED" &&
    deviceIds.includes(actuators.get(tx, actuatorId)!.deviceId) &&
    (deadlineMicros === null || deadlineMicros > nowMicros);
  return commands.select(tx, isWanted).map((row) => {
    const actuator = actuators.get(tx, row.actuatorId)!;
    return { row, actuator, link: links.get(tx, actuator.deviceId) };
  });
}

function isReady({ row, actuator, link }: Queued, filter: QueueFilter, nowMicros: number): boolean {
  const sampledMicros = link?.sampledMicros ?? null;
  if (!isStart(row) || (actuator.unfencedAllowedBy !== null && sampledMicros === null)) return true;
  if (!filter.greetedIds.includes(actuator.deviceId)) return false;
  if (sampledMicros === null) return true;
  return sampledMicros <= nowMicros && sampledMicros >= nowMicros - filter.maxSampleAgeMs * 1000;
}

export function claimQueued(tx: Tx, filter: QueueFilter, limit: number): Claimed[] {
  const nowMicros = tx.database.nowMicros();
  const { commands } = tx.database.tables;
  const isToBeSent = (queued: Queued): boolean => isReady(queued, filter, nowMicros) && !isStopped(tx, queued.row);
  const ready = queuedFor(tx, filter.deviceIds, nowMicros).filter(isToBeSent);
  const fence = ({ row }: Queued): number => row.fence ?? Number.MAX_SAFE_INTEGER;
  ready.sort((a, b) => Number(a.row.kind !== "STOP") - Number(b.row.kind !== "STOP") || fence(a) - fence(b));
  const claimed: Queued[] = [];
  for (const queued of ready) {
    if (claimed.length < limit && tx.tryLock(commands.find(queued.row.id)!, true)) claimed.push(queued);
  }
  return claimed.map(claimedOf);
}

/** A start that was decided before somebody stopped its actuator is not sent any more, nor sent again. */
function isStopped(tx: Tx, start: CommandRow): boolean {
  if (!isStart(start)) return false;
  const { actuators, commands, holds, siteStops } = tx.database.tables;
  const actuator = actuators.get(tx, start.actuatorId)!;
  const { id, mode } = actuator;
  const siteId = siteOf(tx, actuator);
  const isHeld = holds.select(tx, (hold) => hold.actuatorId === id && hold.releasedMicros === null).length > 0;
  const isSiteStopped =
    siteStops.select(tx, (stop) => stop.siteId === siteId && stop.releasedMicros === null).length > 0;
  const later = commands.select(tx, (row) => row.actuatorId === id && row.kind === "STOP" && row.fence !== null);
  const isPassed = later.some(({ fence }) => fence! > start.fence!);
  return mode === "locked-out" || isHeld || isSiteStopped || isPassed || openTrip(tx, id) !== undefined;
}

function claimedOf({ row, actuator, link }: Queued): Claimed {
  return {
    ...commandOf(row),
    deviceId: actuator.deviceId,
    actuatorKey: actuator.key,
    bootId: link?.bootId ?? null,
    monoMs: link?.monoMs ?? null,
    sampledMicros: link?.sampledMicros ?? null,
  };
}

export function devicesToAsk(tx: Tx, filter: QueueFilter): number[] {
  const nowMicros = tx.database.nowMicros();
  const waiting = queuedFor(tx, filter.deviceIds, nowMicros).filter((queued) => !isReady(queued, filter, nowMicros));
  return [...new Set(waiting.map(({ actuator }) => actuator.deviceId))];
}

export function markDispatching(tx: Tx, sent: readonly FirstTransmission[]): string[] {
  const payloads = new Map(sent.map(({ id, payload }) => [id, payload]));
  const sentMicros = tx.database.nowMicros();
  const marked = update(
    tx,
    ({ id, deadlineMicros }) => payloads.has(id) && (deadlineMicros === null || deadlineMicros > sentMicros),
    ({ id }) => ({ state: "DISPATCHING", payload: payloads.get(id)!, sentMicros, transmissions: 1 }),
  );
  return marked.map(({ id }) => id);
}

export function devicesWithQueue(tx: Tx): number[] {
  const nowMicros = tx.database.nowMicros();
  const { actuators, commands } = tx.database.tables;
  const queued = commands.select(
    tx,
    ({ state, deadlineMicros }) => state === "QUEUED" && (deadlineMicros === null || deadlineMicros > nowMicros),
  );
  return [...new Set(queued.map(({ actuatorId }) => actuators.get(tx, actuatorId)!.deviceId))];
}

const MAX_SILENCE_DOUBLINGS = 10;

export function takeRetransmissions(tx: Tx, filter: RetransmissionFilter, limit: number): Retransmission[] {
  const nowMicros = tx.database.nowMicros();
  const { actuators, commands } = tx.database.tables;
  const silent = commands.select(tx, (row) => isToBeSentAgain(tx, row, filter, nowMicros));
  silent.sort((a, b) => a.sentMicros! - b.sentMicros!);
  const taken: CommandRow[] = [];
  for (const row of silent) {
    if (taken.length < limit && tx.tryLock(commands.find(row.id)!, true)) taken.push(row);
  }
  const ids = new Set(taken.map(({ id }) => id));
  update(
    tx,
    ({ id }) => ids.has(id),
    ({ transmissions }) => ({ sentMicros: nowMicros, transmissions: transmissions + 1 }),
  );
  return taken.map(({ id, actuatorId, payload }) => {
    return { id, deviceId: actuators.get(tx, actuatorId)!.deviceId, payload: payload! };
  });
}

function isToBeSentAgain(tx: Tx, row: CommandRow, filter: RetransmissionFilter, nowMicros: number): boolean {
  const { state, deadlineMicros, sentMicros, transmissions, actuatorId } = row;
  if (state !== "DISPATCHING" || (deadlineMicros !== null && deadlineMicros <= nowMicros)) return false;
  const { actuators, links } = tx.database.tables;
  const { deviceId, unfencedAllowedBy } = actuators.get(tx, actuatorId)!;
  if (links.get(tx, deviceId)?.isConnected !== true) return false;
  const link = links.get(tx, deviceId);
  const isUnfenced = unfencedAllowedBy !== null && (link?.sampledMicros ?? null) === null;
  if (deadlineMicros !== null && !isUnfenced && !filter.greetedIds.includes(deviceId)) return false;
  if (isStopped(tx, row)) return false;
  if (filter.cameBack.includes(deviceId)) return true;
  if (filter.greetedNow.includes(deviceId) && deadlineMicros !== null) return true;
  const silenceMs = filter.silentMs * 2 ** Math.min(transmissions - 1, MAX_SILENCE_DOUBLINGS);
  return sentMicros! < nowMicros - silenceMs * 1000;
}
