import type { Pool, PoolClient } from "pg";
import { inTransaction } from "../platform/postgres.ts";
import type { ActuationStore, ActuationTransaction, ActuatorPlace } from "./actuation-store.ts";
import * as actuators from "./actuator-store.ts";
import { notifyConfigured, notifyQueued, notifyStop } from "./command-notices.ts";
import * as queue from "./command-queue-store.ts";
import * as commands from "./command-store.ts";
import * as evidence from "./evidence-store.ts";
import * as executions from "./execution-store.ts";
import * as holds from "./hold-store.ts";
import * as links from "./link-store.ts";
import { readSituation, readSituations } from "./situation-store.ts";
import { micros } from "./sql-time.ts";

/** The tables of actuation in PostgreSQL; the SQL is in the stores beside this file, a file a table. */
export function createPostgresActuationStore(pool: Pool): ActuationStore {
  return {
    transaction: (work) => inTransaction(pool, (client) => work(transactionOn(client))),
    whereIs: rememberPlaces(pool),
    lookAt: (actuator) => readSituation(pool, actuator),
    readClock: async () => {
      const { rows } = await pool.query<{ now: number }>(`select ${micros("clock_timestamp()")} as now`);
      return rows[0]!.now;
    },
    ...bind(pool, {
      findActuator: actuators.findActuator,
      actuatorsOfDevice: actuators.actuatorsOfDevice,
      actuatorsOfSite: actuators.actuatorsOfSite,
      unreachedBySiteStops: actuators.unreachedBySiteStops,
      statesOf: commands.statesOf,
      findCommand: commands.findCommand,
      commandOfExecution: commands.commandOfExecution,
      overdueCommands: queue.overdueCommands,
      devicesWithQueue: queue.devicesWithQueue,
      findByIdempotencyKey: executions.findByIdempotencyKey,
      findSiteRequest: holds.findSiteRequest,
      dueExecutions: executions.dueExecutions,
      wakeReachable: executions.wakeReachable,
      beginSessions: links.beginSessions,
      noteSessions: links.noteSessions,
      keptClockJump: links.keptClockJump,
      keepClockJump: links.keepClockJump,
      noteHello: links.noteHello,
      configVersion: links.configVersion,
      raiseConfigVersion: links.raiseConfigVersion,
      notifyStop,
    }),
  };
}

/** Actuators whose place one process remembers; beyond that the first are asked for again. */
const MAX_REMEMBERED_PLACES = 100_000;

function rememberPlaces(pool: Pool): ActuationStore["whereIs"] {
  const places = new Map<number, ActuatorPlace>();
  return async (organizationId, id) => {
    const place = places.get(id) ?? (await actuators.findActuator(pool, organizationId, id));
    if (place?.organizationId !== organizationId) return undefined;
    if (places.size >= MAX_REMEMBERED_PLACES) places.delete(places.keys().next().value!);
    const { deviceId, key } = place;
    places.set(id, { id, organizationId, deviceId, key });
    return place;
  };
}

/** For use cases that are called in the transaction of another feature. */
export function transactionOn(client: PoolClient): ActuationTransaction {
  return {
    client,
    ...bind(client, {
      lockActuator: actuators.lockActuator,
      tryLockActuator: actuators.tryLockActuator,
      lockGroup: actuators.lockGroup,
      tryLockGroup: actuators.tryLockGroup,
      tryLockGroups: actuators.tryLockGroups,
      lockMembers: actuators.lockMembers,
      raiseFence: actuators.raiseFence,
      adoptFence: actuators.adoptFence,
      countActivation: actuators.countActivation,
      setMode: actuators.setMode,
      setEnvelope: actuators.setEnvelope,
      setUnfenced: actuators.setUnfenced,
      setPoint: actuators.setPoint,
      readSituation,
      readSituations,
    }),
    ...bind(client, {
      insertHold: holds.insertHold,
      isHeldBy: holds.isHeldBy,
      releaseHolds: holds.releaseHolds,
      openTripOf: holds.openTripOf,
      trip: holds.trip,
      resetTrip: holds.resetTrip,
      openSiteStop: holds.openSiteStop,
      releaseSiteStop: holds.releaseSiteStop,
      heldByEndedSiteStops: actuators.heldByEndedSiteStops,
      findSiteRequest: holds.findSiteRequest,
      insertSiteRequest: holds.insertSiteRequest,
    }),
    ...bind(client, {
      commitStart: commands.commitStart,
      insertInstruction: commands.insertInstruction,
      insertForeign: commands.insertForeign,
      findCommand: commands.findCommand,
      commandOfExecution: commands.commandOfExecution,
      commandWithFence: commands.commandWithFence,
      lockCommand: commands.lockCommand,
      tryLockReported: evidence.tryLockReported,
      recordProof: evidence.recordProof,
      lockQueuedStarts: commands.lockQueuedStarts,
      lockSentStarts: commands.lockSentStarts,
      moveCommand: commands.moveCommand,
      shortenLocks: commands.shortenLocks,
      appendEvents: commands.appendEvents,
      settledReleaseOf: commands.settledReleaseOf,
    }),
    ...bind(client, {
      lockOverdue: queue.lockOverdue,
      claimQueued: queue.claimQueued,
      devicesToAsk: queue.devicesToAsk,
      markDispatching: queue.markDispatching,
      takeRetransmissions: queue.takeRetransmissions,
      notifyQueued,
      notifyConfigured,
    }),
    ...bind(client, {
      insertRequest: executions.insertRequest,
      openExecution: executions.openExecution,
      lockExecution: executions.lockExecution,
      findByIdempotencyKey: executions.findByIdempotencyKey,
      moveExecution: executions.moveExecution,
      insertRefused: executions.insertRefused,
      cancelWaiting: executions.cancelWaiting,
      wakeWaiting: executions.wakeWaiting,
    }),
  };
}

type Bound<Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (db: never, ...args: infer Args) => infer Answer
    ? (...args: Args) => Answer
    : never;
};

/** Gives every function its first argument. */
function bind<Database, Functions extends Record<string, (db: Database, ...args: never[]) => unknown>>(
  db: Database,
  functions: Functions,
): Bound<Functions> {
  const entries = Object.entries(functions).map(([name, call]) => [name, (...args: never[]) => call(db, ...args)]);
  return Object.fromEntries(entries) as Bound<Functions>;
}
