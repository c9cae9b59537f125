import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import type { ModelDatabase } from "../model-store/model-database.ts";
import { type CommandRow, isStart } from "../model-store/model-rows.ts";
import { judgeAnswers } from "./check-answers.ts";
import { judgeBudgets } from "./check-budgets.ts";
import type { DeviceNode } from "./device-node.ts";
import { type History, isStartMessage } from "./history.ts";
import { type Interval, intervalsOf } from "./intervals.ts";
import type { Answered } from "./people.ts";
import type { Surroundings } from "./surroundings.ts";

export interface WorldToJudge {
  readonly world: Surroundings;
  readonly nodes: readonly DeviceNode[];
  readonly database: ModelDatabase;
  readonly history: History;
  readonly answers: readonly Answered[];
  /** By rule: when what it watches was read, by the database's clock. */
  readonly readings: ReadonlyMap<number, readonly number[]>;
  /** What has not come to its end. */
  readonly unrest: readonly string[];
}

/** Judges a world that has settled: each device's log by itself, and joined with what was ever committed, sent and answered. */
export function judgeWorld(judged: WorldToJudge): void {
  const { world, nodes, history, answers, unrest } = judged;
  for (const node of nodes) judgeLog(node, history);
  for (const what of unrest) history.violation(0, `it has not come to rest: ${what}`);
  const intervals = nodes.flatMap((node) => intervalsOf(world, node, history));
  world.tally.add("worlds");
  world.tally.add("intervals on", intervals.length);
  judgeReservations(judged, intervals);
  judgeWire(history);
  judgeOutcomes(judged, intervals);
  judgeForeign(judged, intervals);
  judgeInterlocks(judged, intervals);
  judgeReadings(judged);
  judgeBudgets(world, history, intervals);
  judgeAnswers(world, history, answers);
}

/** Clauses 1 to 8, by the limits that are built into the device. */
function judgeLog({ id, device, plan }: DeviceNode, history: History): void {
  const endMs = device.isPowered ? device.worldMs : undefined;
  for (const { clause, actuator, what, at } of checkDeviceLog(device.log, plan.limits, { endMs })) {
    history.violation(clause, `device ${id}, ${actuator}: ${what} (entry ${at} of its log)`);
  }
}

/** 9: what a device saw was committed first, and reserved for as long as it was on. */
function judgeReservations({ world, history }: WorldToJudge, intervals: readonly Interval[]): void {
  for (const { message, atMs } of history.sent) {
    if (message.kind === "STOP" && message.fence === undefined) continue;
    const known = history.commands.get(message.id);
    if (known === undefined || known.committedAtMs > atMs) history.violation(9, `${message.id} was sent uncommitted`);
    else if (known.first.fence !== message.fence) history.violation(9, `${message.id} was sent with another fence`);
  }
  for (const { command, commandId, onMs, offMs, isSure } of intervals) {
    if (command === undefined) {
      history.violation(9, `${commandId} ran, and was never committed`);
      continue;
    }
    const { fromMicros, toMicros } = command.first.runWindow ?? { fromMicros: 0, toMicros: 0 };
    const [on, off] = [world.clocks.databaseMicros(onMs), world.clocks.databaseMicros(offMs)];
    if (isSure && (on < fromMicros! || off > toMicros!)) {
      history.violation(9, `${command.first.id} was on outside of its window`);
    }
  }
}

/** 11 and 12: the same bytes whenever it is sent, one command a fence, and a hello before the first start in a session. */
function judgeWire(history: History): void {
  const payloads = new Map<string, string>();
  for (const { message, payload, epoch, isGreeted } of history.sent) {
    const first = payloads.get(`${message.id} ${epoch}`) ?? payload;
    payloads.set(`${message.id} ${epoch}`, first);
    if (first !== payload) history.violation(11, `${message.id} was sent again with other bytes`);
    if (isStartMessage(message) && !isGreeted) history.violation(12, `${message.id} was sent before a hello`);
  }
}

const NOT_RUN: readonly string[] = ["REJECTED", "NOT_EXECUTED", "EXPIRED", "CANCELLED", "QUEUED", "DISPATCHING"];
const PROVEN: readonly string[] = ["COMPLETED", "ABORTED", "INTERRUPTED"];

/** 10: what is recorded as not run did not run; what ran is charged; what is unknown keeps all of its charge. */
function judgeOutcomes(judged: WorldToJudge, intervals: readonly Interval[]): void {
  const { history, database, world } = judged;
  const ran = new Map(
    intervals.flatMap((interval) => (interval.command ? [[interval.command.first.id, interval]] : [])),
  );
  const rows = [...database.tables.commands.cells.values()].flatMap(({ committed }) => committed ?? []).filter(isStart);
  const lost = sentByLostDatabases(history);
  for (const row of rows) {
    const interval = ran.get(row.id);
    if (row.foreignId !== null || lost.has(row.id)) continue;
    const say = (what: string): void => history.violation(10, `${row.id} is ${row.state}, and ${what}`);
    const isNotRun = NOT_RUN.includes(row.state) || (row.state === "ABORTED" && row.reason === "expired");
    if (isNotRun && interval !== undefined) say("it ran");
    if (row.state === "COMPLETED" && interval === undefined) say("it never ran");
    // Interrupted between the fence and the output: only the worst case is certain.
    const isInDoubt = row.state === "INTERRUPTED" || row.state === "UNKNOWN_CLOSED";
    if (row.isActivationCounted && !isInDoubt && interval === undefined) say("it is counted, and never ran");
    if (interval !== undefined && PROVEN.includes(row.state)) judgeCharge(world, row, interval, say);
    if (row.state === "UNKNOWN_CLOSED" && !hasFullCharge(row, history)) say("its charge has shrunk");
  }
  judgeTotals(judged, rows);
  judgeJournals(judged);
}

/** Commands that a database had sent when it was lost: the one before it may not know that. */
function sentByLostDatabases({ sent, epoch }: History): ReadonlySet<string> {
  return new Set(sent.filter((one) => one.epoch < epoch).map(({ message }) => message.id));
}

/** The interval that was proven stays charged, and the pause after it. */
function judgeCharge(world: Surroundings, row: CommandRow, interval: Interval, say: (what: string) => void): void {
  const { onMs, offMs, isSure } = interval;
  if (!isSure) return;
  const [on, off] = [world.clocks.databaseMicros(onMs), world.clocks.databaseMicros(offMs)];
  const { runWindow } = row;
  if (runWindow === undefined || runWindow.fromMicros! > on || runWindow.toMicros! < off) say("its run is not charged");
}

function hasFullCharge(row: CommandRow, history: History): boolean {
  const first = history.commands.get(row.id)!.first;
  return row.runWindow?.toMicros === first.runWindow?.toMicros;
}

function judgeTotals({ database, history }: WorldToJudge, rows: readonly CommandRow[]): void {
  for (const { committed } of database.tables.actuators.cells.values()) {
    const { id, totalActivations } = committed!;
    const counted = rows.filter((row) => row.actuatorId === id && row.isActivationCounted).length;
    if (counted !== totalActivations) {
      history.violation(10, `actuator ${id} has ${totalActivations} activations, and ${counted} of its commands count`);
    }
  }
}

const ENDED: readonly string[] = [...PROVEN, "REJECTED"];

/** 4 and 10: the database has what the device has said, what was interrupted by a boot included. */
function judgeJournals({ nodes, database, history }: WorldToJudge): void {
  const lost = sentByLostDatabases(history);
  for (const { device, id: deviceId } of nodes) {
    for (const { id, kind, state, actuator } of device.gate?.hello().journal ?? []) {
      const isOpen = state === "ACCEPTED" || state === "RUNNING";
      if (isOpen && !device.gate!.isOn(actuator))
        history.violation(4, `${id} is ${state} for ever on device ${deviceId}`);
      const row = database.tables.commands.cells.get(id)?.committed;
      if (row === undefined || lost.has(id) || !ENDED.includes(state) || !isStart({ kind })) continue;
      // What could not be kept may have been said all the same, and a later boot then says less.
      const said = device.evidence.filter((evidence) => evidence.id === id).map((evidence) => evidence.state as string);
      const isSaid = row.state === state || said.includes(row.state) || row.state === "UNKNOWN_CLOSED";
      const isUnheard = row.state === "NOT_EXECUTED" && state === "REJECTED";
      if (isSaid || isUnheard) continue;
      history.violation(
        state === "INTERRUPTED" ? 4 : 10,
        `${id} is ${row.state}, and device ${deviceId} says ${state}`,
      );
    }
  }
}

/** 12: what a device's journal knows, and no database, is recorded as a foreign run. */
function judgeForeign({ nodes, database, history }: WorldToJudge, intervals: readonly Interval[]): void {
  const rows = [...database.tables.commands.cells.values()].flatMap(({ committed }) => committed ?? []);
  for (const { device, id: deviceId } of nodes) {
    const journal = new Map((device.gate?.hello().journal ?? []).map((entry) => [entry.id, entry]));
    for (const { commandId, actuatorId, fence } of intervals.filter((interval) => interval.deviceId === deviceId)) {
      const isKnown = rows.some(
        (row) => row.id === commandId || (row.actuatorId === actuatorId && row.fence === fence),
      );
      if (!isKnown && journal.has(commandId)) history.violation(12, `${commandId} ran, and is not recorded`);
    }
  }
}

/** 7: no two members of a group are on together, whichever devices they are on. */
function judgeInterlocks({ world, history }: WorldToJudge, intervals: readonly Interval[]): void {
  const groupOf = new Map(world.plan.plant.actuators.map(({ id, envelope }) => [id, envelope.interlockGroup]));
  const sure = intervals.filter(({ isSure, isOfLostDatabase }) => isSure && !isOfLostDatabase);
  const ordered = [...sure].sort((a, b) => a.onMs - b.onMs);
  ordered.forEach((one, index) => {
    for (const other of ordered.slice(index + 1)) {
      if (other.onMs >= one.offMs) break;
      const group = groupOf.get(one.actuatorId);
      if (one.actuatorId === other.actuatorId || group === undefined || group !== groupOf.get(other.actuatorId))
        continue;
      history.violation(
        7,
        `${one.commandId} on ${one.actuatorId} and ${other.commandId} on ${other.actuatorId} together`,
      );
    }
  });
}

/** 13: what a rule starts rests on a reading that was fresh at its decision. */
function judgeReadings({ world, history, readings }: WorldToJudge): void {
  const actuators = new Map(world.plan.plant.actuators.map((actuator) => [actuator.id, actuator]));
  for (const { first, who } of history.commands.values()) {
    const { maxReadingAgeMs } = actuators.get(first.actuatorId)!.envelope;
    if (!who.startsWith("rule:") || !isStart(first) || maxReadingAgeMs === undefined) continue;
    const rules = world.plan.rules.filter(({ actuatorId }) => actuatorId === first.actuatorId);
    const times = rules.flatMap(({ id }) => readings.get(id) ?? []).filter((time) => time <= first.decidedMicros);
    const ageMs = (first.decidedMicros - Math.max(...times)) / 1000;
    if (ageMs > maxReadingAgeMs) history.violation(13, `${first.id} was decided on a reading that was ${ageMs} ms old`);
  }
}
